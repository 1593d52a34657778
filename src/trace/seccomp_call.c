/* A workload that confines itself: its own filter must not hide what it does from the recording. */
#include <errno.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>

#include "trace/call.h"
#include "trace/registers.h"
#include "trace/thread.h"

/* From here on every call stops before any filter is asked (since Linux 4.8), so that calls which the
 * workload's own filter refuses are seen too. */
static void filter_installed(struct tracer *tracer, struct thread *thread, bool all_threads)
{
    thread->every_stop = true;
    thread->own_filter = true;
    if (!all_threads)
        return;
    for (size_t i = 0; i < tracer->thread_slots; i++) {
        struct thread *other = tracer->threads[i];
        if (other && other->process == thread->process) {
            other->every_stop = true;
            other->own_filter = true;
        }
    }
}

static void mode_asked(struct tracer *tracer, struct thread *thread, bool strict, bool all_threads)
{
    if (call_succeeded(thread))
        filter_installed(tracer, thread, all_threads);
    else if (strict && call_error(thread) == EINVAL && tracer->use_filter)
        trace_loss(tracer, LOSS_STRICT, "seccomp strict mode in %s", trace_image_name(tracer, thread));
}

void seccomp_call_exit(struct tracer *tracer, struct thread *thread)
{
    const uint64_t *args = thread->call.args;
    if (args[0] == SECCOMP_SET_MODE_STRICT)
        mode_asked(tracer, thread, true, false);
    else if (args[0] == SECCOMP_SET_MODE_FILTER)
        mode_asked(tracer, thread, false, (args[1] & SECCOMP_FILTER_FLAG_TSYNC) != 0);
}

void prctl_call_exit(struct tracer *tracer, struct thread *thread)
{
    const struct pending_call *call = &thread->call;
    switch (call->args[0]) {
    case PR_SET_SECCOMP:
        mode_asked(tracer, thread, call->args[1] == SECCOMP_MODE_STRICT, false);
        break;
    case PR_GET_SECCOMP:
        /* The workload asks about itself: our filter is none of its business. */
        if (tracer->use_filter && !thread->own_filter && call->result == SECCOMP_MODE_FILTER)
            (void)registers_set_result(thread->tid, call->abi, SECCOMP_MODE_DISABLED);
        break;
    case PR_CAPBSET_DROP:
    case PR_SET_SECUREBITS:
        if (call_succeeded(thread))
            call_capability(tracer, thread, CAP_SETPCAP, "the bounding set or securebits were changed");
        break;
    default:
        break;
    }
}
