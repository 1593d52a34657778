/*
 * Calls whose success shows that a capability was needed: those where what was there before decides.
 *
 * The kernel does not tell which capability let a call pass, so each rule here is the kernel's own
 * condition for asking (capabilities(7), credentials(7), path_resolution(7)), judged with what was known
 * before the call. Unknown supplementary groups are taken to help, so that nothing is claimed to need
 * a capability that a group would have given.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "trace/call.h"
#include "trace/memory.h"
#include "trace/thread.h"

enum { ID_REAL, ID_EFFECTIVE, ID_SAVED, ID_FS };
#define UNKNOWN_OWNER UINT64_MAX

/* ---- identities ----------------------------------------------------------------------------------- */

static bool is_one_of(uint32_t id, const uint32_t known[static 4])
{
    return id == UINT32_MAX || id == known[ID_REAL] || id == known[ID_EFFECTIVE] || id == known[ID_SAVED] ||
           id == known[ID_FS];
}

/* How many id arguments the call has: setresuid 3, setreuid 2, setuid 1. */
static unsigned id_count(const char *name)
{
    return strncmp(name, "setres", 6) == 0 ? 3 : strncmp(name, "setre", 5) == 0 ? 2 : 1;
}

void setid_call_exit(struct tracer *tracer, struct thread *thread)
{
    const struct pending_call *call = &thread->call;
    const char *name = call->spec->name;
    bool groups = strncmp(name, "setgroups", 9) == 0;
    bool is_group = groups || strstr(name, "gid") != NULL;
    if (!call_succeeded(thread))
        return;
    bool needed = groups;
    for (unsigned i = 0; !groups && i < id_count(name); i++)
        needed |= !is_one_of((uint32_t)call->args[i],
                             is_group ? thread->credentials.gid : thread->credentials.uid);
    if (needed && is_group)
        call_capability(tracer, thread, CAP_SETGID, "it took a group it did not have");
    else if (needed)
        call_capability(tracer, thread, CAP_SETUID, "it took a user it was not");
    thread_read_credentials(tracer, thread);
}

/* What is given up is not needed any more. */
void capset_call_exit(struct tracer *tracer, struct thread *thread)
{
    if (call_succeeded(thread))
        thread_read_credentials(tracer, thread);
}

/* ---- ownership and mode ---------------------------------------------------------------------------- */

static bool target_of_owner_call(struct tracer *tracer, struct thread *thread, struct resolved *ret)
{
    const struct pending_call *call = &thread->call;
    const struct path_arg *arg = &call->spec->paths[0];
    if (arg->did == 0)
        return resolve_descriptor(tracer, thread, (int)call->args[call->spec->fd], ret);
    int dirfd = arg->dirfd == NO_ARG ? RESOLVE_CWD : (int)call->args[arg->dirfd];
    if (!call->paths[0] && call->args[arg->path] != 0)
        return false;
    if (!call->paths[0] || call->paths[0][0] == '\0') /* utimensat(2) without a path; AT_EMPTY_PATH */
        return resolve_descriptor(tracer, thread, dirfd, ret);
    return resolve_path(tracer, thread, dirfd, call->paths[0], arg->follow != FOLLOW_NOT, ret);
}

void chown_call_entry(struct tracer *tracer, struct thread *thread)
{
    struct resolved target;
    bool known = target_of_owner_call(tracer, thread, &target) && target.exists;
    thread->call.saved = known ? (uint64_t)target.uid << 32 | target.gid : UNKNOWN_OWNER;
}

void chown_call_exit(struct tracer *tracer, struct thread *thread)
{
    const struct pending_call *call = &thread->call;
    if (!call_succeeded(thread) || call->saved == UNKNOWN_OWNER)
        return;
    unsigned first = call->spec->paths[0].dirfd == NO_ARG || call->spec->fd_did ? 1 : 2;
    uint32_t owner = (uint32_t)(call->saved >> 32);
    uint32_t user = (uint32_t)call->args[first];
    uint32_t group = (uint32_t)call->args[first + 1];
    bool gives_away = user != UINT32_MAX && user != owner;
    bool foreign = group != UINT32_MAX && group != (uint32_t)call->saved &&
                   (thread->credentials.uid[ID_FS] != owner || group != thread->credentials.gid[ID_FS]);
    if (gives_away || foreign)
        call_capability(tracer, thread, CAP_CHOWN, "a file's owner was changed");
}

static bool was_of_another(const struct thread *thread)
{
    return call_succeeded(thread) && thread->call.saved != UNKNOWN_OWNER &&
           thread->credentials.uid[ID_FS] != (uint32_t)(thread->call.saved >> 32);
}

/* Without CAP_FSETID the set-group-ID bit of a foreign group's file is left out, and nothing fails. */
void chmod_call_exit(struct tracer *tracer, struct thread *thread)
{
    const struct pending_call *call = &thread->call;
    bool by_path = call->spec->paths[0].did != 0;
    mode_t mode = (mode_t)call->args[by_path && call->spec->paths[0].dirfd != NO_ARG ? 2 : 1];
    if (was_of_another(thread))
        call_capability(tracer, thread, CAP_FOWNER, "the mode of another user's file was changed");
    if (call_succeeded(thread) && call->saved != UNKNOWN_OWNER && (mode & S_ISGID) &&
        (uint32_t)call->saved != thread->credentials.gid[ID_FS])
        call_capability(tracer, thread, CAP_FSETID, "the set-group-ID bit of another group's file was set");
}

/* The time of now is for everybody who may write; another one for the owner. */
void utime_call_exit(struct tracer *tracer, struct thread *thread)
{
    const struct pending_call *call = &thread->call;
    if (was_of_another(thread) && call->args[call->spec->paths[0].dirfd == NO_ARG ? 1 : 2] != 0)
        call_capability(tracer, thread, CAP_FOWNER, "the times of another user's file were set");
}

void privilege_check_no_atime(struct tracer *tracer, struct thread *thread, uint64_t flags,
                              const struct resolved *resolved)
{
    if ((flags & O_NOATIME) && resolved->exists && resolved->uid != thread->credentials.uid[ID_FS])
        call_capability(tracer, thread, CAP_FOWNER, "another user's file was opened with O_NOATIME");
}

void mknod_call_exit(struct tracer *tracer, struct thread *thread)
{
    const struct pending_call *call = &thread->call;
    mode_t mode = (mode_t)call->args[call->spec->paths[0].dirfd == NO_ARG ? 1 : 2];
    if (call_succeeded(thread) && (S_ISCHR(mode) || S_ISBLK(mode)))
        call_capability(tracer, thread, CAP_MKNOD, "a device node was made");
}

/* ---- permission bits ------------------------------------------------------------------------------- */

/* Whether the bits (4 read, 2 write, 1 execute or search) let this user in; groups are given the benefit. */
static bool bits_suffice(const struct credentials *credentials, uint32_t uid, uint32_t mode, uint32_t bits)
{
    uint32_t granted = credentials->uid[ID_FS] == uid ? mode >> 6 & 7 : (mode >> 3 & 7) | (mode & 7);
    return (granted & bits) == bits;
}

/* Every directory on the way must let this user search it; the last one be written when names change in it.
 * directory is cut up. */
static bool walk_suffices(const struct credentials *credentials, char *directory, bool changes_names)
{
    uint32_t bits = changes_names ? 3 : 1;
    for (bool more = true; more; bits = 1) {
        struct stat st;
        if (stat(directory[0] ? directory : "/", &st) == 0 && !bits_suffice(credentials, st.st_uid, st.st_mode, bits))
            return false;
        char *slash = strrchr(directory, '/');
        more = slash != NULL;
        if (slash)
            *slash = '\0';
    }
    return true;
}

static bool directories_suffice(struct tracer *tracer, struct thread *thread, const char *path, bool changes_names)
{
    struct rights_cache *rights = &tracer->rights;
    const struct credentials *credentials = &thread->credentials;
    const char *slash = strrchr(path, '/');
    AUTO_FREE char *directory = mem_dup(path, slash ? (size_t)(slash - path) : 0);
    if (rights->directory && strcmp(rights->directory, directory) == 0 && rights->uid == credentials->uid[ID_FS] &&
        rights->generation == tracer->dirs.generation && rights->changes_names == changes_names)
        return rights->suffice;
    free(rights->directory);
    *rights = (struct rights_cache){.directory = mem_strdup(directory),
                                    .uid = credentials->uid[ID_FS],
                                    .generation = tracer->dirs.generation,
                                    .changes_names = changes_names,
                                    .suffice = walk_suffices(credentials, directory, changes_names)};
    return rights->suffice;
}

void privilege_check_path(struct tracer *tracer, struct thread *thread, const struct resolved *resolved,
                          access_mask did)
{
    const struct credentials *credentials = &thread->credentials;
    privilege_check_special(tracer, thread, resolved, did);
    if (!credentials->known || credentials->own_user_namespace || thread->fs->root ||
        !(credentials->effective >> CAP_DAC_OVERRIDE & 1) || (did & ACCESS_INHERIT))
        return;
    uint32_t bits = (did & (ACCESS_READ | ACCESS_LIST) ? 4u : 0u) |
                    (did & (ACCESS_WRITE | ACCESS_APPEND | ACCESS_TRUNCATE) ? 2u : 0u);
    bool made_here = (did & (ACCESS_CREATE | ACCESS_MAP_EXEC)) != 0;
    const char *path = recording_text(tracer->recording, resolved->path);
    if (resolved->exists && !made_here && bits &&
        !bits_suffice(credentials, resolved->uid, resolved->mode, bits))
        call_capability(tracer, thread, CAP_DAC_OVERRIDE, "a file's mode does not allow it");
    else if (strncmp(path, "/proc/", 6) != 0 &&
             !directories_suffice(tracer, thread, path, (did & (ACCESS_CREATE | ACCESS_DELETE | ACCESS_RENAME)) != 0))
        call_capability(tracer, thread, CAP_DAC_OVERRIDE, "a directory's mode does not allow it");
}

/* ---- limits and priorities ---------------------------------------------------------------------------- */

static bool is_prlimit(const struct thread *thread)
{
    return strcmp(thread->call.spec->name, "prlimit64") == 0;
}

void rlimit_call_entry(struct tracer *tracer, struct thread *thread)
{
    struct rlimit before = {0};
    const uint64_t *args = thread->call.args;
    pid_t pid = is_prlimit(thread) && args[0] != 0 ? (pid_t)args[0] : thread->tid;
    int resource = (int)args[is_prlimit(thread) ? 1 : 0];
    (void)tracer;
    bool known = prlimit(pid, (__rlimit_resource_t)resource, NULL, &before) == 0;
    thread->call.saved = known ? before.rlim_max : UINT64_MAX;
}

void rlimit_call_exit(struct tracer *tracer, struct thread *thread)
{
    const struct pending_call *call = &thread->call;
    uint64_t pointer = call->args[is_prlimit(thread) ? 2 : 1];
    uint64_t hard = 0;
    if (!call_succeeded(thread) || pointer == 0)
        return;
    if (is_prlimit(thread) || arch_get(call->abi)->is_64_bit) {
        if (!memory_read(thread->tid, pointer + 8, &hard, sizeof(hard)))
            return;
    } else {
        uint32_t narrow;
        if (!memory_read(thread->tid, pointer + 4, &narrow, sizeof(narrow)))
            return;
        hard = narrow == UINT32_MAX ? UINT64_MAX : narrow;
    }
    if (hard > call->saved)
        call_capability(tracer, thread, CAP_SYS_RESOURCE, "a hard limit was raised");
}

void priority_call_entry(struct tracer *tracer, struct thread *thread)
{
    (void)tracer;
    thread->call.saved = (uint64_t)getpriority(PRIO_PROCESS, (id_t)thread->tid) + 64;
}

void priority_call_exit(struct tracer *tracer, struct thread *thread)
{
    int wanted = (int)thread->call.args[2];
    if (call_succeeded(thread) && thread->call.args[0] == PRIO_PROCESS && wanted + 64 < (int)thread->call.saved)
        call_capability(tracer, thread, CAP_SYS_NICE, "a priority was raised");
}

void scheduler_call_exit(struct tracer *tracer, struct thread *thread)
{
    uint64_t policy = thread->call.args[1] & ~(uint64_t)SCHED_RESET_ON_FORK;
    if (call_succeeded(thread) && (policy == SCHED_FIFO || policy == SCHED_RR)) /* within RLIMIT_RTPRIO or not */
        call_capability(tracer, thread, CAP_SYS_NICE, "a real-time policy was set");
}
