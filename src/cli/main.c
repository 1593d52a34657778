#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"

/* A file opened while standard output is closed would become standard output. The place is taken by a
 * descriptor on which using it fails, as it would have; the workload does not inherit it. */
static void occupy_standard_streams(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            continue;
        int mode = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
        if (open("/dev/null", mode | O_CLOEXEC) != fd)
            _exit(STATUS_FAILED);
    }
}

/* A document is a tree of small pieces that is built, read and freed as a whole. glibc would set the pieces aside
 * and put all of them together later, one by one and in no order: a seventh of the time of emit. */
static void tune_memory(void)
{
#ifdef M_MXFAST
    (void)mallopt(M_MXFAST, 0);
#endif
}

/* What could not be written is an error even when everything else went well: a full disk behind
 * standard output is noticed here. A reader who went away wants to hear nothing. */
static int finish_output(int status)
{
    int failed_before = ferror(stdout);
    errno = 0;
    int failed_now = fclose(stdout);
    if (!failed_before && !failed_now)
        return status;
    if (errno == EBADF)
        say_error("cannot write to standard output: it is closed");
    else if (errno != EPIPE)
        say_error("cannot write to standard output%s%s", errno ? ": " : "", errno ? strerror(errno) : "");
    return STATUS_FAILED;
}

int main(int argc, char **argv)
{
    char name[] = "profgen";
    char *bare[] = {name, NULL};
    occupy_standard_streams();
    tune_memory();
    /* execve(2) lets a caller leave out even the name. */
    int status = argc > 0 ? command_profgen.run(&command_profgen, argc, argv)
                          : command_profgen.run(&command_profgen, 1, bare);
    return finish_output(status);
}
