/* PID namespaces, two deep, needs root: process 1 of each forks, opens files, and its end takes the
 * rest with it. */
#include "hostile.h"

#include <sched.h>
#include <signal.h>

static int inner(void *context)
{
    (void)context;
    char *name = "in-the-second";
    printf("second: pid %d\n", getpid());
    fflush(stdout);
    make_file(name);
    for (int i = 0; i < 3; i++)
        if (fork() == 0)
            for (;;)
                pause();
    pid_t pid = fork();
    if (pid == 0) {
        printf("child: pid %d\n", getpid());
        fflush(stdout);
        make_file("by-a-child-there");
        _exit(4);
    }
    tell_status("child", wait_for(pid));
    fflush(stdout);
    _exit(5); /* kills the three that sleep */
}

static int outer(void *context)
{
    printf("first: pid %d\n", getpid());
    fflush(stdout);
    long pid = syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0)
        inner(context);
    must(pid, "clone");
    tell_status("second", wait_for((pid_t)pid));
    fflush(stdout);
    _exit(6);
}

int main(void)
{
    if (geteuid() != 0)
        return SKIP;
    long pid = syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0)
        outer(NULL);
    must(pid, "clone");
    tell_status("first", wait_for((pid_t)pid));
    expect_path("create", "in-the-second");
    expect_path("create", "by-a-child-there");
    expect_call("pause");
    return 0;
}
