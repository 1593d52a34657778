/* 10,000 short-lived processes, some 64 alive at once; each makes one call nobody else makes. */
#include "hostile.h"

#define PROCESSES 10000
#define ALIVE 64

int main(void)
{
    int done = 0;
    int alive = 0;
    int wrong = 0;
    for (int i = 0; i < PROCESSES; i++) {
        pid_t pid = fork();
        if (pid < 0)
            give_up("fork");
        if (pid == 0) {
            syscall(SYS_getpgid, 0);
            _exit(i % 200);
        }
        if (++alive < ALIVE)
            continue;
        int status;
        must(wait(&status), "wait");
        wrong += !WIFEXITED(status);
        alive--;
        done++;
    }
    int status;
    while (wait(&status) > 0) {
        wrong += !WIFEXITED(status);
        done++;
    }
    printf("%d processes, %d ended wrongly\n", done, wrong);
    expect("count %s getpgid %d", ABI, PROCESSES);
    expect("count %s exit_group %d", ABI, PROCESSES + 1);
    expect("peak total_processes %d", PROCESSES + 1);
    return 0;
}
