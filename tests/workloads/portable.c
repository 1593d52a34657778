/*
 * One program, three builds: glibc dynamic, musl static, and with NEXT the calls that the next libc would make
 * first (openat2, clone3, statx, faccessat2, epoll_pwait2, close_range, …), falling back on ENOSYS as libc does.
 * Recorded in the first build, it must work in the others under the profile (test_portable.sh).
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void need(bool right, const char *what)
{
    if (!right) {
        printf("%s: %s\n", what, strerror(errno));
        exit(1);
    }
}

#ifdef NEXT
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/stat.h>

/* Whether a call is to be made the older way. */
static bool too_new(long result)
{
    return result < 0 && errno == ENOSYS;
}

static int open_file(const char *path, int flags, mode_t mode)
{
    struct open_how how = {.flags = (unsigned)flags, .mode = flags & O_CREAT ? mode : 0};
    long fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
    return too_new(fd) ? openat(AT_FDCWD, path, flags, mode) : (int)fd;
}

static pid_t fork_child(void)
{
    struct clone_args args = {.exit_signal = SIGCHLD};
    long pid = syscall(SYS_clone3, &args, sizeof(args));
    return too_new(pid) ? fork() : (pid_t)pid;
}

static int64_t size_of(const char *path)
{
    struct statx found;
    struct stat st;
    int result = (int)syscall(SYS_statx, AT_FDCWD, path, 0, STATX_BASIC_STATS, &found);
    if (too_new(result))
        return stat(path, &st) == 0 ? st.st_size : -1;
    return result == 0 ? (int64_t)found.stx_size : -1;
}

static int can_read(const char *path)
{
    long result = syscall(SYS_faccessat2, AT_FDCWD, path, R_OK, 0);
    return too_new(result) ? access(path, R_OK) : (int)result;
}

static int wait_epoll(int epoll, struct epoll_event *event)
{
    long result = syscall(SYS_epoll_pwait2, epoll, event, 1, &(struct timespec){5, 0}, NULL, 0);
    return too_new(result) ? epoll_wait(epoll, event, 1, 5000) : (int)result;
}
#else
static int open_file(const char *path, int flags, mode_t mode)
{
    return open(path, flags, mode);
}

static pid_t fork_child(void)
{
    return fork();
}

static int64_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? st.st_size : -1;
}

static int can_read(const char *path)
{
    return access(path, R_OK);
}

static int wait_epoll(int epoll, struct epoll_event *event)
{
    return epoll_wait(epoll, event, 1, 5000);
}
#endif

static void files(void)
{
    int fd = open_file("file", O_CREAT | O_RDWR, 0644);
    need(fd >= 0, "open");
    need(write(fd, "hello", 5) == 5, "write");
    need(pread(fd, (char[8]){0}, 8, 0) == 5, "pread");
    need(ftruncate(fd, 3) == 0, "ftruncate");
    close(fd);
    need(size_of("file") == 3, "stat");
    need(can_read("file") == 0, "access");
    need(chmod("file", 0600) == 0, "chmod");
    need(rename("file", "moved") == 0, "rename");
    need(symlink("moved", "link") == 0, "symlink");
    need(readlink("link", (char[16]){0}, 16) == 5, "readlink");
    need(unlink("link") == 0 && unlink("moved") == 0, "unlink");
    need(mkdir("dir", 0755) == 0 && rmdir("dir") == 0, "mkdir");
}

static void *thread(void *context)
{
    nanosleep(&(struct timespec){0, 1000000}, NULL);
    *(int *)context = 42;
    return NULL;
}

static void processes(const char *self)
{
    int answer = 0;
    pthread_t other;
    need(pthread_create(&other, NULL, thread, &answer) == 0, "pthread_create");
    pthread_join(other, NULL);
    need(answer == 42, "thread");
    int ends[2];
    need(pipe(ends) == 0, "pipe");
    pid_t pid = fork_child();
    need(pid >= 0, "fork");
    if (pid == 0) {
        dup2(ends[1], 1);
        execl(self, self, "child", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    char text[32] = "";
    need(read(ends[0], text, sizeof(text) - 1) > 0 && strcmp(text, "from the child\n") == 0, "child's output");
    int status;
    need(waitpid(pid, &status, 0) == pid && status == 0, "child's status");
}

static void waiting(void)
{
    int pair[2];
    need(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "socketpair");
    need(send(pair[0], "x", 1, 0) == 1, "send");
    struct pollfd poller = {.fd = pair[1], .events = POLLIN};
    need(poll(&poller, 1, 5000) == 1, "poll");
    fd_set set;
    FD_ZERO(&set);
    FD_SET(pair[1], &set);
    need(select(pair[1] + 1, &set, NULL, NULL, &(struct timeval){5, 0}) == 1, "select");
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};
    need(epoll_ctl(epoll, EPOLL_CTL_ADD, pair[1], &event) == 0, "epoll_ctl");
    need(wait_epoll(epoll, &event) == 1, "epoll_wait");
    need(recv(pair[1], (char[4]){0}, 4, 0) == 1, "recv");
    need(usleep(1000) == 0 && time(NULL) > 0, "time");
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        puts("from the child");
        return 0;
    }
    files();
    processes(argv[0]);
    waiting();
    puts("all right");
    return 0;
}
