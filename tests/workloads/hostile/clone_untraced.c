/* CLONE_UNTRACED asks the kernel not to let a tracer follow, by clone and by clone3. The child is to be
 * followed all the same or named as escaped; either way it must work. */
#include "hostile.h"

#include <linux/sched.h>
#include <sched.h>
#include <signal.h>

static void child(const char *file, long call)
{
    int fd = open(file, O_CREAT | O_WRONLY, 0644);
    syscall(call, 0, 0);
    _exit(fd < 0 ? 1 : 3);
}

static void escaped_or(const char *file, const char *call)
{
    char here[PATH_MAX];
    must(getcwd(here, sizeof(here)) ? 0 : -1, "getcwd");
    expect("path create %s/%s || loss escaped", here, file);
    expect("call %s %s || loss escaped", ABI, call);
    expect("may-lose escaped");
}

int main(void)
{
    long pid = syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0)
        child("by-clone", SYS_getpriority);
    tell_status("clone", wait_for((pid_t)pid));
    escaped_or("by-clone", "getpriority");

    struct clone_args args = {.flags = CLONE_UNTRACED, .exit_signal = SIGCHLD};
    pid = syscall(SYS_clone3, &args, sizeof(args));
    if (pid == 0)
        child("by-clone3", SYS_getsid);
    must(pid, "clone3");
    printf("arguments kept: %d\n", args.flags == CLONE_UNTRACED && args.exit_signal == SIGCHLD);
    tell_status("clone3", wait_for((pid_t)pid));
    escaped_or("by-clone3", "getsid");
    return 0;
}
