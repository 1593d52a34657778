/*
 * A seccomp policy as container runtimes read it: which system calls, through which ABI, with which
 * arguments, get which action.
 *
 * One struct for every dialect (Docker's seccomp.json with archMap and includes/excludes, Podman's,
 * the OCI linux.seccomp object). It can be read (seccomp_policy_read), written (emit/seccomp_json.h),
 * compiled by libseccomp (emit/seccomp_bpf.h) and, above all, asked: seccomp_policy_evaluate answers
 * what the kernel would answer once a runtime had loaded it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "model/arch.h"
#include "model/syscall.h"

enum seccomp_action {
    SECCOMP_KILL_PROCESS, /* SCMP_ACT_KILL_PROCESS */
    SECCOMP_KILL_THREAD,  /* SCMP_ACT_KILL, SCMP_ACT_KILL_THREAD */
    SECCOMP_TRAP,
    SECCOMP_ERRNO, /* carries an errno */
    SECCOMP_NOTIFY,
    SECCOMP_TRACE, /* carries a value */
    SECCOMP_LOG,
    SECCOMP_ALLOW,
    SECCOMP_ACTION_COUNT
};
const char *seccomp_action_name(enum seccomp_action action); /* "SCMP_ACT_ERRNO" */
/* SECCOMP_ACTION_COUNT when unknown; every alias is understood. */
enum seccomp_action seccomp_action_from_name(const char *name);

enum seccomp_op { OP_NE, OP_LT, OP_LE, OP_EQ, OP_GE, OP_GT, OP_MASKED_EQ, SECCOMP_OP_COUNT };
const char *seccomp_op_name(enum seccomp_op op); /* "SCMP_CMP_EQ" */
enum seccomp_op seccomp_op_from_name(const char *name);

/* op MASKED_EQ: (argument & value) == value_two; others compare the argument with value. */
struct seccomp_arg {
    unsigned index; /* 0 to 5 */
    enum seccomp_op op;
    uint64_t value;
    uint64_t value_two;
};

/* The conditions of Docker's includes and excludes; empty lists hold always. */
struct seccomp_condition {
    char **capabilities;
    size_t capability_count;
    char **arches; /* Docker's (Go's) names */
    size_t arch_count;
    kernel_version min_kernel; /* 0: none */
};

struct seccomp_rule {
    char **names;
    size_t name_count;
    enum seccomp_action action;
    int errno_value; /* -1: the default of the dialect, EPERM */
    struct seccomp_arg *args;
    size_t arg_count;
    struct seccomp_condition includes;
    struct seccomp_condition excludes;
    char *comment; /* NULL when absent; runtimes ignore it */
};

struct seccomp_policy {
    enum seccomp_action default_action;
    int default_errno; /* -1: EPERM */
    enum abi *abis;    /* as listed by architectures, archMap flattened; empty: the native ABI alone */
    size_t abi_count;
    char **flags; /* "SECCOMP_FILTER_FLAG_LOG", … */
    size_t flag_count;
    bool has_flags; /* flags are given, be it none; runc has a default of its own otherwise */
    struct seccomp_rule *rules; /* in file order */
    size_t rule_count;
    size_t rule_capacity;
    char *listener_path; /* OCI; NULL when absent */
};

struct seccomp_policy *seccomp_policy_new(void);
void seccomp_policy_free(struct seccomp_policy *policy);
MEM_DEFINE_CLEANUP(struct seccomp_policy *, seccomp_policy_free)

void seccomp_policy_add_abi(struct seccomp_policy *policy, enum abi abi);
/* A rule with that action, errno -1 and nothing else; borrowed until the next one is added. */
struct seccomp_rule *seccomp_policy_add_rule(struct seccomp_policy *policy, enum seccomp_action action);
void seccomp_rule_add_name(struct seccomp_rule *rule, const char *name);
void seccomp_rule_add_arg(struct seccomp_rule *rule, struct seccomp_arg arg);

/* What the container has, which decides includes and excludes. */
struct seccomp_context {
    uint64_t capabilities; /* bit per capability number */
    kernel_version kernel; /* 0: the newest */
    enum abi native;       /* of the machine */
    bool runc_stub; /* loaded by runc, which since 1.0 puts a stub in front: calls above the highest one that
                       the profile names for an ABI listed by it get ENOSYS; crun has no such stub */
};

/* Whether includes and excludes let the rule count: every condition included, none excluded. */
bool seccomp_rule_applies(const struct seccomp_rule *rule, const struct seccomp_context *context);
/* Whether the filter lets calls of the ABI in at all. The native ABI always is: libseccomp starts every
 * filter with it, and no runtime takes it out. */
bool seccomp_policy_has_abi(const struct seccomp_policy *policy, const struct seccomp_context *context,
                            enum abi abi);

struct seccomp_verdict {
    enum seccomp_action action;
    int error;                       /* for SECCOMP_ERRNO: what the call returns; for SECCOMP_TRACE: the value */
    const struct seccomp_rule *rule; /* that decided; NULL for the default and for a foreign ABI */
    bool foreign_abi;                /* killed because the ABI is not in the policy */
};

/* What the kernel would do with this call under this policy, loaded the way runc and crun load it
 * (libseccomp semantics: per-ABI rules, several conditions on one argument in one rule become
 * alternatives, unknown names ignored, an ABI that is not listed kills). number is without the x32 bit; args
 * holds six values. Under a policy that libseccomp refuses no process starts, and the answer is
 * SECCOMP_KILL_PROCESS; seccomp_evaluator_new says what is wrong. This builds an evaluator each time. */
struct seccomp_verdict seccomp_policy_evaluate(const struct seccomp_policy *policy,
                                               const struct seccomp_context *context, enum abi abi,
                                               uint64_t number, const uint64_t args[static 6]);

/* The same, prepared once for millions of questions. */
struct seccomp_evaluator;
/* policy is borrowed for the evaluator's life. -EEXIST when libseccomp, and so every runtime, refuses the
 * policy because rules contradict each other; -ELOOP when it would not come to an end with it. */
int seccomp_evaluator_new(const struct seccomp_policy *policy, const struct seccomp_context *context,
                          struct seccomp_evaluator **ret, struct err *err);
void seccomp_evaluator_free(struct seccomp_evaluator *evaluator);
MEM_DEFINE_CLEANUP(struct seccomp_evaluator *, seccomp_evaluator_free)
/* Whether runc's stub (see runc_stub) judges the ABI: calls above the number get ENOSYS. */
bool seccomp_evaluator_stub(const struct seccomp_evaluator *evaluator, enum abi abi, uint32_t *ret_highest);
struct seccomp_verdict seccomp_evaluator_ask(const struct seccomp_evaluator *evaluator, enum abi abi,
                                             uint64_t number, const uint64_t args[static 6]);

#define SECCOMP_POLICY_BYTES_MAX (16u << 20)
/* Reads any of the JSON dialects; name is what error sentences call it. Refuses what the runtimes
 * refuse (a bad action, architectures with archMap, name with names, an argument index over 5). */
int seccomp_policy_parse(const char *name, const char *bytes, size_t length, struct seccomp_policy **ret,
                         struct err *err);
/* path may be "-". */
int seccomp_policy_read(const char *path, struct seccomp_policy **ret, struct err *err);
