/*
 * Recorded calls put to whatever answers for a seccomp filter.
 *
 * A recording holds the values of each argument, not which of them came together. So a call is tried with
 * one argument fixed and every choice of the others: what no choice lets through was refused for certain.
 */
#pragma once

#include <stddef.h>

#include "model/recording.h"
#include "model/seccomp_policy.h"

/* A filter, or several of which the strictest counts. */
struct seccomp_asker {
    struct seccomp_verdict (*ask)(const void *context, enum abi abi, uint64_t number, const uint64_t args[static 6]);
    const void *context;
};

/* The values to try for each argument, borrowed; an argument without any is 0. */
struct seccomp_choices {
    const uint64_t *values[6];
    size_t count[6];
};

struct seccomp_tried {
    size_t let_through; /* combinations of values */
    size_t refused;
    bool is_whole;                  /* every combination was tried */
    struct seccomp_verdict refusal; /* the first one; meaningful when refused is not 0 */
};

/* The call is made. Filters that log let it through. */
bool seccomp_lets_through(struct seccomp_verdict verdict);
/* The recorded values of the arguments whose bits are set in indexes. */
struct seccomp_choices seccomp_choices_of(const struct call_record *call, unsigned indexes);
/* Tries at most some thousand combinations. With any, stops at the first that is let through. */
struct seccomp_tried seccomp_try(const struct seccomp_asker *asker, enum abi abi, uint64_t number,
                                 const struct seccomp_choices *choices, bool any);
