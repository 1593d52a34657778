/* Threads that share memory but not the working directory, the root or the descriptor table: the same
 * relative name and the same descriptor number mean another file in each. */
#include "hostile.h"

#include <pthread.h>
#include <sched.h>

#define THREADS 4
#define SHARED_NUMBER 40

static pthread_barrier_t barrier;

static void *run(void *context)
{
    char dir[16];
    snprintf(dir, sizeof(dir), "dir-%d", (int)(intptr_t)context);
    must(unshare(CLONE_FS), "unshare");
    must(unshare(CLONE_FILES), "unshare");
    int here = (int)must(open(dir, O_PATH | O_DIRECTORY), "open");
    must(dup2(here, SHARED_NUMBER), "dup2");
    must(chdir(dir), "chdir");
    pthread_barrier_wait(&barrier);
    close(open("relative", O_CREAT | O_WRONLY, 0644));
    close(openat(SHARED_NUMBER, "by-descriptor", O_CREAT | O_WRONLY, 0644));
    close(open("../up", O_RDONLY));
    pthread_barrier_wait(&barrier);
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    char path[64];
    pthread_barrier_init(&barrier, NULL, THREADS + 1);
    for (int i = 0; i < THREADS; i++) {
        snprintf(path, sizeof(path), "dir-%d", i);
        must(mkdir(path, 0755), "mkdir");
        if (pthread_create(&threads[i], NULL, run, (void *)(intptr_t)i) != 0)
            give_up("pthread_create");
    }
    pthread_barrier_wait(&barrier);
    close(open("relative", O_CREAT | O_WRONLY, 0644));
    printf("not in our table: %d\n", openat(SHARED_NUMBER, "by-descriptor", O_CREAT | O_WRONLY, 0644) < 0);
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        snprintf(path, sizeof(path), "dir-%d/relative", i);
        printf("%s: %d\n", path, access(path, F_OK));
        expect_path("create", path);
        snprintf(path, sizeof(path), "dir-%d/by-descriptor", i);
        expect_path("create", path);
    }
    expect_path("create", "relative");
    expect_path("probe", "up");
    expect_call("unshare");
    return 0;
}
