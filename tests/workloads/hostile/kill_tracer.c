/* Kills whoever traces it, once RECORDING (in the environment) is on disk. The recording then is the
 * last checkpoint; this process may end with its tracer or go on, but never stays stopped. */
#include "hostile.h"

#include <signal.h>

static pid_t tracer(void)
{
    FILE *status = fopen("/proc/self/status", "re");
    char line[256];
    int pid = 0;
    while (status && fgets(line, sizeof(line), status))
        if (sscanf(line, "TracerPid: %d", &pid) == 1)
            break;
    if (status)
        fclose(status);
    return pid;
}

int main(void)
{
    const char *recording = getenv("RECORDING");
    pid_t pid = tracer();
    if (pid == 0 || !recording) {
        puts("nobody traces");
        return 0;
    }
    make_file("before");
    if (fork() == 0) /* one that sleeps in a call while it happens */
        for (int i = 0; i < 100; i++)
            usleep(20000);
    struct stat there;
    for (int i = 0; i < 3000 && (stat(recording, &there) != 0 || there.st_size == 0); i++)
        usleep(10000);
    kill(pid, SIGKILL);
    for (int i = 0; i < 100; i++) {
        usleep(10000);
        close(open("after", O_CREAT | O_WRONLY, 0644));
    }
    return 0;
}
