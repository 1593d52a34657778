#include "trace/thread.h"

#include <assert.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"

static size_t slot_of(const struct tracer *tracer, pid_t tid)
{
    return ((size_t)tid * 0x9e3779b1u) & (tracer->thread_slots - 1);
}

static struct thread **find_slot(const struct tracer *tracer, pid_t tid)
{
    size_t slot = slot_of(tracer, tid);
    while (tracer->threads[slot] && tracer->threads[slot]->tid != tid)
        slot = (slot + 1) & (tracer->thread_slots - 1);
    return &tracer->threads[slot];
}

struct thread *thread_find(struct tracer *tracer, pid_t tid)
{
    if (tracer->last && tracer->last->tid == tid)
        return tracer->last;
    if (tracer->thread_slots == 0)
        return NULL;
    struct thread *found = *find_slot(tracer, tid);
    if (found)
        tracer->last = found;
    return found;
}

static void grow_table(struct tracer *tracer)
{
    struct thread **old = tracer->threads;
    size_t old_slots = tracer->thread_slots;
    tracer->thread_slots = old_slots ? old_slots * 2 : 64;
    tracer->threads = mem_zero(tracer->thread_slots, sizeof(*tracer->threads));
    for (size_t i = 0; i < old_slots; i++)
        if (old[i])
            *find_slot(tracer, old[i]->tid) = old[i];
    free(old);
}

static void insert_thread(struct tracer *tracer, struct thread *thread)
{
    if (tracer->thread_count * 2 >= tracer->thread_slots)
        grow_table(tracer);
    *find_slot(tracer, thread->tid) = thread;
    tracer->thread_count++;
}

/* Takes a thread out of the table and closes the gap it leaves in its probe chain. */
static void take_out(struct tracer *tracer, struct thread *thread)
{
    size_t mask = tracer->thread_slots - 1;
    size_t hole = (size_t)(find_slot(tracer, thread->tid) - tracer->threads);
    assert(tracer->threads[hole] == thread);
    tracer->threads[hole] = NULL;
    for (size_t next = (hole + 1) & mask; tracer->threads[next]; next = (next + 1) & mask) {
        size_t home = slot_of(tracer, tracer->threads[next]->tid);
        if (((next - home) & mask) < ((next - hole) & mask))
            continue;
        tracer->threads[hole] = tracer->threads[next];
        tracer->threads[next] = NULL;
        hole = next;
    }
    tracer->thread_count--;
    if (tracer->last == thread)
        tracer->last = NULL;
}

static void note_peaks(struct tracer *tracer)
{
    struct resources *resources = &tracer->run->resources;
    if (tracer->thread_count > resources->peak_threads)
        resources->peak_threads = tracer->thread_count;
    if (tracer->process_count > resources->peak_processes)
        resources->peak_processes = tracer->process_count;
}

static struct process *process_new(struct tracer *tracer, pid_t pid)
{
    struct process *process = mem_zero(1, sizeof(*process));
    process->pid = pid;
    process->image = IMAGE_NONE;
    process->threads = 1;
    tracer->process_count++;
    return process;
}

static struct fs_context *fs_new(void)
{
    struct fs_context *fs = mem_zero(1, sizeof(*fs));
    fs->references = 1;
    return fs;
}

static void fs_release(struct fs_context *fs)
{
    if (--fs->references > 0)
        return;
    free(fs->cwd);
    free(fs->root);
    free(fs);
}

static struct fs_context *fs_copy(const struct fs_context *fs)
{
    struct fs_context *copy = fs_new();
    copy->root_known = fs->root_known;
    copy->cwd = fs->cwd ? mem_strdup(fs->cwd) : NULL;
    copy->root = fs->root ? mem_strdup(fs->root) : NULL;
    return copy;
}

struct thread *thread_add(struct tracer *tracer, pid_t tid)
{
    struct thread *thread = mem_zero(1, sizeof(*thread));
    thread->tid = tid;
    thread->proc_fd = -1;
    thread->fs = fs_new();
    thread->process = process_new(tracer, tid);
    insert_thread(tracer, thread);
    return thread;
}

static void process_release(struct tracer *tracer, struct process *process)
{
    if (--process->threads > 0)
        return;
    tracer->process_count--;
    free(process);
}

static void adopt_process(struct tracer *tracer, struct thread *child, const struct thread *parent,
                          uint64_t clone_flags)
{
    if (clone_flags & CLONE_THREAD) {
        process_release(tracer, child->process);
        child->process = parent->process;
        child->process->threads++;
        return;
    }
    tracer->run->resources.total_processes++;
    child->process->image = parent->process->image;
    if (child->process->image != IMAGE_NONE)
        tracer->recording->images[child->process->image].processes++;
}

void thread_adopt(struct tracer *tracer, struct thread *child, const struct thread *parent, uint64_t clone_flags)
{
    if (child->adopted)
        return;
    child->adopted = true;
    adopt_process(tracer, child, parent, clone_flags);
    fs_release(child->fs);
    child->fs = clone_flags & CLONE_FS ? parent->fs : fs_copy(parent->fs);
    if (clone_flags & CLONE_FS)
        child->fs->references++;
    if (clone_flags & CLONE_NEWNS)
        child->fs->root_known = false;
    child->credentials = parent->credentials;
    if (clone_flags & CLONE_NEWUSER)
        child->credentials.own_user_namespace = true;
    child->every_stop = parent->every_stop;
    child->own_filter = parent->own_filter;
    child->recording = parent->recording;
    if (parent->mask) {
        child->mask = mem_zero(1, sizeof(*child->mask));
        *child->mask = *parent->mask;
    }
    note_peaks(tracer);
}

void pending_call_done(struct pending_call *call)
{
    free(call->paths[0]);
    free(call->paths[1]);
    call->paths[0] = NULL;
    call->paths[1] = NULL;
    call->entered = false;
}

static void close_proc(struct tracer *tracer, struct thread *thread)
{
    if (thread->proc_fd < 0)
        return;
    (void)close(thread->proc_fd);
    thread->proc_fd = -1;
    tracer->open_proc_fds--;
}

static void thread_release(struct tracer *tracer, struct thread *thread)
{
    close_proc(tracer, thread);
    pending_call_done(&thread->call);
    fs_release(thread->fs);
    process_release(tracer, thread->process);
    free(thread->mask);
    free(thread);
}

void thread_remove(struct tracer *tracer, struct thread *thread)
{
    tracer->parked_count -= thread->parked;
    thread->process->exiting -= thread->exiting;
    take_out(tracer, thread);
    thread_release(tracer, thread);
}

/* After exec the kernel has ended every other thread of the process without a word. */
static void remove_siblings(struct tracer *tracer, const struct thread *survivor)
{
    for (size_t i = 0; i < tracer->thread_slots;) {
        struct thread *thread = tracer->threads[i];
        if (thread && thread != survivor && thread->process == survivor->process)
            thread_remove(tracer, thread); /* another one may have moved here: look again */
        else
            i++;
    }
}

void thread_became_leader(struct tracer *tracer, struct thread *former, pid_t pid)
{
    if (former->process->threads > 1)
        remove_siblings(tracer, former);
    former->exiting = false;
    former->process->exiting = 0;
    if (former->tid != pid) {
        take_out(tracer, former);
        close_proc(tracer, former);
        former->tid = pid;
        insert_thread(tracer, former);
    }
    tracer->last = former;
}

void thread_unshare_fs(struct thread *thread)
{
    if (thread->fs->references == 1)
        return;
    struct fs_context *own = fs_copy(thread->fs);
    fs_release(thread->fs);
    thread->fs = own;
}

void thread_each(struct tracer *tracer, void (*visit)(struct tracer *tracer, struct thread *thread))
{
    for (size_t i = 0; i < tracer->thread_slots; i++)
        if (tracer->threads[i])
            visit(tracer, tracer->threads[i]);
}

void thread_free_all(struct tracer *tracer)
{
    for (size_t i = 0; i < tracer->thread_slots; i++)
        if (tracer->threads[i])
            thread_release(tracer, tracer->threads[i]);
    free(tracer->threads);
    tracer->threads = NULL;
    tracer->thread_slots = 0;
    tracer->thread_count = 0;
    tracer->last = NULL;
}

/* The descriptor on /proc/TID, with name to look up below it; without one, name becomes the whole path. */
static int proc_base(struct tracer *tracer, struct thread *thread, const char *name, char path[static 96])
{
    if (thread->proc_fd < 0 && tracer->open_proc_fds < tracer->proc_fds_max) {
        (void)snprintf(path, 96, "/proc/%d", thread->tid);
        thread->proc_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        tracer->open_proc_fds += thread->proc_fd >= 0;
    }
    if (thread->proc_fd >= 0) {
        (void)snprintf(path, 96, "%s", name);
        return thread->proc_fd;
    }
    (void)snprintf(path, 96, "/proc/%d/%s", thread->tid, name);
    return AT_FDCWD;
}

int thread_proc_open(struct tracer *tracer, struct thread *thread, const char *name)
{
    char path[96];
    int base = proc_base(tracer, thread, name, path);
    return openat(base, path, O_RDONLY | O_CLOEXEC);
}

ssize_t thread_proc_readlink(struct tracer *tracer, struct thread *thread, const char *name, char *text,
                             size_t size)
{
    char path[96];
    int base = proc_base(tracer, thread, name, path);
    ssize_t length = readlinkat(base, path, text, size - 1);
    if (length >= 0)
        text[length] = '\0';
    return length;
}

int thread_proc_stat(struct tracer *tracer, struct thread *thread, const char *name, struct stat *ret)
{
    char path[96];
    int base = proc_base(tracer, thread, name, path);
    return fstatat(base, path, ret, 0);
}

ssize_t thread_proc_read(struct tracer *tracer, struct thread *thread, const char *name, char *text, size_t size)
{
    AUTO_CLOSE int fd = thread_proc_open(tracer, thread, name);
    if (fd < 0)
        return -1;
    ssize_t length = read(fd, text, size - 1);
    if (length >= 0)
        text[length] = '\0';
    return length;
}

int thread_copy_descriptor(const struct thread *thread, int fd)
{
    AUTO_CLOSE int process = (int)syscall(SYS_pidfd_open, thread->process->pid, 0);
    return process < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, process, fd, 0);
}

void thread_read_credentials(struct tracer *tracer, struct thread *thread)
{
    char text[4096];
    struct credentials *credentials = &thread->credentials;
    credentials->known = false;
    if (thread_proc_read(tracer, thread, "status", text, sizeof(text)) < 0)
        return;
    const char *uid = strstr(text, "\nUid:");
    const char *gid = strstr(text, "\nGid:");
    const char *capabilities = strstr(text, "\nCapEff:");
    if (!uid || !gid || !capabilities)
        return;
    uint32_t *u = credentials->uid;
    uint32_t *g = credentials->gid;
    credentials->known = sscanf(uid, " Uid: %u %u %u %u", &u[0], &u[1], &u[2], &u[3]) == 4 &&
                         sscanf(gid, " Gid: %u %u %u %u", &g[0], &g[1], &g[2], &g[3]) == 4;
    credentials->effective = strtoull(capabilities + strlen("\nCapEff:"), NULL, 16);
}
