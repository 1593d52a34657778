/* Built static with musl: another libc, other calls, no interpreter. */
#include "hostile.h"

#include <dirent.h>
#include <pthread.h>
#include <spawn.h>

extern char **environ;

static void *thread(void *context)
{
    make_file(context);
    return NULL;
}

int main(void)
{
    make_file("by-musl");
    expect_path("create", "by-musl");
    struct stat st;
    printf("stat: %d\n", stat("by-musl", &st));
    DIR *dir = opendir(".");
    int entries = 0;
    while (dir && readdir(dir))
        entries++;
    printf("entries: %d\n", entries);
    pthread_t other;
    if (pthread_create(&other, NULL, thread, "by-a-musl-thread") != 0)
        give_up("pthread_create");
    pthread_join(other, NULL);
    expect_path("create", "by-a-musl-thread");
    char *argv[] = {"busybox", "sh", "-c", "echo from busybox > by-busybox; cat by-busybox", NULL};
    pid_t pid;
    fflush(stdout);
    if (access("/bin/busybox", X_OK) == 0) {
        if (posix_spawn(&pid, "/bin/busybox", NULL, NULL, argv, environ) != 0)
            give_up("posix_spawn");
        printf("busybox: %d\n", wait_for(pid));
        expect_path("create", "by-busybox");
        expect_path("read", "by-busybox");
    }
    expect("call x86_64 open");
    expect("call x86_64 set_tid_address");
    return 0;
}
