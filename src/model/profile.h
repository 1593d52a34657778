/*
 * What a recording grants: the step between recordings and any policy format.
 *
 * It holds one entry per ABI and system call with the reason it is there, so that every format can
 * say where an entry comes from (DESIGN: siblings, ENOSYS for the future, runtime start-up, ABIs,
 * arguments, hot calls first, provenance).
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
    ORIGIN_COUNT
};
const char *origin_name(enum origin origin);

struct profile_call {
    enum abi abi;
    const struct syscall *syscall;
    enum origin origin;
    const char *reason;        /* of a sibling: "openat"; of start-up: "runc, crun"; borrowed from tables */
    uint64_t count;            /* how often it was made; orders the filter */
    struct seccomp_arg *args;  /* alternatives (OR) on one argument; arg_count 0: any arguments */
    size_t arg_count;
};

struct profile_options {
    bool siblings;        /* default true */
    bool argument_filters; /* default true */
    const char *runtimes; /* start-up sets to include: "all", "none", or names joined by commas, "runc,crun" */
    unsigned target_libseccomp; /* the target's libseccomp as major * 10000 + minor * 100 + patch; 0: any */
};
#define PROFILE_OPTIONS_DEFAULT                                                                             \
    ((struct profile_options){.siblings = true, .argument_filters = true, .runtimes = "all"})

struct profile {
    const struct recording *recording; /* borrowed */
    struct profile_options options;
    struct profile_call *calls; /* sorted: allowed before ENOSYS, then hot first, then by name */
    size_t call_count;
    size_t call_capacity;
    bool abis[ABI_COUNT];
    kernel_version known_kernel; /* the newest kernel release whose calls the recording could have known */
};

int profile_new(const struct recording *recording, const struct profile_options *options, struct profile **ret,
                struct err *err);
void profile_free(struct profile *profile);
MEM_DEFINE_CLEANUP(struct profile *, profile_free)

/* The seccomp policy that grants the profile. */
struct seccomp_policy *profile_seccomp_policy(const struct profile *profile);
