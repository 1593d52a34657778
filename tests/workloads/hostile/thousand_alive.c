/* 1,000 processes alive at once, each with a file of its own. */
#include "hostile.h"

#define PROCESSES 1000

int main(void)
{
    int gate[2];
    int arrived[2];
    must(pipe(gate), "pipe");
    must(pipe(arrived), "pipe");
    for (int i = 0; i < PROCESSES; i++) {
        pid_t pid = fork();
        if (pid < 0)
            give_up("fork");
        if (pid == 0) {
            char name[32];
            snprintf(name, sizeof(name), "file-%d", i);
            close(gate[1]);
            must(write(arrived[1], "a", 1), "write");
            char byte;
            (void)!read(gate[0], &byte, 1); /* until all are there */
            close(open(name, O_CREAT | O_WRONLY, 0644));
            _exit(0);
        }
    }
    char byte;
    for (int i = 0; i < PROCESSES; i++)
        must(read(arrived[0], &byte, 1), "read");
    close(gate[1]);
    int right = 0;
    int status;
    while (wait(&status) > 0)
        right += status == 0;
    printf("%d processes\n", right);
    for (int i = 0; i < PROCESSES; i++) {
        char name[32];
        snprintf(name, sizeof(name), "file-%d", i);
        expect_path("create", name);
    }
    expect("peak peak_processes %d", PROCESSES + 1);
    return 0;
}
