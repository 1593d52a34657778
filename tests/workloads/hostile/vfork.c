/* vfork 300 times, with exec, with _exit, nested, and posix_spawn. */
#include "hostile.h"

#include <spawn.h>

extern char **environ;

int main(void)
{
    volatile int right = 0;
    char *argv[] = {"true", NULL};
    for (volatile int i = 0; i < 300; i = i + 1) {
        pid_t pid = vfork();
        if (pid == 0) {
            if (i % 3 == 0)
                execv("/bin/true", argv);
            if (i % 3 == 1)
                execv("/no/such/program", argv);
            _exit(i % 3 == 1 ? 9 : 8);
        }
        int status = wait_for(pid);
        right = right + (WEXITSTATUS(status) == (i % 3 == 0 ? 0 : i % 3 == 1 ? 9 : 8));
    }
    printf("vfork: %d of 300\n", right);
    pid_t pid = vfork();
    if (pid == 0) {
        volatile int inner_status;
        pid_t inner = vfork();
        if (inner == 0)
            execv("/bin/true", argv);
        inner_status = wait_for(inner);
        _exit(inner_status == 0 ? 11 : 12);
    }
    tell_status("nested", wait_for(pid));
    int spawned = 0;
    for (int i = 0; i < 50; i++) {
        if (posix_spawn(&pid, "/bin/true", NULL, NULL, argv, environ) == 0)
            spawned += wait_for(pid) == 0;
    }
    printf("posix_spawn: %d of 50\n", spawned);
    printf("posix_spawn of nothing: %s\n",
           error_name(posix_spawn(&pid, "/no/such/program", NULL, NULL, argv, environ)));
    expect_call("vfork");
    expect_path("exec", realpath("/bin/true", NULL));
    expect_path("probe", "/no/such/program");
    return 0;
}
