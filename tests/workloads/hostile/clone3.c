/* clone3: as fork, with a pidfd, with a chosen pid, as vfork; and everything it refuses. */
#include "hostile.h"

#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>

static long clone3(struct clone_args *args, size_t size)
{
    return syscall(SYS_clone3, args, size);
}

static void child(const char *file)
{
    close(open(file, O_CREAT | O_WRONLY, 0644));
    _exit(2);
}

static void with_pidfd(void)
{
    int pidfd = -1;
    struct clone_args args = {
        .flags = CLONE_PIDFD, .pidfd = (uintptr_t)&pidfd, .exit_signal = SIGCHLD};
    long pid = clone3(&args, sizeof(args));
    if (pid == 0)
        child("with-pidfd");
    must(pid, "clone3");
    struct pollfd poller = {.fd = pidfd, .events = POLLIN};
    printf("pidfd: %d\n", poll(&poller, 1, 10000));
    tell_status("with pidfd", wait_for((pid_t)pid));
    expect_path("create", "with-pidfd");
}

static void as_vfork(void)
{
    struct clone_args args = {.flags = CLONE_VFORK, .exit_signal = SIGCHLD};
    long pid = clone3(&args, sizeof(args));
    if (pid == 0)
        child("as-vfork");
    must(pid, "clone3");
    printf("child was first: %d\n", access("as-vfork", F_OK) == 0);
    tell_status("as vfork", wait_for((pid_t)pid));
    expect_path("create", "as-vfork");
}

static void no_exit_signal(void)
{
    struct clone_args args = {.exit_signal = 0};
    long pid = clone3(&args, sizeof(args));
    if (pid == 0)
        child("silent");
    must(pid, "clone3");
    tell_status("without a signal", wait_for((pid_t)pid));
    expect_path("create", "silent");
}

int main(void)
{
    with_pidfd();
    as_vfork();
    no_exit_signal();
    struct clone_args args = {.exit_signal = SIGCHLD};
    tell("too small", clone3(&args, 8));
    tell("too large", clone3(&args, 1 << 20));
    tell("bad pointer", clone3((void *)8, sizeof(args)));
    args.exit_signal = 1000;
    tell("bad signal", clone3(&args, sizeof(args)));
    args = (struct clone_args){.flags = CLONE_THREAD};
    tell("bad flags", clone3(&args, sizeof(args)));
    expect_call("clone3");
    expect("may-lose unreadable");
    return 0;
}
