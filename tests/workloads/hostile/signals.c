/* Signals and interrupted calls: what restarts, what does not, and every field a handler is given. */
#include "hostile.h"

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

static volatile sig_atomic_t ticks;
static volatile siginfo_t last;

static void on_tick(int signal)
{
    (void)signal;
    ticks++;
}

static void on_info(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    *(siginfo_t *)(uintptr_t)&last = *info;
}

static void timer(int flags, long microseconds)
{
    struct sigaction action = {.sa_handler = on_tick, .sa_flags = flags};
    sigaction(SIGALRM, &action, NULL);
    struct itimerval every = {{0, microseconds}, {0, microseconds}};
    setitimer(ITIMER_REAL, &every, NULL);
}

/* The other end of the pipe is written a while later by a child. */
static ssize_t slow_read(void)
{
    int ends[2];
    must(pipe(ends), "pipe");
    pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < 3; i++)
            usleep(100000);
        must(write(ends[1], "late", 4), "write");
        _exit(0);
    }
    char text[8];
    ssize_t got = read(ends[0], text, sizeof(text));
    int error = errno;
    int status;
    while (waitpid(pid, &status, 0) < 0)
        continue;
    close(ends[0]);
    close(ends[1]);
    errno = error;
    return got;
}

static void restarts(void)
{
    timer(SA_RESTART, 5000);
    tell("read with SA_RESTART", slow_read());
    tell("sleep with SA_RESTART", nanosleep(&(struct timespec){0, 200000000}, NULL));
    tell("poll with SA_RESTART", poll(NULL, 0, 200));
    pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < 2; i++)
            usleep(50000);
        _exit(6);
    }
    int status;
    tell("waitpid with SA_RESTART", waitpid(pid, &status, 0));
    tell_status("child", status);
    timer(0, 5000);
    tell("read without", slow_read());
    tell("pause", pause());
    sigset_t none;
    sigemptyset(&none);
    tell("sigsuspend", sigsuspend(&none));
    timer(0, 0);
    printf("ticks: %s\n", ticks > 10 ? "many" : "few");
}

/* A stop and a continue are no signals to the program: nanosleep goes on through restart_syscall. */
static void stop_in_sleep(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        int slept = nanosleep(&(struct timespec){0, 300000000}, NULL);
        int polled = poll(NULL, 0, 300);
        _exit(slept == 0 && polled == 0 ? 4 : 5);
    }
    for (int i = 0; i < 5; i++) {
        usleep(60000);
        kill(pid, SIGSTOP);
        usleep(10000);
        kill(pid, SIGCONT);
    }
    tell_status("stopped in its sleep", wait_for(pid));
}

static void fields(void)
{
    struct sigaction action = {.sa_sigaction = on_info, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGTRAP, &action, NULL);
    sigaction(SIGCHLD, &action, NULL);
    sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 12345});
    printf("queued: code %d, own pid %d, value %d\n", last.si_code, last.si_pid == getpid(),
           last.si_value.sival_int);
    raise(SIGTRAP);
    printf("raised trap: code %d\n", last.si_code);
#if defined(__x86_64__) || defined(__i386__)
    __asm__ volatile("int3");
    printf("breakpoint: code %d\n", last.si_code);
#endif
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    pid_t pid = fork();
    if (pid == 0)
        _exit(33);
    siginfo_t info;
    while (sigwaitinfo(&child, &info) < 0)
        continue;
    printf("child: code %d, status %d, pid %d\n", info.si_code, info.si_status, info.si_pid == pid);
    wait_for(pid);
    sigprocmask(SIG_UNBLOCK, &child, NULL);
    signal(SIGCHLD, SIG_DFL);
}

static void many(void)
{
    struct sigaction action = {.sa_handler = on_tick};
    sigaction(SIGUSR2, &action, NULL);
    ticks = 0;
    for (int i = 0; i < 10000; i++)
        raise(SIGUSR2);
    printf("handled: %d\n", (int)ticks);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    for (int i = 0; i < 100; i++)
        sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = i});
    int sum = 0;
    siginfo_t info;
    while (sigtimedwait(&set, &info, &(struct timespec){0, 0}) > 0)
        sum += info.si_value.sival_int;
    printf("queued in order: %d\n", sum);
}

static void deaths(void)
{
    const int signals[] = {SIGTERM, SIGKILL, SIGSEGV, SIGTRAP, SIGSTKFLT, SIGRTMIN + 3};
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0) {
            signal(signals[i], SIG_DFL);
            raise(signals[i]);
            _exit(0);
        }
        int status = wait_for(pid);
        printf("dies of %d: %d\n", signals[i], WIFSIGNALED(status) && WTERMSIG(status) == signals[i]);
    }
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    restarts();
    stop_in_sleep();
    fields();
    many();
    deaths();
    expect_call("rt_sigreturn");
    expect_call("pause");
    expect_call("restart_syscall"); /* the sleep that was stopped goes on by it */
    return 0;
}
