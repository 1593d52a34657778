/*
 * usage: measure FILE CMD [ARG…]
 * Runs CMD and writes "NANOSECONDS KIBIBYTES CPU" to FILE: its wall time, the peak resident set of it and of what
 * it waited for, and the nanoseconds of processor time of all of them. Passes the exit status on. A small program, because a child's peak is never below what its parent
 * had when it was started.
 */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static long long nanoseconds(struct timeval time)
{
    return time.tv_sec * 1000000000LL + time.tv_usec * 1000LL;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: measure FILE CMD [ARG...]\n");
        return 125;
    }
    long long start = now();
    pid_t pid;
    int error = posix_spawnp(&pid, argv[2], NULL, NULL, argv + 2, environ);
    if (error != 0) {
        fprintf(stderr, "measure: %s: %s\n", argv[2], strerror(error));
        return 127;
    }
    int status;
    struct rusage usage;
    while (wait4(pid, &status, 0, &usage) < 0)
        if (errno != EINTR)
            return 125;
    long long took = now() - start;
    long long cpu = nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
    FILE *file = fopen(argv[1], "we");
    if (!file || fprintf(file, "%lld %ld %lld\n", took, usage.ru_maxrss, cpu) < 0 || fclose(file) != 0) {
        perror(argv[1]);
        return 125;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
