/* CLONE_PARENT makes a sibling: its death is told to the caller's parent, which for the outermost
 * process is whoever started it. */
#include "hostile.h"

#include <sched.h>
#include <signal.h>

static long sibling(const char *file)
{
    long pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) {
        close(open(file, O_CREAT | O_WRONLY, 0644));
        _exit(3);
    }
    return pid;
}

int main(void)
{
    pid_t first = fork();
    if (first == 0) {
        must(sibling("by-sibling"), "clone");
        _exit(2);
    }
    int sum = 0;
    int status;
    for (int i = 0; i < 2; i++) {
        must(wait(&status), "wait");
        sum += WIFEXITED(status) ? WEXITSTATUS(status) : 100;
    }
    printf("statuses add up to %d\n", sum);
    expect_path("create", "by-sibling");
    expect_path("create", "by-sibling-of-the-first");
    fflush(stdout);
    must(sibling("by-sibling-of-the-first"), "clone");
    usleep(100000);
    return 6;
}
