/* A user namespace with every other kind, as an unprivileged container does, and setns into it. */
#include "hostile.h"

#include <sched.h>

static void write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        give_up(path);
    close(fd);
}

int main(void)
{
    char map[64];
    uid_t uid = geteuid();
    int ready[2];
    int done[2];
    must(pipe(ready), "pipe");
    must(pipe(done), "pipe");
    pid_t pid = fork();
    if (pid == 0) {
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET) != 0)
            _exit(SKIP);
        write_text("/proc/self/setgroups", "deny");
        snprintf(map, sizeof(map), "0 %u 1", (unsigned)uid);
        write_text("/proc/self/uid_map", map);
        printf("inside: uid %d\n", (int)getuid());
        tell("sethostname", sethostname("inside", 6));
        make_file("made-inside");
        fflush(stdout);
        must(write(ready[1], "r", 1), "write");
        char byte;
        must(read(done[0], &byte, 1), "read");
        _exit(0);
    }
    close(ready[1]);
    char byte;
    if (read(ready[0], &byte, 1) != 1)
        return WEXITSTATUS(wait_for(pid)) == SKIP ? SKIP : 1;
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/ns/uts", pid);
    fflush(stdout);
    pid_t visitor = fork();
    if (visitor == 0) {
        snprintf(map, sizeof(map), "/proc/%d/ns/user", pid);
        int uts = open(path, O_RDONLY);
        int user = open(map, O_RDONLY);
        char name[16] = "";
        if (setns(user, 0) != 0 || setns(uts, 0) != 0 || gethostname(name, sizeof(name)) != 0)
            name[0] = '\0';
        _exit(strcmp(name, "inside") == 0 ? 3 : 1);
    }
    tell_status("visitor", wait_for(visitor));
    must(write(done[1], "d", 1), "write");
    tell_status("child", wait_for(pid));
    expect_path("create", "made-inside");
    expect_call("unshare");
    expect_call("setns");
    return 0;
}
