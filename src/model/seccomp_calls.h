/*
 * The rules of a policy sorted by ABI and call, one tree each: the step between a policy and its evaluation.
 */
#pragma once

#include "model/seccomp_tree.h"

/* Every call number of every ABI but ARM's few private ones is below this. */
#define CALLS_DENSE_MAX 1024u
/* Names that the ABI has no number for keep rules in libseccomp, which no call meets but which can
 * contradict each other. They are numbered from here on, by their row in the table. */
#define CALLS_PHANTOM 0x80000000u

struct call_rules {
    uint32_t number;
    struct seccomp_tree *tree;
};

/* Of one ABI. */
struct abi_calls {
    enum abi abi;
    uint32_t highest; /* number that any rule names, as runc counts */
    bool has_highest; /* number 0 does not count, unless it has the x32 bit */
    struct seccomp_tree *dense[CALLS_DENSE_MAX];
    struct call_rules *stray;
    size_t stray_count;
    size_t stray_capacity;
};

/* The code of an action with its errno or value; -1 stands for EPERM. */
uint32_t seccomp_code(enum seccomp_action action, int value);

/* Sorts in the rules that apply in the context. Errors as for seccomp_evaluator_new. */
int abi_calls_new(const struct seccomp_policy *policy, const struct seccomp_context *context, enum abi abi,
                  struct seccomp_pool *pool, struct abi_calls **ret, struct err *err);
void abi_calls_free(struct abi_calls *calls);
/* NULL when no rule names the call. */
const struct seccomp_tree *abi_calls_find(const struct abi_calls *calls, uint32_t number);
