/* Calls that make, join, signal or trace processes. */
#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>

#include "base/mem.h"
#include "trace/call.h"
#include "trace/memory.h"
#include "trace/registers.h"
#include "trace/thread.h"

#define NAMESPACE_FLAGS                                                                                     \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | \
     0x80 /* CLONE_NEWTIME, linux/sched.h */)

/* What clone cannot do and no library falls back from: CLONE_INTO_CGROUP, linux/sched.h. */
#define CLONE3_ONLY_FLAGS 0x200000000u

/* ---- clone --------------------------------------------------------------------------------------- */

static void namespaces_made(struct tracer *tracer, struct thread *thread, const char *how, uint64_t flags)
{
    uint64_t made = flags & NAMESPACE_FLAGS;
    if (made == 0)
        return;
    call_fact(tracer, thread, FACT_NAMESPACE, how, NULL, NULL, made);
    /* A new user namespace brings the rest with it; without one they need the capability here. */
    if (!(made & CLONE_NEWUSER))
        call_capability(tracer, thread, CAP_SYS_ADMIN, "a namespace was made");
}

/* An untraced child would meet our filter without a tracer and get ENOSYS for everything. */
void clone_call_entry(struct tracer *tracer, struct thread *thread)
{
    struct pending_call *call = &thread->call;
    call->clone_flags = call->args[0] & ~(uint64_t)CSIGNAL;
    if (!(call->clone_flags & CLONE_UNTRACED))
        return;
    if (!registers_set_first_arg(thread->tid, call->abi, call->args[0] & ~(uint64_t)CLONE_UNTRACED))
        trace_loss(tracer, LOSS_ESCAPED, "clone with CLONE_UNTRACED in %s", trace_image_name(tracer, thread));
}

void clone_call_exit(struct tracer *tracer, struct thread *thread)
{
    const struct pending_call *call = &thread->call;
    if (call->clone_flags & CLONE_UNTRACED)
        (void)registers_set_first_arg(thread->tid, call->abi, call->args[0]);
    if (call_succeeded(thread))
        namespaces_made(tracer, thread, "clone", call->clone_flags);
}

void clone3_call_entry(struct tracer *tracer, struct thread *thread)
{
    struct pending_call *call = &thread->call;
    uint64_t flags = 0;
    if (!memory_read(thread->tid, call->args[0], &flags, sizeof(flags)))
        return; /* the kernel cannot read it either */
    call->clone_flags = flags;
    uint64_t traced = flags & ~(uint64_t)CLONE_UNTRACED;
    if (traced != flags && !memory_write(thread->tid, call->args[0], &traced, sizeof(traced)))
        trace_loss(tracer, LOSS_ESCAPED, "clone3 with CLONE_UNTRACED in %s", trace_image_name(tracer, thread));
}

void clone3_call_exit(struct tracer *tracer, struct thread *thread)
{
    struct pending_call *call = &thread->call;
    if (call->clone_flags & CLONE_UNTRACED)
        (void)memory_write(thread->tid, call->args[0], &call->clone_flags, sizeof(call->clone_flags));
    if (!call_succeeded(thread))
        return;
    namespaces_made(tracer, thread, "clone3", call->clone_flags);
    if (call->clone_flags & CLONE3_ONLY_FLAGS)
        call_fact(tracer, thread, FACT_NAMESPACE, "clone3", NULL, "a cgroup of the child's own",
                  call->clone_flags & CLONE3_ONLY_FLAGS);
}

void fork_call_entry(struct tracer *tracer, struct thread *thread)
{
    (void)tracer;
    thread->call.clone_flags = 0;
}

void vfork_call_entry(struct tracer *tracer, struct thread *thread)
{
    (void)tracer;
    thread->call.clone_flags = CLONE_VFORK | CLONE_VM;
}

/* A successful exec is told by its own event (image.c); this is the other case. */
void exec_call_exit(struct tracer *tracer, struct thread *thread)
{
    if (thread->call.failed)
        path_call_exit(tracer, thread, thread->call.spec);
}

/* ---- namespaces ------------------------------------------------------------------------------------ */

static void namespace_changed(struct tracer *tracer, struct thread *thread, uint64_t flags)
{
    if (flags & (CLONE_NEWNS | CLONE_FS))
        thread_unshare_fs(thread);
    if (flags & CLONE_NEWNS)
        resolve_forget_root(thread);
    if (flags & CLONE_NEWUSER)
        thread->credentials.own_user_namespace = true;
    (void)tracer;
}

void unshare_call_exit(struct tracer *tracer, struct thread *thread)
{
    if (!call_succeeded(thread))
        return;
    namespaces_made(tracer, thread, "unshare", thread->call.args[0]);
    namespace_changed(tracer, thread, thread->call.args[0]);
}

/* With nstype 0 the descriptor says which namespace it is; all are taken to have changed. */
void setns_call_exit(struct tracer *tracer, struct thread *thread)
{
    uint64_t flags = thread->call.args[1];
    if (!call_succeeded(thread))
        return;
    call_fact(tracer, thread, FACT_NAMESPACE, "setns", NULL, NULL, flags);
    namespace_changed(tracer, thread, flags ? flags & ~(uint64_t)CLONE_FS : CLONE_NEWNS);
}

/* ---- signals and tracing ---------------------------------------------------------------------------- */

static const char *signal_name(uint64_t number, char text[static 24])
{
    const char *name = number < NSIG ? sigabbrev_np((int)number) : NULL;
    if (name)
        (void)snprintf(text, 24, "SIG%s", name);
    else
        (void)snprintf(text, 24, "%u", (unsigned)number);
    return text;
}

/* Which process a pid argument means; NULL when it is not one that is followed. */
static struct thread *target_of(struct tracer *tracer, const struct thread *thread, int pid)
{
    struct thread *last = tracer->last;
    struct thread *target = thread_find(tracer, pid);
    tracer->last = last;
    return target == thread ? NULL : target;
}

void kill_call_exit(struct tracer *tracer, struct thread *thread)
{
    const struct pending_call *call = &thread->call;
    char name[24];
    bool has_group = strstr(call->spec->name, "tg") != NULL; /* tgkill, rt_tgsigqueueinfo: tgid first */
    uint64_t number = call->args[has_group ? 2 : 1];
    int pid = (int)call->args[0];
    const struct thread *target = pid > 0 ? target_of(tracer, thread, pid) : NULL;
    if (!call_succeeded(thread) || number == 0 || pid == thread->process->pid || pid == thread->tid ||
        (target && target->process == thread->process))
        return;
    const char *whom = pid <= 0 ? "a process group" : target ? trace_image_name(tracer, target) : "outside";
    call_fact(tracer, thread, FACT_SIGNAL, signal_name(number, name), whom, NULL, 0);
    if (target && target->credentials.known && thread->credentials.known &&
        thread->credentials.uid[1] != target->credentials.uid[0] &&
        thread->credentials.uid[1] != target->credentials.uid[2] &&
        thread->credentials.uid[0] != target->credentials.uid[0])
        call_capability(tracer, thread, CAP_KILL, "another user's process was signalled");
}

void ptrace_call_exit(struct tracer *tracer, struct thread *thread)
{
    const struct pending_call *call = &thread->call;
    char request[32];
    bool begins = call->args[0] == PTRACE_TRACEME || call->args[0] == PTRACE_ATTACH || call->args[0] == PTRACE_SEIZE;
    (void)snprintf(request, sizeof(request), "%s",
                   call->args[0] == PTRACE_TRACEME  ? "TRACEME"
                   : call->args[0] == PTRACE_ATTACH ? "ATTACH"
                   : call->args[0] == PTRACE_SEIZE  ? "SEIZE"
                                                    : "other");
    const struct thread *target = target_of(tracer, thread, (int)call->args[1]);
    call_fact(tracer, thread, FACT_PTRACE, request, target ? trace_image_name(tracer, target) : NULL, NULL, 0);
    if (begins && call_error(thread) == EPERM)
        trace_loss(tracer, LOSS_OWN_TRACER, "ptrace %s in %s", request, trace_image_name(tracer, thread));
}

/* ---- what goes past system calls, and into the kernel ------------------------------------------------ */

void io_uring_call_exit(struct tracer *tracer, struct thread *thread)
{
    const char *what = thread->call.spec->name + strlen("io_uring_");
    if (!call_succeeded(thread))
        return;
    call_fact(tracer, thread, FACT_IO_URING, what, NULL, NULL, 0);
    if (strcmp(what, "setup") == 0)
        descriptor_note(tracer, thread->call.result);
    else if (strcmp(what, "enter") == 0)
        trace_loss(tracer, LOSS_IO_URING, "io_uring_enter in %s", trace_image_name(tracer, thread));
}

void module_call_exit(struct tracer *tracer, struct thread *thread)
{
    const struct pending_call *call = &thread->call;
    struct resolved resolved;
    if (!call_succeeded(thread))
        return;
    if (strcmp(call->spec->name, "finit_module") == 0 &&
        resolve_descriptor(tracer, thread, (int)call->args[0], &resolved))
        call_fact(tracer, thread, FACT_MODULE, recording_text(tracer->recording, resolved.path), NULL, NULL, 0);
    else
        call_fact(tracer, thread, FACT_MODULE, call->spec->name, NULL, NULL, 0);
}
