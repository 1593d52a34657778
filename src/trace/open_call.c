/* Calls that open files, and what is done through descriptors: mapping, locking. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/mman.h>

#include "trace/call.h"
#include "trace/memory.h"
#include "trace/thread.h"

/* F_OFD_SETLK and friends, and the 64-bit lock commands of 32-bit ABIs (asm-generic/fcntl.h). */
enum { COMMAND_SETLK64 = 13, COMMAND_SETLKW64 = 14 };

static int dirfd_of(const struct thread *thread)
{
    const struct path_arg *arg = &thread->call.spec->paths[0];
    return arg->dirfd == NO_ARG ? RESOLVE_CWD : (int)thread->call.args[arg->dirfd];
}

static uint64_t open_flags(struct thread *thread)
{
    const struct pending_call *call = &thread->call;
    struct open_how how = {0};
    if (call->spec->exit == open_call_exit)
        return call->args[1];
    if (call->spec->exit == openat_call_exit)
        return call->args[2];
    if (call->spec->exit == creat_call_exit)
        return O_CREAT | O_WRONLY | O_TRUNC;
    if (memory_read(thread->tid, call->args[2], &how, sizeof(how)))
        return how.flags;
    return 0;
}

/* O_CREAT makes a file only when none is there: that can be told before the call alone. */
void open_call_entry(struct tracer *tracer, struct thread *thread)
{
    struct pending_call *call = &thread->call;
    struct resolved before;
    uint64_t flags = open_flags(thread);
    call->saved = flags;
    if (!(flags & O_CREAT) || !call->paths[0] || call->paths[0][0] == '\0')
        return;
    if (!(flags & O_EXCL) && resolve_path(tracer, thread, dirfd_of(thread), call->paths[0], true, &before) &&
        before.exists)
        call->saved &= ~(uint64_t)O_CREAT;
}

static access_mask access_of_flags(uint64_t flags)
{
    if (flags & O_PATH)
        return ACCESS_STAT;
    access_mask did = 0;
    access_mask writes = flags & O_APPEND ? ACCESS_APPEND : ACCESS_WRITE;
    switch (flags & O_ACCMODE) {
    case O_RDONLY:
        did = ACCESS_READ;
        break;
    case O_WRONLY:
        did = writes;
        break;
    default: /* O_RDWR, and 3: the kernel's own "for ioctl only", which asks for both */
        did = ACCESS_READ | writes;
    }
    if (flags & O_TRUNC)
        did |= ACCESS_TRUNCATE;
    if ((flags & O_CREAT) || (flags & __O_TMPFILE) == __O_TMPFILE)
        did |= ACCESS_CREATE;
    return did;
}

void descriptor_note(struct tracer *tracer, int64_t fd)
{
    struct resources *resources = &tracer->run->resources;
    if (fd >= 0 && (uint64_t)fd + 1 > resources->peak_open_files)
        resources->peak_open_files = (uint64_t)fd + 1;
}

void descriptor_call_exit(struct tracer *tracer, struct thread *thread)
{
    if (call_succeeded(thread))
        descriptor_note(tracer, thread->call.result);
}

/* The same file opened in the same way by the same program: there is nothing to add. */
static bool is_known(const struct tracer *tracer, const struct thread *thread, uint32_t path, access_mask did)
{
    const struct path_record *record = recording_find_path(tracer->recording, path, thread->process->image);
    if (!record || record->type == FILE_UNKNOWN)
        return false;
    if (record->type == FILE_DIRECTORY && (did & ACCESS_READ))
        did = (did & ~(access_mask)ACCESS_READ) | ACCESS_LIST;
    return (did & ~record->did[tracer->phase]) == 0;
}

static void opened(struct tracer *tracer, struct thread *thread, uint64_t flags)
{
    struct resolved resolved;
    int fd = (int)thread->call.result;
    access_mask did = access_of_flags(flags);
    descriptor_note(tracer, fd);
    if (resolve_descriptor_path(tracer, thread, fd, &resolved)) {
        if (!(flags & O_NOATIME) && is_known(tracer, thread, resolved.path, did))
            return;
        resolve_descriptor_stat(tracer, thread, fd, &resolved);
        call_record_path(tracer, thread, &resolved, did);
        privilege_check_no_atime(tracer, thread, flags, &resolved);
    } else if (resolved.lost) {
        trace_loss(tracer, LOSS_PATH, "%s, opened by %s",
                   thread->call.paths[0] ? thread->call.paths[0] : "a path that cannot be read",
                   trace_image_name(tracer, thread));
    }
}

static void open_exit(struct tracer *tracer, struct thread *thread)
{
    if (call_succeeded(thread))
        opened(tracer, thread, thread->call.saved);
    else
        path_call_exit(tracer, thread, thread->call.spec);
}

void open_call_exit(struct tracer *tracer, struct thread *thread)
{
    open_exit(tracer, thread);
}

void openat_call_exit(struct tracer *tracer, struct thread *thread)
{
    open_exit(tracer, thread);
}

void creat_call_exit(struct tracer *tracer, struct thread *thread)
{
    open_exit(tracer, thread);
}

void openat2_call_exit(struct tracer *tracer, struct thread *thread)
{
    open_exit(tracer, thread);
}

void handle_call_exit(struct tracer *tracer, struct thread *thread)
{
    if (call_succeeded(thread))
        opened(tracer, thread, thread->call.args[2]);
}

void mmap_call_entry(struct tracer *tracer, struct thread *thread)
{
    struct resolved resolved;
    const uint64_t *args = thread->call.args;
    if (!(args[2] & PROT_EXEC) || (args[3] & MAP_ANONYMOUS))
        return;
    if (resolve_descriptor(tracer, thread, (int)args[4], &resolved))
        call_record_path(tracer, thread, &resolved, ACCESS_MAP_EXEC);
}

/* Asking for a lock is enough to need the permission, so the result is not waited for. */
void lock_call_entry(struct tracer *tracer, struct thread *thread)
{
    struct resolved resolved;
    const uint64_t *args = thread->call.args;
    switch (args[1]) {
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
    case COMMAND_SETLK64:
    case COMMAND_SETLKW64:
        if (resolve_descriptor(tracer, thread, (int)args[0], &resolved))
            call_record_path(tracer, thread, &resolved, ACCESS_LOCK);
        break;
    default:
        break;
    }
}

void descriptor_copy_exit(struct tracer *tracer, struct thread *thread)
{
    uint64_t command = thread->call.args[1];
    if (command == F_DUPFD || command == F_DUPFD_CLOEXEC)
        descriptor_call_exit(tracer, thread);
}
