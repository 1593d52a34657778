/* Forbids others to look at it (PR_SET_DUMPABLE 0), and works on. An unprivileged tracer then cannot
 * read its memory or its /proc: what it could not see is a loss. */
#include "hostile.h"

#include <sys/prctl.h>

int main(void)
{
    char here[PATH_MAX];
    must(getcwd(here, sizeof(here)) ? 0 : -1, "getcwd");
    tell("prctl", prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
    make_file("in-private");
    tell("open", open("in-private", O_RDONLY));
    pid_t pid = fork();
    if (pid == 0) {
        make_file("by-a-private-child");
        _exit(2);
    }
    tell_status("child", wait_for(pid));
    for (const char **name = (const char *[]){"in-private", "by-a-private-child", NULL}; *name; name++)
        expect("path create %s/%s || loss unreadable || loss path", here, *name);
    if (geteuid() != 0) {
        expect("may-lose unreadable");
        expect("may-lose path");
    }
    return 0;
}
