/* SIGSTOP and SIGCONT: one by one with the parent watching, then as a storm that nobody waits for. */
#include "hostile.h"

#include <signal.h>
#include <sys/mman.h>

static void spin(volatile unsigned long *counter)
{
    for (;;) {
        ++*counter;
        close(open("spun", O_RDONLY | O_CREAT, 0644));
    }
}

static int watched(pid_t child)
{
    int right = 0;
    for (int i = 0; i < 100; i++) {
        int status;
        must(kill(child, SIGSTOP), "kill");
        must(waitpid(child, &status, WUNTRACED), "waitpid");
        right += WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP;
        must(kill(child, SIGCONT), "kill");
        must(waitpid(child, &status, WCONTINUED), "waitpid");
        right += WIFCONTINUED(status);
    }
    return right;
}

/* A stopped process does not move. */
static int stands_still(pid_t child, volatile unsigned long *counter)
{
    int status;
    must(kill(child, SIGSTOP), "kill");
    must(waitpid(child, &status, WUNTRACED), "waitpid");
    unsigned long before = *counter;
    usleep(50000);
    int still = before == *counter;
    must(kill(child, SIGCONT), "kill");
    must(waitpid(child, &status, WCONTINUED), "waitpid");
    for (int i = 0; i < 5000 && *counter == before; i++)
        usleep(1000);
    return still && *counter != before;
}

int main(void)
{
    volatile unsigned long *counter =
        mmap(NULL, sizeof(*counter), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t child = fork();
    if (child == 0)
        spin(counter);
    printf("%d stops and continues seen\n", watched(child));
    printf("stands still: %d\n", stands_still(child, counter));
    for (int i = 0; i < 3000; i++) {
        kill(child, SIGSTOP);
        kill(child, SIGCONT);
    }
    unsigned long before = *counter;
    for (int i = 0; i < 5000 && *counter == before; i++)
        usleep(1000);
    printf("moves after the storm: %d\n", *counter != before);
    kill(child, SIGSTOP);
    kill(child, SIGKILL);
    tell_status("child", wait_for(child));
    expect_path("create", "spun");
    expect_call("kill");
    return 0;
}
