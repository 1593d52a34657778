/* Another thread changes the path between the tracer's look and the kernel's: after a successful open
 * the descriptor tells, so both files that were really opened are recorded. */
#include "hostile.h"

#include <pthread.h>

static char path[] = "aaaa";

static void *toggle(void *context)
{
    (void)context;
    for (;;) {
        for (int i = 0; i < 4; i++)
            ((volatile char *)path)[i] = 'a';
        for (int i = 0; i < 4; i++)
            ((volatile char *)path)[i] = 'b';
    }
    return NULL;
}

int main(void)
{
    make_file("aaaa");
    make_file("bbbb");
    struct stat a;
    struct stat b;
    must(stat("aaaa", &a), "stat");
    must(stat("bbbb", &b), "stat");
    pthread_t thread;
    if (pthread_create(&thread, NULL, toggle, NULL) != 0)
        give_up("pthread_create");
    int opened_a = 0;
    int opened_b = 0;
    for (int i = 0; i < 200000 && (opened_a < 5 || opened_b < 5); i++) {
        int fd = open(path, O_RDONLY);
        struct stat st;
        if (fd < 0 || fstat(fd, &st) != 0)
            continue;
        opened_a += st.st_ino == a.st_ino;
        opened_b += st.st_ino == b.st_ino;
        close(fd);
    }
    if (opened_a)
        expect_path("read", "aaaa");
    if (opened_b)
        expect_path("read", "bbbb");
    puts("done");
    return 0;
}
