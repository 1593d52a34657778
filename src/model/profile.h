/*
 * What a recording grants: the step between recordings and any policy format.
 *
 * It holds one entry per ABI and system call with the reason it is there, so that every format can
 * say where an entry comes from (DESIGN: siblings, ENOSYS for the future, runtime start-up, ABIs,
 * arguments, hot calls first, provenance). What the entries follow from is data: profiles/siblings.csv,
 * startup.csv, base.csv, arguments.csv, fallbacks.csv, libc.csv, libseccomp.csv.
 *
 * What is not granted is refused in one of two ways. EPERM is for what was known to the recording's
 * kernel and libc and not used. ENOSYS, after which libraries fall back to an older call, is for what
 * is newer, for what only ever failed so, for what a library may probe for while its fallback is
 * granted, and, as the default action, for calls that no table knows yet.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "model/recording.h"
#include "model/seccomp_policy.h"
#include "model/syscall.h"

enum origin {
    ORIGIN_OBSERVED, /* the recording made this call */
    ORIGIN_SIBLING,  /* gives no more power than an observed one */
    ORIGIN_STARTUP,  /* the container runtime makes it between loading the filter and the exec */
    ORIGIN_BASE,     /* exit, exit_group, rt_sigreturn, restart_syscall: no process lives without */
    ORIGIN_ENOSYS,   /* answered ENOSYS so that libc falls back */
    ORIGIN_REFUSED,  /* answered EPERM: known and not used */
    ORIGIN_COUNT
};
const char *origin_name(enum origin origin);

/* All conditions hold (AND). They are on different arguments. */
#define PROFILE_MATCH_ARGS_MAX 2
struct profile_match {
    struct seccomp_arg args[PROFILE_MATCH_ARGS_MAX];
    size_t arg_count;
    const char *reason; /* of a derived condition, borrowed from its table; else NULL */
};

struct profile_call {
    enum abi abi;
    const struct syscall *syscall;
    enum origin origin;
    const char *source; /* of a sibling: the observed call, "*" when any program brings it; of ENOSYS: "fallback"
                           when callers do without; else "" */
    char *reason;       /* in words: "the same metadata by path", "runc 1.1.5, crun 1.8.1" */
    uint64_t count;     /* how often it was made; orders the filter */
    struct profile_match *matches; /* alternatives (OR); match_count 0: any arguments */
    size_t match_count;
};

struct profile_options {
    bool siblings;         /* default true */
    bool argument_filters; /* default true; conditions that make a sibling no wider stay */
    bool clone3_fallback;  /* default true: clone3 that made no namespace gets ENOSYS, after which callers use clone */
    const char *runtimes;  /* start-up sets to include: "all", "none", or names joined by commas, "runc,crun" */
    unsigned target_libseccomp; /* the target's libseccomp as major * 10000 + minor * 100 + patch; 0: any */
};
#define PROFILE_OPTIONS_DEFAULT                                                                             \
    ((struct profile_options){.siblings = true, .argument_filters = true, .clone3_fallback = true, .runtimes = "all"})

struct profile {
    const struct recording *recording; /* borrowed */
    struct profile_options options;
    struct profile_call *calls; /* sorted: by origin, then hot first, then by name and ABI */
    size_t call_count;
    size_t call_capacity;
    bool abis[ABI_COUNT];
    kernel_version known_kernel; /* the newest kernel release whose calls the recording could have known */
    kernel_version target_kernel; /* the newest one whose call names the target's libseccomp knows */
    char **notes;                /* sentences that the person must read */
    size_t note_count;
    size_t note_capacity;
};

/* -EINVAL with a sentence when the recording holds no system call, a runtime is not in startup.csv, or
 * target_libseccomp is older than any in libseccomp.csv. recording and options->runtimes are borrowed. */
int profile_new(const struct recording *recording, const struct profile_options *options, struct profile **ret,
                struct err *err);
void profile_free(struct profile *profile);
MEM_DEFINE_CLEANUP(struct profile *, profile_free)

/* "2.5.4" as 20504; 0 when it is not three numbers below 100 (the last may be missing). */
unsigned profile_version_number(const char *version);

/* NULL when the profile has no entry; borrowed. */
const struct profile_call *profile_find(const struct profile *profile, enum abi abi, const char *name);
/* True when the target's libseccomp can know the name, so that a policy may contain it. */
bool profile_target_knows(const struct profile *profile, const struct syscall *syscall);

/* Whether a policy names the call; what it does not name gets the default, ENOSYS. */
bool profile_writes(const struct profile *profile, const struct profile_call *call);
/* The seccomp policy that grants the profile. */
struct seccomp_policy *profile_seccomp_policy(const struct profile *profile);
