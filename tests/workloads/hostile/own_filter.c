/* Installs seccomp filters of its own: errno, trap, kill, and a listener. What they refuse stays
 * refused in the same way; a call that they hide from the tracer is a loss with a name. */
#include "hostile.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>

static void refuse(long number, unsigned action)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, action),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]), .filter = code};
    tell("filter", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

static void on_sys(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    char text[64];
    int length = snprintf(text, sizeof(text), "trapped call %d, code %d\n", info->si_syscall, info->si_code);
    must(write(1, text, (size_t)length), "write");
}

static void hidden(const char *name)
{
    expect("call %s %s || loss own-filter", ABI, name);
}

static void killed_child(unsigned action, const char *what)
{
    pid_t pid = fork();
    if (pid == 0) {
        refuse(SYS_getpriority, action);
        fflush(stdout);
        syscall(SYS_getpriority, 0, 0);
        _exit(1);
    }
    tell_status(what, wait_for(pid));
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    struct sigaction sys = {.sa_sigaction = on_sys, .sa_flags = SA_SIGINFO};
    sigaction(SIGSYS, &sys, NULL);
    tell("no_new_privs", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    refuse(SYS_getpgrp, SECCOMP_RET_ERRNO | 42);
    long group = syscall(SYS_getpgrp);
    printf("getpgrp: %ld, errno %d\n", group, errno);
    refuse(SYS_sysinfo, SECCOMP_RET_TRAP);
    syscall(SYS_sysinfo, NULL);
    refuse(SYS_mkdir, SECCOMP_RET_LOG);
    tell("mkdir", mkdir("allowed-and-logged", 0755));
    killed_child(SECCOMP_RET_KILL_PROCESS, "kill process");
    killed_child(SECCOMP_RET_KILL_THREAD, "kill thread");
    make_file("after");
    expect_path("create", "after");
    expect_path("create", "allowed-and-logged");
    hidden("getpgrp");
    hidden("sysinfo");
    hidden("getpriority");
    expect("may-lose own-filter");
    return 0;
}
