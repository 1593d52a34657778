/*
 * The hashes over a recording's arrays, so that adding an image, a path or a fact takes constant
 * time. Private to recording*.c in this directory.
 */
#pragma once

#include "model/recording.h"

/* Open addressing, a power of two; element number + 1, 0 is free. */
struct slots {
    uint32_t *numbers;
    uint32_t count;
};

struct recording_index {
    struct slots images;
    struct slots paths;
    struct slots facts;
    uint32_t facts_of_kind[FACT_KIND_COUNT];
};

struct recording_index *recording_index_new(void);
void recording_index_free(struct recording_index *index);

/* The calls of one image (recording_call.c). */
void call_table_done(struct call_table *table);

/* Sums stay at INT64_MAX instead of wrapping: more than any run reaches, and what JSON readers hold. */
static inline uint64_t count_sum(uint64_t a, uint64_t b)
{
    uint64_t sum;
    return __builtin_add_overflow(a, b, &sum) || sum > INT64_MAX ? INT64_MAX : sum;
}
