#include "model/seccomp_region.h"

#include <string.h>

void region_done(struct region *region)
{
    free(region->steps);
    *region = (struct region){0};
}

void region_push(struct region *region, struct seccomp_test test, bool holds)
{
    MEM_GROW(region->steps, region->count, region->capacity);
    region->steps[region->count++] = (struct region_step){.test = test, .holds = holds};
}

/* ---- is anything left? ------------------------------------------------------------------------- */

/* A test and how the bits so far compare with its datum: below, alike or above. */
struct watched {
    const struct region_step *step;
    int16_t order[33]; /* before bit 31, 30, ..., and behind bit 0 */
};

static bool passes(const struct region_step *step, int order)
{
    switch (step->test.compare) {
    case COMPARE_EQ:
        return (order == 0) == step->holds;
    case COMPARE_GT:
        return (order > 0) == step->holds;
    case COMPARE_GE:
        return (order >= 0) == step->holds;
    }
    return false;
}

/* What the bits that are not set yet can still bring about. Deciding as soon as the mask has no more of them keeps the
 * search from trying what the test does not see. */
static bool may_pass(const struct watched *watched, unsigned depth)
{
    const struct region_step *step = watched->step;
    int order = watched->order[depth];
    uint32_t lower = depth < 32 ? UINT32_MAX >> depth : 0;
    uint32_t mask = step->test.mask & lower;
    uint32_t datum = step->test.datum & lower;
    if (order != 0)
        return passes(step, order);
    if (mask == 0)
        return passes(step, datum ? -1 : 0);
    bool can_equal = (datum & ~mask) == 0;
    return can_equal || !(step->test.compare == COMPARE_EQ && step->holds);
}

/* Sets bit 31 - depth in all; false when a test can no longer pass. */
static bool set_bit(struct watched *all, size_t count, unsigned depth, unsigned bit)
{
    for (size_t i = 0; i < count; i++) {
        const struct seccomp_test *test = &all[i].step->test;
        unsigned shift = 31 - depth;
        int seen = (int)(test->mask >> shift & bit);
        int datum = (int)(test->datum >> shift & 1);
        int order = all[i].order[depth];
        all[i].order[depth + 1] = (int16_t)(order ? order : seen - datum);
        if (!may_pass(&all[i], depth + 1))
            return false;
    }
    return true;
}

/* A bit that no open test looks at is 0. */
static unsigned choices_at(const struct watched *all, size_t count, unsigned depth)
{
    for (size_t i = 0; i < count; i++)
        if (all[i].order[depth] == 0 && all[i].step->test.mask >> (31 - depth) & 1)
            return 2;
    return 1;
}

static bool search(struct region *region, struct watched *all, size_t count, unsigned depth, uint32_t *value)
{
    if (depth == 32)
        return true;
    unsigned choices = choices_at(all, count, depth);
    for (unsigned bit = 0; bit < choices && !region_gave_up(region); bit++) {
        region->searched += count + 1;
        if (!set_bit(all, count, depth, bit))
            continue;
        *value = (*value & ~(UINT32_C(1) << (31 - depth))) | bit << (31 - depth);
        if (search(region, all, count, depth + 1, value))
            return true;
    }
    return false;
}

bool region_half(struct region *region, unsigned arg, bool high, uint32_t *ret)
{
    size_t count = 0;
    AUTO_FREE struct watched *all = mem_resize(NULL, region->count + 1, sizeof(*all));
    for (size_t i = 0; i < region->count; i++) {
        if (region->steps[i].test.arg != arg || region->steps[i].test.high != high)
            continue;
        all[count] = (struct watched){.step = &region->steps[i]};
        if (!may_pass(&all[count++], 0))
            return false;
    }
    uint32_t value = 0;
    if (!search(region, all, count, 0, &value))
        return false;
    *ret = value;
    return true;
}
