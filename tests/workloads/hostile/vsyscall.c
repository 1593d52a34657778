/* The vsyscall page: calls at a fixed address that the kernel emulates, seccomp included. */
#include "hostile.h"

#include <sys/time.h>
#include <time.h>

int main(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct timeval now;
        int (*gettimeofday_at)(struct timeval *, void *) = (void *)0xffffffffff600000;
        time_t (*time_at)(time_t *) = (void *)0xffffffffff600400;
        int got = gettimeofday_at(&now, NULL);
        time_t seconds = time_at(NULL);
        _exit(got == 0 && seconds - now.tv_sec <= 1 ? 3 : 4);
    }
    tell_status("vsyscall", wait_for(pid));
    make_file("after");
    expect_path("create", "after");
    return 0;
}
