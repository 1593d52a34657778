/* What a shell does: a process group of its own, SIGTSTP with a handler that stops by the default
 * action, SIGCONT with a handler, and a stop of a process of many threads. */
#include "hostile.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

struct seen {
    volatile int tstp;
    volatile int cont;
    volatile unsigned long work[4];
};

static struct seen *seen; /* handlers can reach nothing else */

static void on_cont(int signal)
{
    (void)signal;
    seen->cont++;
}

static void on_tstp(int signal)
{
    seen->tstp++;
    struct sigaction stop = {.sa_handler = SIG_DFL};
    struct sigaction old;
    sigaction(signal, &stop, &old);
    sigset_t set;
    sigset_t before;
    sigemptyset(&set);
    sigaddset(&set, signal);
    raise(signal);
    sigprocmask(SIG_UNBLOCK, &set, &before);
    sigprocmask(SIG_SETMASK, &before, NULL);
    sigaction(signal, &old, NULL);
}

static void *work(void *context)
{
    volatile unsigned long *counter = context;
    for (;;) {
        ++*counter;
        getppid();
    }
    return NULL;
}

static void child(void)
{
    struct sigaction tstp = {.sa_handler = on_tstp, .sa_flags = SA_RESTART};
    struct sigaction cont = {.sa_handler = on_cont, .sa_flags = SA_RESTART};
    setpgid(0, 0);
    sigaction(SIGTSTP, &tstp, NULL);
    sigaction(SIGCONT, &cont, NULL);
    for (int i = 1; i < 4; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, work, (void *)(uintptr_t)&seen->work[i]) != 0)
            give_up("pthread_create");
    }
    work((void *)(uintptr_t)&seen->work[0]);
}

/* Waits until every thread has moved on, at most five seconds. */
static int all_move(void)
{
    unsigned long before[4];
    for (int i = 0; i < 4; i++)
        before[i] = seen->work[i];
    for (int round = 0; round < 5000; round++) {
        int moved = 0;
        for (int i = 0; i < 4; i++)
            moved += seen->work[i] != before[i];
        if (moved == 4)
            return 1;
        usleep(1000);
    }
    return 0;
}

static int none_moves(void)
{
    unsigned long before[4];
    usleep(20000); /* WUNTRACED may tell before the last thread has stopped on another CPU */
    for (int i = 0; i < 4; i++)
        before[i] = seen->work[i];
    usleep(50000);
    for (int i = 0; i < 4; i++)
        if (seen->work[i] != before[i])
            return 0;
    return 1;
}

int main(void)
{
    seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pid = fork();
    if (pid == 0)
        child();
    printf("runs: %d\n", all_move());
    const int signals[] = {SIGTSTP, SIGSTOP, SIGTTIN, SIGTTOU, SIGTSTP};
    for (int i = 0; i < 5; i++) {
        int status;
        must(kill(-pid, signals[i]), "kill group");
        must(waitpid(pid, &status, WUNTRACED), "waitpid");
        printf("stopped by %s: %d\n", signal_name(signals[i]),
               WIFSTOPPED(status) && WSTOPSIG(status) == signals[i]);
        printf("no thread moves: %d\n", none_moves());
        siginfo_t info = {0};
        printf("waitid sees nothing more: %d\n",
               waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOHANG) == 0 && info.si_pid == 0);
        must(kill(-pid, SIGCONT), "kill group");
        must(waitpid(pid, &status, WCONTINUED), "waitpid");
        printf("continued: %d\n", WIFCONTINUED(status));
        printf("all threads move: %d\n", all_move());
    }
    printf("handlers: %d stop, %d continue\n", seen->tstp, seen->cont);
    must(kill(-pid, SIGTERM), "kill group");
    tell_status("child", wait_for(pid));
    expect_call("getppid");
    return 0;
}
