/* Runs with four threads and a child until the file "stop" is there: to be attached to and let go.
 * test_attach.sh holds it. Prints what went wrong for it while it was. */
#include "hostile.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

static atomic_int stop;
static atomic_int spurious;

/* A sleep or a read that nobody interrupts says so. */
static void *sleeper(void *context)
{
    while (!atomic_load(&stop))
        if (nanosleep(&(struct timespec){0, 20000000}, NULL) != 0)
            atomic_fetch_add(&spurious, 1);
    return context;
}

static void *opener(void *context)
{
    while (!atomic_load(&stop)) {
        close(open("by-a-thread", O_CREAT | O_WRONLY, 0644));
        usleep(1000);
    }
    return context;
}

int main(void)
{
    int ends[2];
    must(pipe(ends), "pipe");
    pid_t child = fork();
    if (child == 0) { /* sleeps in one call all the time */
        char byte;
        close(ends[1]);
        _exit(read(ends[0], &byte, 1) == 0 ? 3 : 4);
    }
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        if (pthread_create(&threads[i], NULL, i % 2 ? sleeper : opener, NULL) != 0)
            give_up("pthread_create");
    make_file("ready");
    while (access("stop", F_OK) != 0) {
        syscall(SYS_getpriority, 0, 0);
        usleep(10000);
    }
    atomic_store(&stop, 1);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    close(ends[1]);
    tell_status("child", wait_for(child));
    printf("spurious: %d\n", atomic_load(&spurious));
    return 0;
}
