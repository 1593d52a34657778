/* usage: many_paths PROCESSES PATHS: PROCESSES alive at once, which together create PATHS files in directories of
 * their own: what the tracer's memory is measured on. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int work(int process, int files, int gate)
{
    char name[64];
    char byte;
    (void)!read(gate, &byte, 1); /* until all are there */
    snprintf(name, sizeof(name), "directory-of-process-%d", process);
    if (mkdir(name, 0755) != 0 || chdir(name) != 0)
        return 1;
    for (int i = 0; i < files; i++) {
        snprintf(name, sizeof(name), "a-file-with-some-name-%d.txt", i);
        int fd = open(name, O_CREAT | O_WRONLY, 0644);
        if (fd < 0)
            return 1;
        close(fd);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    int processes = atoi(argv[1]);
    int files = atoi(argv[2]) / processes;
    int gate[2];
    if (pipe(gate) != 0)
        return 1;
    for (int i = 0; i < processes; i++) {
        pid_t pid = fork();
        if (pid < 0)
            return 1;
        if (pid == 0) {
            close(gate[1]);
            _exit(work(i, files, gate[0]));
        }
    }
    close(gate[1]);
    int failed = 0;
    int status;
    while (wait(&status) > 0)
        failed += status != 0;
    return failed != 0;
}
