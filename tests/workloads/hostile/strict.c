/* Seccomp strict mode: only read, write, exit and sigreturn. Under a filter the kernel refuses it
 * (EINVAL): then the recording must name that loss. */
#include "hostile.h"

#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>

/* Whether the mode was had; the child goes on as if. */
static bool child(bool breaks)
{
    int pipes[2];
    must(pipe(pipes), "pipe");
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        bool strict = prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0;
        must(write(pipes[1], strict ? "s" : "n", 1), "write");
        must(write(1, "in strict mode\n", 15), "write");
        if (breaks && strict)
            syscall(SYS_getpid);
        else if (breaks)
            raise(SIGKILL);
        syscall(SYS_exit, 6);
    }
    char had = 0;
    must(read(pipes[0], &had, 1), "read");
    tell_status(breaks ? "child that breaks it" : "child", wait_for(pid));
    return had == 's';
}

int main(void)
{
    bool had = child(false);
    had = child(true) && had;
    make_file("after");
    expect_path("create", "after");
    expect(had ? "may-lose own-filter" : "loss strict-mode");
    expect("call %s prctl", ABI);
    return 0;
}
