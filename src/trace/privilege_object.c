/* More of what the rules of privilege_rule.c ask: other processes, and System V objects. */
#include <inttypes.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "base/file.h"
#include "base/mem.h"
#include "trace/memory.h"
#include "trace/privilege_rule.h"
#include "trace/thread.h"

enum { ID_REAL, ID_EFFECTIVE, ID_SAVED, ID_FS };

/* ---- processes ----------------------------------------------------------------------------------- */

struct other {
    uint32_t uid[4];
    uint32_t gid[4];
    uint64_t permitted;
    pid_t group;  /* thread group: its process */
    pid_t parent;
};

static bool read_other(pid_t pid, struct other *ret)
{
    char text[4096];
    AUTO_FREE char *path = mem_printf("/proc/%d/status", pid);
    AUTO_FCLOSE FILE *file = fopen(path, "re");
    size_t length = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
    text[length] = '\0';
    const char *uid = strstr(text, "\nUid:");
    const char *gid = strstr(text, "\nGid:");
    const char *group = strstr(text, "\nTgid:");
    const char *parent = strstr(text, "\nPPid:");
    const char *permitted = strstr(text, "\nCapPrm:");
    uint32_t *u = ret->uid;
    uint32_t *g = ret->gid;
    return uid && gid && group && parent && permitted && sscanf(group, " Tgid: %d", &ret->group) == 1 &&
           sscanf(parent, " PPid: %d", &ret->parent) == 1 &&
           sscanf(permitted, " CapPrm: %" SCNx64, &ret->permitted) == 1 &&
           sscanf(uid, " Uid: %u %u %u %u", &u[0], &u[1], &u[2], &u[3]) == 4 &&
           sscanf(gid, " Gid: %u %u %u %u", &g[0], &g[1], &g[2], &g[3]) == 4;
}

/* The process is not the caller's own, and belongs to somebody else (check_same_owner, kernel/sched). */
static bool is_of_another(const struct thread *thread, pid_t pid)
{
    struct other other;
    uint32_t user = thread->credentials.uid[ID_EFFECTIVE];
    if (pid == 0 || pid == thread->tid || pid == thread->process->pid)
        return false;
    return !read_other(pid, &other) || (user != other.uid[ID_REAL] && user != other.uid[ID_EFFECTIVE]);
}

bool judge_process_of_another(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    (void)tracer;
    return is_of_another(thread, (pid_t)args[0]);
}

/* setpriority, ioprio_set: what kind of target, then which. */
bool judge_target_of_another(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    (void)tracer;
    return is_of_another(thread, (pid_t)args[1]);
}

static bool descends_from(pid_t pid, pid_t ancestor)
{
    struct other other;
    for (unsigned depth = 0; depth < 64 && pid > 1; depth++) {
        if (pid == ancestor)
            return true;
        if (!read_other(pid, &other))
            return false;
        pid = other.parent;
    }
    return false;
}

/* ptrace(2), "Ptrace access mode checking", and Documentation/admin-guide/LSM/Yama.rst. */
static bool is_closed_to(const struct thread *thread, pid_t pid)
{
    struct other other;
    const struct credentials *own = &thread->credentials;
    if (pid == 0 || pid == thread->tid || pid == thread->process->pid)
        return false;
    if (!read_other(pid, &other))
        return true;
    if (other.group == thread->process->pid)
        return false;
    for (unsigned id = ID_REAL; id <= ID_SAVED; id++)
        if (other.uid[id] != own->uid[ID_REAL] || other.gid[id] != own->gid[ID_REAL])
            return true;
    if ((other.permitted & ~own->effective) != 0)
        return true;
    long scope = privilege_sysctl("kernel/yama/ptrace_scope", 0);
    return scope > 1 || (scope == 1 && !descends_from(other.group, thread->process->pid));
}

bool judge_looks_into_another(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    const char *name = thread->call.spec->name;
    (void)tracer;
    if (strcmp(name, "ptrace") == 0)
        return is_closed_to(thread, (pid_t)args[1]);
    return is_closed_to(thread, (pid_t)args[0]) || (strcmp(name, "kcmp") == 0 && is_closed_to(thread, (pid_t)args[1]));
}

/* struct clone_args, linux/sched.h: the ninth and tenth words are set_tid and set_tid_size. */
bool judge_chooses_pid(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    uint64_t count;
    (void)tracer;
    return args[1] >= 80 && (!memory_read(thread->tid, args[0] + 72, &count, sizeof(count)) || count > 0);
}

/* ---- scheduling ----------------------------------------------------------------------------------- */

/* struct sched_attr, sched_setattr(2): size, policy, flags, nice, … */
bool judge_sets_real_time(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    enum { SCHED_DEADLINE_ = 6 };
    struct {
        uint32_t size;
        uint32_t policy;
        uint64_t flags;
        int32_t nice;
    } wanted;
    (void)tracer;
    if (!memory_read(thread->tid, args[1], &wanted, sizeof(wanted)))
        return true;
    if (wanted.policy == SCHED_FIFO || wanted.policy == SCHED_RR || wanted.policy == SCHED_DEADLINE_)
        return true;
    id_t target = (id_t)(args[0] ? (pid_t)args[0] : thread->tid);
    return wanted.policy != SCHED_IDLE && wanted.nice < getpriority(PRIO_PROCESS, target);
}

bool judge_raises_parameter(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    int32_t priority;
    (void)tracer;
    return !memory_read(thread->tid, args[1], &priority, sizeof(priority)) || priority > 0;
}

/* ---- System V objects ------------------------------------------------------------------------------ */

/* Asked in the tracer's own IPC namespace; false where the tracee lives in another. */
static bool read_object(struct tracer *tracer, struct thread *thread, int id, struct ipc_perm *ret)
{
    struct stat own;
    struct stat theirs;
    const char *name = thread->call.spec->name;
    union {
        struct semid_ds *sem;
    } argument;
    struct shmid_ds shm;
    struct msqid_ds msg;
    struct semid_ds sem;
    argument.sem = &sem;
    if (stat("/proc/self/ns/ipc", &own) < 0 || thread_proc_stat(tracer, thread, "ns/ipc", &theirs) < 0 ||
        own.st_ino != theirs.st_ino)
        return false;
    int rc = strncmp(name, "shm", 3) == 0   ? shmctl(id, IPC_STAT, &shm)
             : strncmp(name, "msg", 3) == 0 ? msgctl(id, IPC_STAT, &msg)
                                            : semctl(id, 0, IPC_STAT, argument);
    if (rc == 0)
        *ret = strncmp(name, "shm", 3) == 0 ? shm.shm_perm : strncmp(name, "msg", 3) == 0 ? msg.msg_perm : sem.sem_perm;
    return rc == 0;
}

static bool owns(const struct thread *thread, const struct ipc_perm *object)
{
    uint32_t user = thread->credentials.uid[ID_EFFECTIVE];
    return user == object->uid || user == object->cuid;
}

bool judge_object_of_another(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    struct ipc_perm object;
    return !read_object(tracer, thread, (int)args[0], &object) || !owns(thread, &object);
}

/* ipcperms in ipc/util.c. Groups are given the benefit. A new object is not asked about. */
bool judge_object_is_closed(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    struct ipc_perm object;
    bool attaches = strcmp(thread->call.spec->name, "shmat") == 0;
    uint32_t flags = (uint32_t)args[strcmp(thread->call.spec->name, "msgget") == 0 ? 1 : 2];
    if (!attaches && (int32_t)args[0] == IPC_PRIVATE)
        return false;
    if (!read_object(tracer, thread, (int)(attaches ? args[0] : (uint64_t)thread->call.result), &object))
        return true;
    uint32_t wanted = attaches ? (flags & SHM_RDONLY ? 4u : 6u) : flags >> 6 | flags >> 3 | flags;
    uint32_t granted = owns(thread, &object) ? (uint32_t)object.mode >> 6 : (uint32_t)object.mode >> 3 | object.mode;
    return (wanted & ~granted & 7) != 0;
}

bool judge_segment_above_limit(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    struct shmid_ds segment;
    struct rlimit limit;
    struct ipc_perm object;
    if (!read_object(tracer, thread, (int)args[0], &object) || !owns(thread, &object) ||
        shmctl((int)args[0], IPC_STAT, &segment) < 0 || prlimit(thread->tid, RLIMIT_MEMLOCK, NULL, &limit) < 0)
        return true;
    return segment.shm_segsz > limit.rlim_cur;
}
