/*
 * The arguments that take one way through a filter: a conjunction of tests that hold or do not (private to the model).
 *
 * Tests compare 32-bit halves under masks, so whether any argument is left is decided per half, exactly, bit by bit from
 * the top. That is a search which contrived masks can make long; it gives up after REGION_STEPS_MAX steps.
 */
#pragma once

#include "base/buf.h"
#include "model/seccomp_tree.h"

#define REGION_STEPS_MAX 20000000u

struct region_step {
    struct seccomp_test test;
    bool holds;
};

struct region {
    struct region_step *steps;
    size_t count;
    size_t capacity;
    uint64_t searched; /* steps taken so far, over its whole life */
};

void region_done(struct region *region);
void region_push(struct region *region, struct seccomp_test test, bool holds);
static inline void region_pop(struct region *region)
{
    region->count--;
}
/* Whether some value of a half passes its tests; the smallest such is written to *ret. */
bool region_half(struct region *region, unsigned arg, bool high, uint32_t *ret);
static inline bool region_gave_up(const struct region *region)
{
    return region->searched > REGION_STEPS_MAX;
}

/* ---- in words ---------------------------------------------------------------------------------- */

struct value_range {
    uint64_t first;
    uint64_t last;
};

/* What is left of one argument. */
enum extent_kind {
    EXTENT_ANY,
    EXTENT_RANGES, /* values, or with low set those of the lower half whatever the upper is */
    EXTENT_BITS    /* texts */
};
struct extent {
    enum extent_kind kind;
    bool low;
    struct value_range *ranges; /* ascending, not touching */
    size_t range_count;
    size_t range_capacity;
    char *text;
};

/* A region with its arguments parted. */
struct extents {
    struct extent args[6];
};
/* is_64_bit: of the ABI; otherwise there is no upper half. */
void extents_of(const struct region *region, bool is_64_bit, struct extents *ret);
void extents_done(struct extents *extents);
/* Makes one of two when their union is one: they differ in at most one argument, and there in values. */
bool extents_unite(struct extents *into, const struct extents *other);
/* "argument 0 is 0x5 to 0x9 and argument 1 is not 0"; nothing for any arguments. */
void extents_write(const struct extents *extents, bool is_64_bit, struct buf *out);
