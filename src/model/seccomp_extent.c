/* Regions of arguments as people read them. */
#include <inttypes.h>
#include <string.h>

#include "model/seccomp_region.h"

static const struct value_range WHOLE_HALF = {0, UINT32_MAX};

static void extent_done(struct extent *extent)
{
    free(extent->ranges);
    free(extent->text);
    *extent = (struct extent){0};
}

void extents_done(struct extents *extents)
{
    for (size_t i = 0; i < ARRAY_COUNT(extents->args); i++)
        extent_done(&extents->args[i]);
}

static void add_range(struct extent *extent, struct value_range range)
{
    MEM_GROW(extent->ranges, extent->range_count, extent->range_capacity);
    extent->ranges[extent->range_count++] = range;
}

static int compare_ranges(const void *left, const void *right)
{
    const struct value_range *a = left;
    const struct value_range *b = right;
    return a->first < b->first ? -1 : a->first > b->first;
}

/* Sorts, and joins what overlaps or touches. */
static void tidy(struct extent *extent)
{
    size_t kept = 0;
    if (extent->range_count)
        qsort(extent->ranges, extent->range_count, sizeof(*extent->ranges), compare_ranges);
    for (size_t i = 0; i < extent->range_count; i++) {
        struct value_range *last = kept ? &extent->ranges[kept - 1] : NULL;
        struct value_range range = extent->ranges[i];
        if (last && (last->last == UINT64_MAX || range.first <= last->last + 1))
            last->last = range.last > last->last ? range.last : last->last;
        else
            extent->ranges[kept++] = range;
    }
    extent->range_count = kept;
}

/* ---- a half ------------------------------------------------------------------------------------- */

/* A mask without bits makes a test that says nothing about the argument. */
static bool is_about(const struct region_step *step, unsigned arg, bool high)
{
    return step->test.arg == arg && step->test.high == high && step->test.mask != 0;
}

static bool has_masks(const struct region *region, unsigned arg, bool high)
{
    for (size_t i = 0; i < region->count; i++)
        if (is_about(&region->steps[i], arg, high) && region->steps[i].test.mask != UINT32_MAX)
            return true;
    return false;
}

/* The values that pass one test without a mask: at most two ranges; first > last is none. */
static void ranges_of_step(const struct region_step *step, struct value_range ret[2])
{
    const struct value_range none = {1, 0};
    uint64_t datum = step->test.datum;
    struct value_range below = datum ? (struct value_range){0, datum - 1} : none;
    struct value_range above = datum < UINT32_MAX ? (struct value_range){datum + 1, UINT32_MAX} : none;
    ret[1] = none;
    switch (step->test.compare) {
    case COMPARE_EQ:
        ret[0] = step->holds ? (struct value_range){datum, datum} : below;
        ret[1] = step->holds ? none : above;
        return;
    case COMPARE_GT:
        ret[0] = step->holds ? above : (struct value_range){0, datum};
        return;
    case COMPARE_GE:
        ret[0] = step->holds ? (struct value_range){datum, UINT32_MAX} : below;
        return;
    }
}

static void intersect(struct extent *extent, const struct value_range with[2])
{
    struct extent kept = {.kind = EXTENT_RANGES};
    for (size_t i = 0; i < extent->range_count; i++)
        for (size_t k = 0; k < 2; k++) {
            struct value_range a = extent->ranges[i];
            struct value_range range = {a.first > with[k].first ? a.first : with[k].first,
                                        a.last < with[k].last ? a.last : with[k].last};
            if (range.first <= range.last)
                add_range(&kept, range);
        }
    tidy(&kept);
    extent_done(extent);
    *extent = kept;
}

static struct extent half_extent(const struct region *region, unsigned arg, bool high)
{
    struct extent half = {.kind = EXTENT_RANGES};
    add_range(&half, WHOLE_HALF);
    for (size_t i = 0; i < region->count; i++) {
        struct value_range ranges[2] = {0};
        if (!is_about(&region->steps[i], arg, high))
            continue;
        ranges_of_step(&region->steps[i], ranges);
        intersect(&half, ranges);
    }
    return half;
}

static bool is_whole(const struct extent *half)
{
    return half->range_count == 1 && half->ranges[0].first == 0 && half->ranges[0].last == UINT32_MAX;
}

/* ---- bits ---------------------------------------------------------------------------------------- */

static void add_word(struct buf *out, const char *word)
{
    if (out->length)
        buf_add_text(out, word);
}

/* "(argument 0 & 0x7e020000) is 0"; what is equal is gathered in one mask by the caller. */
static void write_masked(struct buf *out, unsigned arg, uint64_t mask, uint64_t datum, const char *relation)
{
    add_word(out, " and ");
    if (mask == UINT64_MAX)
        buf_printf(out, "argument %u %s %#" PRIx64, arg, relation, datum);
    else
        buf_printf(out, "(argument %u & %#" PRIx64 ") %s %#" PRIx64, arg, mask, relation, datum);
}

static const char *relation_of(const struct region_step *step)
{
    switch (step->test.compare) {
    case COMPARE_EQ:
        return step->holds ? "is" : "is not";
    case COMPARE_GT:
        return step->holds ? "is above" : "is at most";
    case COMPARE_GE:
        return step->holds ? "is at least" : "is below";
    }
    return "";
}

struct bits {
    uint64_t mask;
    uint64_t datum;
};

/* Bits that are known to be equal anyway tell nothing in an inequality. */
static void write_other(struct buf *out, unsigned arg, const struct region_step *step, struct bits known)
{
    unsigned shift = step->test.high ? 32 : 0;
    struct bits test = {(uint64_t)step->test.mask << shift, (uint64_t)step->test.datum << shift};
    if (step->test.compare == COMPARE_EQ && ((known.datum ^ test.datum) & known.mask & test.mask) == 0) {
        test.mask &= ~known.mask;
        test.datum &= ~known.mask;
    }
    write_masked(out, arg, test.mask, test.datum, relation_of(step));
}

static void write_bits(const struct region *region, unsigned arg, bool is_64_bit, struct buf *out)
{
    uint64_t mask = 0;
    uint64_t datum = 0;
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < region->count; i++) {
            const struct region_step *step = &region->steps[i];
            unsigned shift = step->test.high ? 32 : 0;
            bool equal = step->test.compare == COMPARE_EQ && step->holds;
            if (!is_about(step, arg, false) && !(is_64_bit && is_about(step, arg, true)))
                continue;
            if (equal && pass == 0) {
                mask |= (uint64_t)step->test.mask << shift;
                datum |= (uint64_t)step->test.datum << shift;
            }
            if (!equal && pass == 1)
                write_other(out, arg, step, (struct bits){mask, datum});
        }
        if (pass == 0 && mask)
            write_masked(out, arg, mask, datum, "is");
    }
}

/* ---- an argument --------------------------------------------------------------------------------- */

enum { POINTS_MAX = 16 };

/* Where the upper half is one of a few values, or the lower one is any. */
static bool join_halves(struct extent *ret, const struct extent *high, const struct extent *low)
{
    uint64_t points = 0;
    for (size_t i = 0; i < high->range_count; i++)
        points += high->ranges[i].last - high->ranges[i].first + 1;
    if (!is_whole(low) && points > POINTS_MAX)
        return false;
    for (size_t i = 0; i < high->range_count; i++) {
        if (is_whole(low)) {
            add_range(ret, (struct value_range){high->ranges[i].first << 32, high->ranges[i].last << 32 | UINT32_MAX});
            continue;
        }
        for (uint64_t upper = high->ranges[i].first; upper <= high->ranges[i].last; upper++)
            for (size_t k = 0; k < low->range_count; k++)
                add_range(ret, (struct value_range){upper << 32 | low->ranges[k].first, upper << 32 | low->ranges[k].last});
    }
    tidy(ret);
    return true;
}

static struct extent extent_of(const struct region *region, unsigned arg, bool is_64_bit)
{
    struct extent ret = {.kind = EXTENT_RANGES};
    AUTO(extent_done) struct extent low = half_extent(region, arg, false);
    AUTO(extent_done) struct extent high = half_extent(region, arg, true);
    bool masks = has_masks(region, arg, false) || (is_64_bit && has_masks(region, arg, true));
    bool any_high = !is_64_bit || is_whole(&high);
    if (!masks && any_high && is_whole(&low))
        return (struct extent){.kind = EXTENT_ANY};
    if (!masks && any_high) {
        ret.low = true;
        for (size_t i = 0; i < low.range_count; i++)
            add_range(&ret, low.ranges[i]);
        return ret;
    }
    if (!masks && join_halves(&ret, &high, &low))
        return ret;
    AUTO_BUF struct buf text = BUF_INIT;
    write_bits(region, arg, is_64_bit, &text);
    ret.kind = EXTENT_BITS;
    ret.text = buf_take(&text);
    return ret;
}

void extents_of(const struct region *region, bool is_64_bit, struct extents *ret)
{
    for (unsigned arg = 0; arg < ARRAY_COUNT(ret->args); arg++)
        ret->args[arg] = extent_of(region, arg, is_64_bit);
}

static bool same_extent(const struct extent *a, const struct extent *b)
{
    if (a->kind != b->kind || a->low != b->low || a->range_count != b->range_count)
        return false;
    if (a->kind == EXTENT_BITS)
        return strcmp(a->text, b->text) == 0;
    return a->range_count == 0 || memcmp(a->ranges, b->ranges, a->range_count * sizeof(*a->ranges)) == 0;
}

static bool covers_all(const struct extent *extent)
{
    uint64_t last = extent->low ? UINT32_MAX : UINT64_MAX;
    return extent->range_count == 1 && extent->ranges[0].first == 0 && extent->ranges[0].last == last;
}

static bool unite_extent(struct extent *into, const struct extent *other)
{
    if (into->kind == EXTENT_ANY || other->kind == EXTENT_ANY) {
        extent_done(into);
        return true;
    }
    if (into->kind != EXTENT_RANGES || other->kind != EXTENT_RANGES || into->low != other->low)
        return false;
    for (size_t i = 0; i < other->range_count; i++)
        add_range(into, other->ranges[i]);
    tidy(into);
    if (covers_all(into))
        extent_done(into);
    return true;
}

bool extents_unite(struct extents *into, const struct extents *other)
{
    unsigned differs = ARRAY_COUNT(into->args);
    for (unsigned arg = 0; arg < ARRAY_COUNT(into->args); arg++) {
        if (same_extent(&into->args[arg], &other->args[arg]))
            continue;
        if (differs < ARRAY_COUNT(into->args))
            return false;
        differs = arg;
    }
    return differs == ARRAY_COUNT(into->args) || unite_extent(&into->args[differs], &other->args[differs]);
}

/* ---- text ---------------------------------------------------------------------------------------- */

static void write_ranges(struct buf *out, const struct value_range *ranges, size_t count, uint64_t top)
{
    for (size_t i = 0; i < count; i++) {
        buf_add_text(out, i == 0 ? "" : i + 1 == count ? " or " : ", ");
        buf_printf(out, "%#" PRIx64, ranges[i].first);
        if (ranges[i].last == top && ranges[i].first < top)
            buf_add_text(out, " and above");
        else if (ranges[i].last > ranges[i].first)
            buf_printf(out, " to %#" PRIx64, ranges[i].last);
    }
}

static void write_extent(const struct extent *extent, unsigned arg, bool is_64_bit, struct buf *out)
{
    uint64_t top = extent->low ? UINT32_MAX : UINT64_MAX;
    struct extent rest = {.kind = EXTENT_RANGES};
    uint64_t from = 0;
    bool open = true;
    for (size_t i = 0; i < extent->range_count; i++) {
        if (extent->ranges[i].first > from)
            add_range(&rest, (struct value_range){from, extent->ranges[i].first - 1});
        open = extent->ranges[i].last != top;
        from = extent->ranges[i].last + 1;
    }
    if (open)
        add_range(&rest, (struct value_range){from, top});
    /* What is left out is shorter to say when the values have no end. */
    bool negative = !open && (extent->range_count > 1 || rest.range_count == 0 || rest.ranges[0].first == rest.ranges[0].last);
    buf_printf(out, "%sargument %u is %s", extent->low && is_64_bit ? "the lower half of " : "", arg,
               negative ? "not " : "");
    if (negative)
        write_ranges(out, rest.ranges, rest.range_count, top);
    else
        write_ranges(out, extent->ranges, extent->range_count, top);
    extent_done(&rest);
}

void extents_write(const struct extents *extents, bool is_64_bit, struct buf *out)
{
    for (unsigned arg = 0; arg < ARRAY_COUNT(extents->args); arg++) {
        const struct extent *extent = &extents->args[arg];
        if (extent->kind == EXTENT_ANY)
            continue;
        add_word(out, " and ");
        if (extent->kind == EXTENT_BITS)
            buf_add_text(out, extent->text);
        else
            write_extent(extent, arg, is_64_bit, out);
    }
}
