/*
 * The filters that one policy becomes in different containers (private to the model).
 */
#pragma once

#include "model/seccomp_policy.h"

struct seccomp_variant {
    bool *applies; /* by rule */
    struct seccomp_evaluator *evaluator;
};

struct seccomp_variants {
    const struct seccomp_policy *policy;
    struct seccomp_variant *items;
    size_t count;
    size_t capacity;
};

/* Which filter the policy is in a container, made when no earlier one has the same rules. All contexts that are asked
 * for must have the same native ABI. Errors as for seccomp_evaluator_new. */
int seccomp_variants_find(struct seccomp_variants *variants, const struct seccomp_context *context, size_t *ret,
                          struct err *err);
void seccomp_variants_done(struct seccomp_variants *variants);
