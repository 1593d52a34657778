/* usage: threads COUNT: 8 threads, each COUNT times: a contended lock, a file opened, read, looked at, closed. */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define THREADS 8

struct shared {
    pthread_mutex_t lock;
    pthread_cond_t turn;
    int count;
    atomic_int failed;
    long passed;
};

static void *run(void *context)
{
    struct shared *shared = context;
    for (int i = 0; i < shared->count; i++) {
        char name[32];
        char bytes[64];
        struct stat st;
        snprintf(name, sizeof(name), "file-%d", i % 50);
        int fd = open(name, O_RDONLY | O_CREAT, 0644);
        bool right = fd >= 0 && read(fd, bytes, sizeof(bytes)) >= 0 && fstat(fd, &st) == 0 && stat(name, &st) == 0;
        if (fd >= 0)
            close(fd);
        if (!right)
            atomic_store(&shared->failed, 1);
        pthread_mutex_lock(&shared->lock);
        shared->passed++;
        pthread_cond_signal(&shared->turn);
        pthread_mutex_unlock(&shared->lock);
        if (i % 16 == 0)
            sched_yield();
    }
    return NULL;
}

int main(int argc, char **argv)
{
    static struct shared shared = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, 0};
    pthread_t threads[THREADS];
    shared.count = argc > 1 ? atoi(argv[1]) : 0;
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, run, &shared) != 0)
            return 1;
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    return shared.failed || shared.passed != (long)THREADS * shared.count;
}
