#include "trace/call.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/capability.h"
#include "model/syscall.h"
#include "trace/memory.h"
#include "trace/thread.h"

/* A call whose result changes nothing that is recorded costs a second stop only for the first
 * RESULTS_WANTED times and then once in SAMPLE_EVERY: enough to see which errors it gives. */
enum { RESULTS_WANTED = 64, SAMPLE_EVERY = 256 };

/* ---- entry ------------------------------------------------------------------------------------ */

static const struct call_spec *spec_of(struct tracer *tracer, enum abi abi, uint64_t number)
{
    if (number >= SPEC_CACHE_MAX)
        return call_spec_find(abi, number);
    const struct call_spec **slot = &tracer->specs[abi][number];
    if (!*slot)
        *slot = call_spec_find(abi, number);
    return *slot;
}

char *call_read_path(struct tracer *tracer, struct thread *thread, uint64_t address)
{
    (void)tracer;
    return address ? memory_read_string(thread->tid, address, PATH_MAX, NULL) : NULL;
}

/* The memory may change while the call runs, so its strings are read at the entry. */
static void read_paths(struct tracer *tracer, struct thread *thread)
{
    struct pending_call *call = &thread->call;
    for (size_t i = 0; i < ARRAY_COUNT(call->spec->paths); i++)
        if (call->spec->paths[i].did != 0)
            call->paths[i] = call_read_path(tracer, thread, call->args[call->spec->paths[i].path]);
}

static void record_values(struct pending_call *call)
{
    for (unsigned i = 0; i < ARRAY_COUNT(call->args); i++)
        if (call->spec->values & (1u << i))
            call_record_arg(call->record, i, call->args[i]);
}

static void count_call(struct tracer *tracer, struct pending_call *call)
{
    struct call_record *record = call->record;
    if (record->count[PHASE_STARTUP] + record->count[PHASE_SERVING] == 0)
        record->first_ns = trace_elapsed_ns(tracer);
    record->count[tracer->phase]++;
    record_values(call);
}

static bool result_wanted(const struct pending_call *call)
{
    if (call->spec->every_result || call->rule_count > 0)
        return true;
    const struct call_record *record = call->record;
    return record && (record->results_seen < RESULTS_WANTED ||
                      (record->count[PHASE_STARTUP] + record->count[PHASE_SERVING]) % SAMPLE_EVERY == 0);
}

static int at_flags(const struct path_arg *arg, const struct pending_call *call)
{
    return arg->flags == NO_ARG ? 0 : (int)call->args[arg->flags];
}

static bool follows(const struct path_arg *arg, const struct pending_call *call)
{
    int flags = at_flags(arg, call);
    switch (arg->follow) {
    case FOLLOW:
        return true;
    case FOLLOW_NOT:
        return false;
    case FOLLOW_UNLESS:
        return !(flags & AT_SYMLINK_NOFOLLOW);
    case FOLLOW_IF:
        return (flags & AT_SYMLINK_FOLLOW) != 0;
    }
    return true;
}

/* The tracer sees of a path what the tracee sees when both have the same rights to directories. */
static bool sees_the_same(const struct tracer *tracer, const struct thread *thread)
{
    const struct credentials *credentials = &thread->credentials;
    bool overrides = (credentials->effective >> CAP_DAC_OVERRIDE & 1) != 0;
    return credentials->known && !credentials->own_user_namespace && credentials->uid[3] == tracer->own_user &&
           (tracer->own_user != 0 || overrides);
}

/* A call that asks for metadata alone is recorded at its entry once its results have been seen often enough:
 * whether the path is there is what it would tell. Returns false when the exit must be waited for. */
static bool look_instead(struct tracer *tracer, struct thread *thread)
{
    struct pending_call *call = &thread->call;
    const struct path_arg *arg = &call->spec->paths[0];
    struct resolved resolved;
    if (!call->paths[0] || !sees_the_same(tracer, thread))
        return false;
    int dirfd = arg->dirfd == NO_ARG ? RESOLVE_CWD : (int)call->args[arg->dirfd];
    if (call->paths[0][0] != '\0') {
        if (!resolve_path(tracer, thread, dirfd, call->paths[0], follows(arg, call), &resolved))
            return false;
        call->failed = !resolved.exists;
        call->result = resolved.exists ? 0 : -ENOENT;
        call_record_path(tracer, thread, &resolved, resolved.exists ? arg->did : ACCESS_PROBE);
    }
    pending_call_done(call);
    return true;
}

bool call_entry(struct tracer *tracer, struct thread *thread, uint32_t audit_arch, uint64_t number,
                const uint64_t args[static 6])
{
    struct pending_call *call = &thread->call;
    pending_call_done(call);
    enum abi abi = arch_from_audit(audit_arch, &number);
    if (abi == ABI_NONE) {
        trace_loss(tracer, LOSS_FOREIGN_ABI, "AUDIT_ARCH 0x%x, call %" PRIu64, audit_arch, number);
        return false;
    }
    call->entered = true;
    call->abi = abi;
    call->number = (uint32_t)number;
    call->failed = false;
    call->result = 0;
    call->clone_flags = 0;
    call->saved = 0;
    call->rule_count = 0;
    memcpy(call->args, args, sizeof(call->args));
    call->spec = spec_of(tracer, abi, number);
    call->record = NULL;
    tracer->calls++;
    if (thread->process->image != IMAGE_NONE) {
        call->record = recording_call(tracer->recording, thread->process->image, abi, number);
        if (call->record)
            count_call(tracer, call);
        else
            trace_loss(tracer, LOSS_STRAY_NUMBERS, "call %" PRIu64, number);
    }
    if (call->spec->paths[0].did != 0)
        read_paths(tracer, thread);
    if (call->spec->entry)
        call->spec->entry(tracer, thread);
    if (call->spec->judged)
        privilege_call_entry(tracer, thread);
    bool wanted = result_wanted(call);
    return wanted || (call->spec->look && !look_instead(tracer, thread));
}

/* ---- exit ------------------------------------------------------------------------------------- */

/* What an error says about a path that was named. */
static access_mask did_despite(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case EACCES:
    case EPERM:
    case ELOOP:
    case EROFS:
    case ENXIO:
    case ENODEV:
        return ACCESS_PROBE;
    case EFAULT:
    case EBADF:
    case ENAMETOOLONG:
    case ENOSYS:
    case ENOMEM:
    case EMFILE:
    case ENFILE:
        return 0;
    default:
        return ACCESS_STAT; /* it was there: EEXIST, EISDIR, ENOTEMPTY, EINVAL of readlink, ENODATA, … */
    }
}

/* No path, or an empty one, means the descriptor itself (utimensat(2), AT_EMPTY_PATH). Metadata of a file that
 * is recorded as open already is left out. */
static void descriptor_arg_exit(struct tracer *tracer, struct thread *thread, int fd, access_mask did)
{
    struct resolved resolved;
    if (!thread->call.failed && did != ACCESS_STAT && resolve_descriptor(tracer, thread, fd, &resolved))
        call_record_path(tracer, thread, &resolved, did);
}

static void path_arg_exit(struct tracer *tracer, struct thread *thread, const struct path_arg *arg, const char *path)
{
    const struct pending_call *call = &thread->call;
    int dirfd = arg->dirfd == NO_ARG ? RESOLVE_CWD : (int)call->args[arg->dirfd];
    access_mask did = call->failed ? did_despite(call_error(thread)) : arg->did;
    struct resolved resolved;
    if (did == 0)
        return;
    if (path ? path[0] == '\0' : call->args[arg->path] == 0)
        descriptor_arg_exit(tracer, thread, dirfd, did);
    else if (!path && !call->failed)
        trace_loss(tracer, LOSS_UNREADABLE, "the path of %s in %s", call->spec->name,
                   trace_image_name(tracer, thread));
    else if (path && resolve_path(tracer, thread, dirfd, path, follows(arg, call), &resolved))
        call_record_path(tracer, thread, &resolved, did);
    else if (path && resolved.lost)
        trace_loss(tracer, LOSS_PATH, "%s, as %s named it", path, trace_image_name(tracer, thread));
}

void path_call_exit(struct tracer *tracer, struct thread *thread, const struct call_spec *spec)
{
    struct pending_call *call = &thread->call;
    struct resolved resolved;
    for (size_t i = 0; i < ARRAY_COUNT(spec->paths); i++)
        if (spec->paths[i].did != 0)
            path_arg_exit(tracer, thread, &spec->paths[i], call->paths[i]);
    if (spec->fd_did != 0 && !call->failed &&
        resolve_descriptor(tracer, thread, (int)call->args[spec->fd], &resolved))
        call_record_path(tracer, thread, &resolved, spec->fd_did);
}

void call_exit(struct tracer *tracer, struct thread *thread, int64_t result)
{
    struct pending_call *call = &thread->call;
    if (!call->entered)
        return;
    call->result = result;
    call->failed = result < 0 && result >= -4095;
    if (call->record)
        call_record_result(call->record, call_error(thread), 1);
    if (call->spec->moves_names && !call->failed)
        resolve_forget_directories(tracer);
    bool own_paths = call->spec->entry == open_call_entry || call->spec->exit == exec_call_exit;
    if (!own_paths && (call->spec->paths[0].did != 0 || call->spec->fd_did != 0))
        path_call_exit(tracer, thread, call->spec);
    if (call->spec->exit)
        call->spec->exit(tracer, thread);
    privilege_call_exit(tracer, thread);
    if (call->spec->capability > 0 && !call->failed)
        call_capability(tracer, thread, call->spec->capability, "it succeeded");
    pending_call_done(call);
}

/* ---- for the handlers ------------------------------------------------------------------------- */

void call_record_path(struct tracer *tracer, struct thread *thread, const struct resolved *resolved,
                      access_mask did)
{
    if (thread->process->image == IMAGE_NONE)
        return;
    if (resolved->type == FILE_DIRECTORY && (did & ACCESS_READ))
        did = (did & ~(access_mask)ACCESS_READ) | ACCESS_LIST;
    access_mask before[PHASE_COUNT];
    struct path_record *record = recording_path(tracer->recording, resolved->path, thread->process->image,
                                                tracer->phase, 0, resolved->type);
    if (!record) {
        trace_loss(tracer, LOSS_PATHS, "%s", recording_text(tracer->recording, resolved->path));
        return;
    }
    memcpy(before, record->did, sizeof(before));
    record->did[tracer->phase] |= did;
    if ((did & ACCESS_PROBE) && record->probe_error == 0)
        record->probe_error = call_error(thread);
    if ((did & ~(before[PHASE_STARTUP] | before[PHASE_SERVING]) & ~(access_mask)ACCESS_PROBE) != 0)
        privilege_check_path(tracer, thread, resolved, did);
}

void call_fact(struct tracer *tracer, struct thread *thread, enum fact_kind kind, const char *subject,
               const char *object, const char *note, uint64_t value)
{
    struct recording *recording = tracer->recording;
    if (thread->process->image == IMAGE_NONE)
        return;
    struct fact fact = {
        .kind = kind,
        .image = thread->process->image,
        .subject = subject ? recording_string(recording, subject) : STRING_NONE,
        .object = object ? recording_string(recording, object) : STRING_NONE,
        .note = note ? recording_string(recording, note) : STRING_NONE,
        .value = value,
    };
    if (!recording_fact(recording, &fact, tracer->phase, 1))
        trace_loss(tracer, LOSS_FACTS, "%s %s", fact_kind_name(kind), subject ? subject : "");
}

void call_capability(struct tracer *tracer, struct thread *thread, int capability, const char *why)
{
    char name[SYSCALL_NAME_MAX];
    const struct credentials *credentials = &thread->credentials;
    if (!credentials->known || credentials->own_user_namespace || !(credentials->effective >> capability & 1))
        return;
    call_fact(tracer, thread, FACT_CAPABILITY, syscall_name(thread->call.abi, thread->call.number, name), NULL,
              why, (uint64_t)capability);
}
