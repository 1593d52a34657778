#include "trace/launch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/program.h"
#include "trace/image.h"
#include "trace/thread.h"

#define TRACE_OPTIONS                                                                                       \
    (PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |               \
     PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT)

/* ---- the filter -------------------------------------------------------------------------------------- */

/* Every call of every ABI stops once. Filters can only be added to, so a later, cheaper way of recording
 * would have to be let through here, by instruction pointer. */
static int install_filter(uint32_t action)
{
    struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, action)};
    struct sock_fprog program = {.len = ARRAY_COUNT(code), .filter = code};
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0)
        return 0;
    if (errno != EACCES)
        return -errno;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
        return -errno;
    return 0;
}

/* Tried in a child that ends at once: a container may forbid seccomp itself. */
static bool filter_works(void)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0)
        _exit(install_filter(SECCOMP_RET_ALLOW) == 0 ? 0 : 1);
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* no_new_privs, which an unprivileged filter needs, takes a set-user-ID program's privilege away for good. */
static bool gains_privilege(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 &&
           ((st.st_mode & (S_ISUID | S_ISGID)) || getxattr(path, "security.capability", NULL, 0) > 0);
}

static bool choose_filter(const struct tracer *tracer, const char *path)
{
    if (tracer->options->method == TRACE_STOPS)
        return false;
    if (tracer->options->method == TRACE_AUTO && geteuid() != 0 && gains_privilege(path)) {
        trace_note(tracer, "%s gains privilege when executed: using plain syscall stops, which are slower", path);
        return false;
    }
    if (filter_works())
        return true;
    trace_note(tracer, "no seccomp filter can be installed here: using plain syscall stops, which are slower");
    return false;
}

/* ---- the child ---------------------------------------------------------------------------------------- */

struct start {
    const char *path;
    char *const *command;
    int go_fd;
    int report_fd;
    bool filter;
    struct rlimit files;
};

static _Noreturn void child_main(const struct start *start)
{
    char byte;
    (void)setrlimit(RLIMIT_NOFILE, &start->files);
    if (read(start->go_fd, &byte, 1) == 1) {
        int error = start->filter ? -install_filter(SECCOMP_RET_TRACE | TRACE_FILTER_DATA) : 0;
        if (error == 0)
            error = -program_execute(start->path, start->command, environ);
        (void)!write(start->report_fd, &error, sizeof(error));
    }
    _exit(STDERR_FILENO);
}

static int seize(const struct tracer *tracer, pid_t tid, unsigned long extra, struct err *err)
{
    (void)tracer;
    if (ptrace(PTRACE_SEIZE, tid, 0, TRACE_OPTIONS | extra) == 0)
        return 0;
    if (errno == EPERM)
        return err_set(err, -EPERM,
                       "cannot trace process %d: not permitted (another tracer, another user, or "
                       "kernel.yama.ptrace_scope; root may help)",
                       tid);
    return err_set(err, -errno, "cannot trace process %d: %s", tid, strerror(errno));
}

static void follow_child(struct tracer *tracer, pid_t pid)
{
    struct thread *thread = thread_add(tracer, pid);
    thread->every_stop = !tracer->use_filter;
    tracer->root_pid = pid;
    tracer->run->resources.total_processes = 1;
    tracer->run->resources.peak_processes = 1;
    tracer->run->resources.peak_threads = 1;
}

static int start_child(struct tracer *tracer, struct start *start, int pipes[static 4], struct err *err)
{
    if (pipe2(pipes, O_CLOEXEC) < 0 || pipe2(pipes + 2, O_CLOEXEC) < 0)
        return err_set(err, -errno, "cannot make a pipe: %s", strerror(errno));
    start->go_fd = pipes[0];
    start->report_fd = pipes[3];
    pid_t pid = fork();
    if (pid < 0)
        return err_set(err, -errno, "cannot fork: %s", strerror(errno));
    if (pid == 0) {
        (void)close(pipes[1]); /* so that the child ends when the tracer does before saying go */
        child_main(start);
    }
    int rc = seize(tracer, pid, PTRACE_O_EXITKILL | (start->filter ? PTRACE_O_TRACESECCOMP : 0), err);
    if (rc < 0) {
        (void)kill(pid, SIGKILL);
        (void)waitpid(pid, NULL, __WALL);
        return rc;
    }
    follow_child(tracer, pid);
    /* Plain stops begin with one to resume from: without it the first exec would not be seen to begin. */
    if (!tracer->use_filter)
        (void)ptrace(PTRACE_INTERRUPT, pid, 0, 0);
    (void)!write(pipes[1], "", 1);
    return 0;
}

int launch_command(struct tracer *tracer, int *ret_report_fd, struct err *err)
{
    AUTO_FREE char *path = NULL;
    struct start start = {.command = tracer->options->command};
    int pipes[4] = {-1, -1, -1, -1};
    /* The workload's own environment: what execvp would read. */
    int rc = program_find(start.command[0], getenv("PATH"), &path, err);
    if (rc < 0)
        return rc;
    start.path = path;
    start.filter = tracer->use_filter = choose_filter(tracer, path);
    /* The tracer keeps a descriptor for each thread; the workload keeps its own limit. */
    (void)getrlimit(RLIMIT_NOFILE, &start.files);
    struct rlimit wide = {.rlim_cur = start.files.rlim_max, .rlim_max = start.files.rlim_max};
    (void)setrlimit(RLIMIT_NOFILE, &wide);
    tracer->proc_fds_max = wide.rlim_cur > 8192 ? 8000 : wide.rlim_cur > 64 ? (size_t)wide.rlim_cur - 64 : 0;
    rc = start_child(tracer, &start, pipes, err);
    *ret_report_fd = rc == 0 ? pipes[2] : -1;
    for (size_t i = 0; i < ARRAY_COUNT(pipes); i++)
        if (pipes[i] >= 0 && (rc < 0 || i != 2))
            (void)close(pipes[i]);
    return rc;
}

int launch_result(const struct tracer *tracer, int report_fd, struct err *err)
{
    int error = 0;
    const char *name = tracer->options->command[0];
    if (read(report_fd, &error, sizeof(error)) != (ssize_t)sizeof(error) || error == 0)
        return 0;
    if (error == ENOENT)
        return err_set(err, -ENOEXEC, "cannot run %s: its interpreter (the #! line or the ELF loader) does not exist",
                       name);
    return err_set(err, error == EACCES ? -EACCES : -ENOEXEC, "cannot run %s: %s", name, strerror(error));
}

/* ---- attaching ------------------------------------------------------------------------------------------ */

static void attach_thread(struct tracer *tracer, pid_t pid, pid_t tid, struct thread **leader)
{
    struct thread *thread = thread_add(tracer, tid);
    thread->every_stop = true;
    thread->recording = true;
    if (*leader) {
        thread_adopt(tracer, thread, *leader, CLONE_THREAD | CLONE_FS);
        thread->credentials.known = false;
        thread_read_credentials(tracer, thread);
        return;
    }
    *leader = thread;
    thread->process->pid = pid;
    tracer->run->resources.total_processes++;
    image_attached(tracer, thread);
}

/* New threads may appear while the list is read: it is read until it brings nothing new. */
static int attach_process(struct tracer *tracer, pid_t pid, struct err *err)
{
    struct thread *leader = NULL;
    AUTO_FREE char *path = mem_printf("/proc/%d/task", pid);
    for (bool news = true; news;) {
        news = false;
        DIR *directory = opendir(path);
        if (!directory)
            return err_set(err, -ESRCH, "cannot attach: there is no process %d", pid);
        for (const struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
            uint64_t tid;
            if (!num_parse_u64(entry->d_name, INT32_MAX, &tid) || thread_find(tracer, (pid_t)tid))
                continue;
            int rc = seize(tracer, (pid_t)tid, 0, err);
            if (rc == -ESRCH && leader)
                continue;
            if (rc < 0) {
                (void)closedir(directory);
                return rc;
            }
            (void)ptrace(PTRACE_INTERRUPT, (pid_t)tid, 0, 0);
            attach_thread(tracer, pid, (pid_t)tid, &leader);
            news = true;
        }
        (void)closedir(directory);
    }
    return 0;
}

int launch_attach(struct tracer *tracer, struct err *err)
{
    tracer->proc_fds_max = 256;
    for (size_t i = 0; i < tracer->options->attach_count; i++) {
        int rc = attach_process(tracer, tracer->options->attach[i], err);
        if (rc < 0)
            return rc;
        trace_loss(tracer, LOSS_ATTACHED_LATE, "process %d", tracer->options->attach[i]);
    }
    return 0;
}
