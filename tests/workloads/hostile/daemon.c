/* Daemonises: double fork, setsid, descriptors closed. The first process ends with 7 at once; what the
 * daemon does a while later belongs to the recording. */
#include "hostile.h"

int main(void)
{
    expect_path("create", "by-the-daemon");
    expect_call("setsid");
    puts("the first process ends");
    fflush(stdout);
    pid_t pid = fork();
    if (pid != 0)
        _exit(7);
    setsid();
    if (fork() != 0)
        _exit(0);
    for (int fd = 0; fd < 3; fd++)
        close(fd);
    close(EXPECT_FD);
    usleep(400000);
    close(open("by-the-daemon", O_CREAT | O_WRONLY, 0644));
    return 9;
}
