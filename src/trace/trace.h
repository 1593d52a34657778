/*
 * Runs or attaches to a workload under ptrace and records what it does.
 *
 * One entry point. The method is chosen by itself: a seccomp filter (SECCOMP_RET_TRACE) that makes
 * one stop serve where plain ptrace needs two, or plain syscall stops where a filter cannot be used.
 * Needs Linux 5.3 (PTRACE_GET_SYSCALL_INFO). Nothing is printed: the caller's hooks are told.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "model/recording.h"

struct trace_progress {
    uint64_t elapsed_ns;
    uint64_t calls;
    size_t threads; /* alive now */
    size_t paths;
    enum phase phase;
};

/* Every hook may be NULL. */
struct trace_hooks {
    void *context;
    void (*note)(void *context, const char *sentence);
    /* The recording as it stands; called once the workload runs, then now and then. */
    void (*checkpoint)(void *context, const struct recording *recording);
    void (*progress)(void *context, const struct trace_progress *progress); /* at most ten times a second */
};

enum trace_method { TRACE_AUTO, TRACE_SECCOMP, TRACE_STOPS };

struct trace_options {
    char *const *command;    /* NULL-terminated; NULL when attaching */
    const pid_t *attach;     /* processes to attach to, with all their threads */
    size_t attach_count;
    enum trace_method method;
    uint64_t timeout_ns;     /* 0: none. Ends the recording: SIGTERM, then SIGKILL; or detaches */
    uint64_t phase_after_ns; /* 0: serving begins by itself */
    bool keep_affinity;      /* never pins the workload to the tracer's processor */
    /* Set by the caller's signal handlers (which must not restart system calls): a signal number that
     * ends the recording, or SIGUSR1 which starts the serving phase. 0 while nothing came. */
    volatile sig_atomic_t *signal;
    struct trace_hooks hooks;
};

/* Traces until every followed process has ended, or the recording is ended. ret is the caller's; how the
 * run ended is in its one run. Fails with -ENOENT (no such command), -EACCES or -ENOEXEC (cannot be
 * executed), -ESRCH (nothing to attach to), -EPERM (ptrace is not allowed), -ENOSYS (kernel too old) or
 * what the system said. */
int trace_run(const struct trace_options *options, struct recording **ret, struct err *err);
