/*
 * Seccomp policies and calls made up by a generator that gives the same ones on every machine.
 */
#pragma once

#include "model/seccomp_policy.h"

struct random {
    uint64_t state; /* any seed */
};

uint64_t random_next(struct random *random);
size_t random_below(struct random *random, size_t bound);
#define RANDOM_PICK(random, items, count) ((items)[random_below((random), (count))])

/* What policies are made of. */
struct policy_words {
    const char *const *names;
    size_t name_count;
    const enum seccomp_action *actions;
    size_t action_count;
    const int *errnos;
    size_t errno_count;
};

/* x86-64, i386 and x32 in any combination; few names, so that rules meet. */
struct seccomp_policy *random_policy(struct random *random, const struct policy_words *words);
/* A call that the policy's rules are about, with arguments at and around the values of their conditions; now
 * and then any other call. number is without the x32 bit. */
void random_call(struct random *random, const struct seccomp_policy *policy, const struct policy_words *words,
                 enum abi *ret_abi, uint64_t *ret_number, uint64_t args[static 6]);
