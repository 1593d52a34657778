/* At a terminal: it is the foreground group, reads without SIGTTIN, and a child moved to the background
 * is stopped by SIGTTIN and SIGTTOU as ever. test_terminal.sh gives the terminal. */
#include "hostile.h"

#include <signal.h>
#include <termios.h>

static void in_background(bool reads)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        signal(SIGTTIN, SIG_DFL);
        signal(SIGTTOU, SIG_DFL);
        char byte;
        struct termios settings;
        if (reads)
            (void)!read(0, &byte, 1);
        else if (tcgetattr(0, &settings) == 0)
            tcsetattr(0, TCSANOW, &settings);
        _exit(1);
    }
    int status;
    must(waitpid(pid, &status, WUNTRACED), "waitpid");
    printf("stopped by %s\n", WIFSTOPPED(status) ? signal_name(WSTOPSIG(status)) : "nothing");
    kill(pid, SIGKILL);
    tell_status("background", wait_for(pid));
}

int main(void)
{
    char line[64] = "";
    for (int fd = 0; fd < 3; fd++)
        printf("terminal %d: %d\n", fd, isatty(fd));
    printf("in the foreground: %d\n", tcgetpgrp(0) == getpgrp());
    printf("has a session: %d\n", tcgetsid(0) == getsid(0));
    if (!fgets(line, sizeof(line), stdin))
        give_up("fgets");
    printf("read: %s", line);
    in_background(true);
    in_background(false);
    return 12;
}
