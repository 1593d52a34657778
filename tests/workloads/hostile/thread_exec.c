/* 200 threads call exec at once: one wins, the others vanish without an exit of their own. */
#include "hostile.h"

#include <pthread.h>

#define THREADS 200
#define ROUNDS 4

struct start {
    pthread_barrier_t barrier;
    char round[16];
    char *program;
};

static void *run(void *context)
{
    struct start *start = context;
    char *argv[] = {start->program, start->round, NULL};
    pthread_barrier_wait(&start->barrier);
    execv("/proc/self/exe", argv);
    return NULL;
}

int main(int argc, char **argv)
{
    int round = argc > 1 ? atoi(argv[1]) : 0;
    printf("round %d\n", round);
    fflush(stdout);
    if (round == ROUNDS) {
        expect_call("execve");
        expect_call("getpriority");
        syscall(SYS_getpriority, 0, 0);
        return 3;
    }
    static struct start start;
    start.program = argv[0];
    snprintf(start.round, sizeof(start.round), "%d", round + 1);
    pthread_barrier_init(&start.barrier, NULL, THREADS + 1);
    for (int i = 0; i < THREADS; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, run, &start) != 0)
            give_up("pthread_create");
    }
    pthread_barrier_wait(&start.barrier);
    for (;;)
        pause();
}
