/* What the program sees of its CPUs, which a tracer may pin, is what it sees untraced. */
#include "hostile.h"

#include <pthread.h>
#include <sched.h>

static void show(const char *who)
{
    cpu_set_t set;
    must(sched_getaffinity(0, sizeof(set), &set), "sched_getaffinity");
    printf("%s: %d CPUs:", who, CPU_COUNT(&set));
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &set))
            printf(" %d", cpu);
    putchar('\n');
    fflush(stdout);
}

static void *thread(void *context)
{
    (void)context;
    show("thread");
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        show("after exec");
        return 0;
    }
    for (int i = 0; i < 2000; i++)
        close(open("busy", O_CREAT | O_RDONLY, 0644));
    show("process");
    sched_yield();
    pthread_t other;
    if (pthread_create(&other, NULL, thread, NULL) != 0)
        give_up("pthread_create");
    pthread_join(other, NULL);
    cpu_set_t set;
    must(sched_getaffinity(0, sizeof(set), &set), "sched_getaffinity");
    int first = 0;
    while (!CPU_ISSET(first, &set))
        first++;
    CPU_ZERO(&set);
    CPU_SET(first, &set);
    must(sched_setaffinity(0, sizeof(set), &set), "sched_setaffinity");
    show("pinned by itself");
    pid_t pid = fork();
    if (pid == 0) {
        show("child");
        execl("/proc/self/exe", argv[0], "again", NULL);
        _exit(1);
    }
    tell_status("child", wait_for(pid));
    show("still");
    expect_call("sched_getaffinity");
    expect_call("sched_yield");
    expect_call("sched_setaffinity");
    return 0;
}
