/* 300 execs of one process; scripts, scripts by scripts, execveat of a memfd and of a descriptor, and
 * what cannot be executed. */
#include "hostile.h"

#include <sys/mman.h>

static void script(const char *path, const char *text)
{
    int fd = (int)must(open(path, O_CREAT | O_WRONLY, 0755), path);
    must(write(fd, text, strlen(text)), path);
    close(fd);
}

static int run(const char *path)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        execl(path, path, NULL);
        _exit(errno);
    }
    return WEXITSTATUS(wait_for(pid));
}

static int run_at(int fd)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        char *argv[] = {"false", NULL};
        char *envp[] = {NULL};
        syscall(SYS_execveat, fd, "", argv, envp, AT_EMPTY_PATH);
        _exit(99);
    }
    return WEXITSTATUS(wait_for(pid));
}

static void copy(int from, int to)
{
    char block[65536];
    ssize_t got;
    while ((got = read(from, block, sizeof(block))) > 0)
        must(write(to, block, (size_t)got), "write");
}

int main(int argc, char **argv)
{
    int left = argc > 1 ? atoi(argv[1]) : 300;
    char number[16];
    snprintf(number, sizeof(number), "%d", left - 1);
    if (left > 0)
        execl("/proc/self/exe", argv[0], number, NULL);
    puts("last of the chain");
    char here[PATH_MAX];
    char text[PATH_MAX + 16];
    must(getcwd(here, sizeof(here)) ? 0 : -1, "getcwd");
    script("script", "#!/bin/sh\nexit 11\n");
    snprintf(text, sizeof(text), "#!%s/script\n", here);
    script("script-of-script", text);
    script("no-interpreter", "#!/no/such/interpreter\n");
    script("no-format", "what is this");
    make_file("not-executable");
    printf("script: %d\n", run("./script"));
    printf("script of a script: %d\n", run("./script-of-script"));
    printf("no interpreter: %s\n", error_name(run("./no-interpreter")));
    printf("no format: %s\n", error_name(run("./no-format")));
    printf("not executable: %s\n", error_name(run("./not-executable")));
    printf("a directory: %s\n", error_name(run(".")));
    int fd = (int)must(open("/bin/false", O_RDONLY | O_CLOEXEC), "open");
    printf("by descriptor: %d\n", run_at(fd));
    int memory = (int)must(memfd_create("program", 0), "memfd_create");
    copy(fd, memory);
    printf("from memory: %d\n", run_at(memory));
    expect_path("exec", "script");
    expect_path("exec", "script-of-script");
    expect_path("exec", realpath("/bin/sh", NULL));
    expect_path("exec", realpath("/bin/false", NULL));
    expect("count %s execve %d", ABI, 1 + 300 + 6); /* its own start, the chain, the six below it */
    expect_call("execveat");
    return 0;
}
