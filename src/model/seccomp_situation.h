/*
 * The containers for which a policy with conditions can mean different things (private to the model).
 */
#pragma once

#include "model/seccomp_policy.h"

struct seccomp_situation {
    struct seccomp_context context; /* without the native ABI */
    char *words;                    /* NULL for the usual container */
};

struct seccomp_situations {
    struct seccomp_situation *items; /* the usual container first */
    size_t count;
    size_t capacity;
};

/* Those that the conditions of the policies can tell apart; each may be NULL. */
void seccomp_situations_of(const struct seccomp_policy *const *policies, size_t policy_count,
                           struct seccomp_situations *ret);
void seccomp_situations_done(struct seccomp_situations *situations);
