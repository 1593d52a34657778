/*
 * All ways of a system call through two filters (private to the model).
 */
#pragma once

#include "model/diff.h"
#include "model/seccomp_path.h"
#include "model/seccomp_region.h"

/* Ways followed in one comparison before it is given up. */
#define SECCOMP_WAYS_MAX 2000000u

/* Ways on which the two answers are the same pair. */
struct seccomp_answers {
    struct seccomp_verdict a;
    struct seccomp_verdict b;
    struct extents *parts; /* alternatives */
    size_t count;
    size_t capacity;
    enum risk_level risk; /* by the arguments that can come this way */
    const char *why;
};

/* Pairs of answers are few: actions and errnos that a file names. */
struct seccomp_ways {
    const struct seccomp_evaluator *a;
    const struct seccomp_evaluator *b;
    const char *call; /* NULL: one that no table knows */
    bool is_64_bit;   /* arguments */
    struct region region;
    struct seccomp_answers *answers;
    size_t count;
    size_t capacity;
    uint64_t ways;
};

/* Adds the ways on which the answers of the filters differ. */
void seccomp_ways_follow(struct seccomp_ways *ways, const struct seccomp_path *a, const struct seccomp_path *b);
/* Before the next call. */
void seccomp_ways_forget(struct seccomp_ways *ways);
void seccomp_ways_done(struct seccomp_ways *ways);
/* Whether some arguments get past a filter. */
bool seccomp_ways_pass(struct seccomp_ways *ways, const struct seccomp_path *path);
/* Whether some do not. */
bool seccomp_ways_refuse(struct seccomp_ways *ways, const struct seccomp_path *path);
/* The result is not whole: there were too many ways, or deciding which can be gone took too long. */
bool seccomp_ways_gave_up(const struct seccomp_ways *ways);
/* "argument 0 is 5; or ...": which arguments come these ways; NULL when any do. On the heap. */
char *seccomp_answers_words(struct seccomp_answers *answers, bool is_64_bit);
/* The difference they are, on one ABI. */
struct diff_row seccomp_answers_row(struct seccomp_ways *ways, enum abi abi, struct seccomp_answers *answers);
