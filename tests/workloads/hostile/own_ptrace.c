/* Traces its own child, with PTRACE_TRACEME, PTRACE_ATTACH and PTRACE_SEIZE. Linux allows one tracer a
 * task: where it was refused, the recording must say so. */
#include "hostile.h"

#include <signal.h>
#include <sys/ptrace.h>

static bool trace_me(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        if (ptrace(PTRACE_TRACEME, 0, 0, 0) != 0)
            _exit(1);
        raise(SIGSTOP);
        make_file("traced-child");
        _exit(0);
    }
    int status;
    must(waitpid(pid, &status, 0), "waitpid");
    if (!WIFSTOPPED(status))
        return false;
    must(ptrace(PTRACE_SYSCALL, pid, 0, 0), "PTRACE_SYSCALL");
    must(waitpid(pid, &status, 0), "waitpid");
    must(ptrace(PTRACE_CONT, pid, 0, 0), "PTRACE_CONT");
    return wait_for(pid) == 0;
}

static bool trace_other(bool seize)
{
    pid_t pid = fork();
    if (pid == 0)
        for (;;)
            pause();
    bool traced = ptrace(seize ? PTRACE_SEIZE : PTRACE_ATTACH, pid, 0, 0) == 0;
    if (traced && seize)
        must(ptrace(PTRACE_INTERRUPT, pid, 0, 0), "PTRACE_INTERRUPT");
    int status;
    if (traced) {
        must(waitpid(pid, &status, __WALL), "waitpid");
        must(ptrace(PTRACE_DETACH, pid, 0, 0), "PTRACE_DETACH");
    }
    kill(pid, SIGKILL);
    wait_for(pid);
    return traced;
}

int main(void)
{
    bool all = trace_me();
    all = trace_other(false) && all;
    all = trace_other(true) && all;
    puts("done");
    if (!all)
        expect("loss own-tracer");
    expect_call("ptrace");
    return 0;
}
