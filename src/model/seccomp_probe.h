/*
 * The probes of profiles/seccomp-probes.csv put to a seccomp policy: which calls of an attacker pass, through which ABI, and what that is worth to a
 * container with given capabilities.
 *
 * A call passes when the filter allows it, or allows and logs it.
 */
#pragma once

#include "data.h"
#include "model/finding.h"
#include "model/seccomp_policy.h"

struct seccomp_passing {
    const struct data_seccomp_probes *probe;
    enum severity severity;
    enum abi abi; /* the native one if the call passes there, else the first other */
    bool usable;  /* the kernel asks for no capability besides, or the container has it */
};

struct seccomp_probing {
    struct seccomp_passing *passing; /* in the order of the table, each probe once */
    size_t passing_count;
    const struct data_seccomp_undone **undone; /* denials that another call undoes, native ABI */
    size_t undone_count;
    size_t allowed_calls;    /* of the native ABI, asked with arguments of 0 */
    bool has_abi[ABI_COUNT]; /* that can be called on this machine; the native one always */
};

/* evaluator was made from policy and context, all of which are borrowed for the call. */
void seccomp_probe(const struct seccomp_policy *policy, const struct seccomp_evaluator *evaluator, const struct seccomp_context *context,
                   struct seccomp_probing *ret);
void seccomp_probing_done(struct seccomp_probing *probing);

/* Whether the call passes with these arguments; false when the ABI has no such call or is not let in. */
bool seccomp_probe_passes(const struct seccomp_policy *policy, const struct seccomp_evaluator *evaluator, const struct seccomp_context *context,
                          enum abi abi, const char *call, const uint64_t args[static 6]);
/* "0=0x10 2=7": what the column arguments holds; the others are 0. */
void seccomp_probe_arguments(const char *text, uint64_t ret[static 6]);
