#include "trace/stop.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "trace/affinity.h"
#include "trace/call.h"
#include "trace/image.h"
#include "trace/registers.h"
#include "trace/thread.h"
#include "trace/usage.h"

#define SYSCALL_STOP (SIGTRAP | 0x80) /* with PTRACE_O_TRACESYSGOOD */

/* ESRCH means that it was killed in the meantime: its end will be reported. */
static void request(struct tracer *tracer, struct thread *thread, enum __ptrace_request what, int signal)
{
    if (ptrace(what, thread->tid, 0, signal) < 0 && errno != ESRCH)
        trace_loss(tracer, LOSS_TRACER, "cannot resume process %d: %s", thread->tid, strerror(errno));
}

static void resume(struct tracer *tracer, struct thread *thread, int signal)
{
    bool to_next_syscall_stop = thread->every_stop || thread->wants_exit;
    request(tracer, thread, to_next_syscall_stop ? PTRACE_SYSCALL : PTRACE_CONT, signal);
}

static bool is_birth(unsigned event)
{
    return event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE;
}

/* What a parent would have told of a child that waits for it to be told. */
static struct thread *born_child(struct tracer *tracer, const struct thread *parent)
{
    unsigned long message = 0;
    if (ptrace(PTRACE_GETEVENTMSG, parent->tid, 0, &message) < 0)
        return NULL;
    struct thread *child = thread_find(tracer, (pid_t)message);
    return child && child->parked ? child : NULL;
}

/* A child that is parked is stopped already, and goes with its parent. */
static void detach(struct tracer *tracer, struct thread *thread, unsigned event, int signal)
{
    struct thread *child = is_birth(event) ? born_child(tracer, thread) : NULL;
    if (child) {
        request(tracer, child, PTRACE_DETACH, 0);
        thread_remove(tracer, child);
    }
    request(tracer, thread, PTRACE_DETACH, event || signal == SYSCALL_STOP ? 0 : signal);
    thread_remove(tracer, thread);
}

static void interrupt_thread(struct tracer *tracer, struct thread *thread)
{
    (void)tracer;
    thread->interrupted = true;
    (void)ptrace(PTRACE_INTERRUPT, thread->tid, 0, 0);
}

void stop_detach_all(struct tracer *tracer)
{
    thread_each(tracer, interrupt_thread);
}

/* ---- system calls -------------------------------------------------------------------------------------- */

static bool read_syscall_info(struct tracer *tracer, const struct thread *thread, struct __ptrace_syscall_info *ret)
{
    if (ptrace(PTRACE_GET_SYSCALL_INFO, thread->tid, sizeof(*ret), ret) > 0)
        return true;
    if (errno != ESRCH)
        trace_loss(tracer, LOSS_TRACER, "cannot read a call of process %d: %s", thread->tid, strerror(errno));
    return false;
}

static void enter(struct tracer *tracer, struct thread *thread, uint32_t arch, uint64_t number, const uint64_t *args)
{
    uint64_t copy[6];
    for (size_t i = 0; i < 6; i++)
        copy[i] = args[i];
    thread->wants_exit = call_entry(tracer, thread, arch, number, copy);
}

/* A filter's stop: the one entry stop there is, unless plain stops already told of this call. A filter of the
 * workload's own that asks for a tracer finds none, as without us: its call gets ENOSYS (seccomp(2)). */
static void on_seccomp(struct tracer *tracer, struct thread *thread)
{
    struct __ptrace_syscall_info info;
    if (read_syscall_info(tracer, thread, &info) && info.op == PTRACE_SYSCALL_INFO_SECCOMP) {
        if (!thread->in_call)
            enter(tracer, thread, info.arch, info.seccomp.nr, (const uint64_t *)info.seccomp.args);
        if (info.seccomp.ret_data != TRACE_FILTER_DATA && !registers_skip_call(thread->tid))
            trace_loss(tracer, LOSS_OWN_FILTER, "a filter that asks for a tracer in %s",
                       trace_image_name(tracer, thread));
    }
    resume(tracer, thread, 0);
}

static void on_syscall(struct tracer *tracer, struct thread *thread)
{
    struct __ptrace_syscall_info info;
    if (!read_syscall_info(tracer, thread, &info)) {
        resume(tracer, thread, 0);
        return;
    }
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
        thread->in_call = true;
        enter(tracer, thread, info.arch, info.entry.nr, (const uint64_t *)info.entry.args);
    } else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
        thread->in_call = false;
        thread->wants_exit = false;
        call_exit(tracer, thread, info.exit.rval);
    }
    resume(tracer, thread, 0);
}

/* ---- birth --------------------------------------------------------------------------------------------- */

/* A number in /proc/TID/status; 0 when it cannot be read. */
static pid_t status_number(struct tracer *tracer, struct thread *thread, const char *field)
{
    char text[1024];
    const char *at = thread_proc_read(tracer, thread, "status", text, sizeof(text)) > 0 ? strstr(text, field) : NULL;
    return at ? atoi(at + strlen(field)) : 0;
}

/* What clone made, when the call itself was not seen: a process we attached to was inside it. */
static uint64_t flags_by_looking(struct tracer *tracer, struct thread *child)
{
    pid_t group = status_number(tracer, child, "\nTgid:");
    return group != 0 && group != child->tid ? CLONE_THREAD | CLONE_FS : 0;
}

static void unpark(struct tracer *tracer, struct thread *child)
{
    if (!child->parked)
        return;
    child->parked = false;
    tracer->parked_count--;
    stop_handle(tracer, child->tid, child->parked_status);
}

static void on_birth(struct tracer *tracer, struct thread *parent)
{
    unsigned long message = 0;
    if (ptrace(PTRACE_GETEVENTMSG, parent->tid, 0, &message) == 0 && message != 0) {
        struct thread *child = thread_find(tracer, (pid_t)message);
        if (!child)
            child = thread_add(tracer, (pid_t)message);
        uint64_t flags = parent->call.entered ? parent->call.clone_flags : flags_by_looking(tracer, child);
        thread_adopt(tracer, child, parent, flags);
        unpark(tracer, child);
    }
    resume(tracer, parent, 0);
}

/* A child whose parent was killed before it could tell: its parent is looked up instead. */
static struct thread *parent_by_looking(struct tracer *tracer, struct thread *child)
{
    bool is_thread = flags_by_looking(tracer, child) != 0;
    struct thread *found = thread_find(tracer, status_number(tracer, child, is_thread ? "\nTgid:" : "\nPPid:"));
    for (size_t i = 0; !found && i < tracer->thread_slots; i++)
        if (tracer->threads[i] && !tracer->threads[i]->parked)
            found = tracer->threads[i];
    return found == child ? NULL : found;
}

static struct thread *find_parked(const struct tracer *tracer)
{
    for (size_t i = 0; i < tracer->thread_slots; i++)
        if (tracer->threads[i] && tracer->threads[i]->parked)
            return tracer->threads[i];
    return NULL;
}

static void adopt_orphans(struct tracer *tracer)
{
    for (struct thread *child = find_parked(tracer); child; child = find_parked(tracer)) {
        const struct thread *parent = parent_by_looking(tracer, child);
        if (parent)
            thread_adopt(tracer, child, parent, flags_by_looking(tracer, child));
        else
            child->recording = true;
        unpark(tracer, child);
    }
}

/* ---- exec, exit ------------------------------------------------------------------------------------------ */

static void on_exec(struct tracer *tracer, struct thread *leader)
{
    unsigned long message = 0;
    struct thread *thread = leader;
    if (ptrace(PTRACE_GETEVENTMSG, leader->tid, 0, &message) == 0 && (pid_t)message != leader->tid) {
        struct thread *former = thread_find(tracer, (pid_t)message);
        if (former && former->process == leader->process)
            thread = former;
    }
    thread_became_leader(tracer, thread, leader->process->pid);
    thread->recording = true;
    tracer->running = true;
    image_executed(tracer, thread);
    resume(tracer, thread, 0);
}

static void on_end(struct tracer *tracer, struct thread *thread, int status)
{
    if (thread->tid == tracer->root_pid) {
        tracer->root_ended = true;
        tracer->root_status = status;
    }
    thread_remove(tracer, thread);
    if (tracer->parked_count > 0)
        adopt_orphans(tracer);
}

/* ---- telling them apart ------------------------------------------------------------------------------------ */

static bool is_stop_signal(int signal)
{
    return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

/* PTRACE_EVENT_STOP: a group stop, in which the thread is left to listen for SIGCONT; or a new thread's
 * first stop, or the answer to an interrupt. */
static void on_trap(struct tracer *tracer, struct thread *thread, int signal)
{
    if (is_stop_signal(signal))
        request(tracer, thread, PTRACE_LISTEN, 0);
    else
        resume(tracer, thread, 0);
}

static void on_event(struct tracer *tracer, struct thread *thread, unsigned event, int signal)
{
    switch (event) {
    case PTRACE_EVENT_SECCOMP:
        on_seccomp(tracer, thread);
        break;
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK:
    case PTRACE_EVENT_CLONE:
        on_birth(tracer, thread);
        break;
    case PTRACE_EVENT_EXEC:
        on_exec(tracer, thread);
        break;
    case PTRACE_EVENT_EXIT:
        usage_thread_exits(tracer, thread);
        resume(tracer, thread, 0);
        break;
    case PTRACE_EVENT_STOP:
        on_trap(tracer, thread, signal);
        break;
    default:
        resume(tracer, thread, 0);
    }
}

static void park(struct tracer *tracer, pid_t tid, int status)
{
    struct thread *thread = thread_add(tracer, tid);
    thread->parked = true;
    thread->parked_status = status;
    tracer->parked_count++;
}

void stop_handle(struct tracer *tracer, pid_t tid, int status)
{
    struct thread *thread = thread_find(tracer, tid);
    if (!WIFSTOPPED(status)) {
        if (thread)
            on_end(tracer, thread, status);
        return;
    }
    if (!thread) {
        park(tracer, tid, status);
        return;
    }
    unsigned event = (unsigned)status >> 16;
    int signal = WSTOPSIG(status);
    tracer->stops++;
    affinity_stop(tracer, tracer->stops);
    bool letting_go = thread->interrupted || (tracer->ending && tracer->root_pid == 0);
    if (letting_go)
        detach(tracer, thread, event, signal);
    else if (event)
        on_event(tracer, thread, event, signal);
    else if (signal == SYSCALL_STOP)
        on_syscall(tracer, thread);
    else
        resume(tracer, thread, signal);
}
