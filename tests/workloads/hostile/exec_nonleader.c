/* exec from a thread that is not the leader: the leader's identity goes to it, while the leader sleeps
 * in a call, has exited already, or runs. */
#include "hostile.h"

#include <pthread.h>

static void *run(void *context)
{
    char **argv = context;
    usleep(20000);
    execv(argv[0], argv); /* /proc/self/exe names nothing once the leader has exited */
    give_up("execv");
}

int main(int argc, char **argv)
{
    char stage = argc > 1 ? argv[1][0] : '0';
    printf("stage %c: %s\n", stage, getpid() == gettid() ? "is the leader" : "is not the leader");
    fflush(stdout);
    static char next[] = "0";
    static char *again[3];
    next[0] = (char)(stage + 1);
    again[0] = argv[0];
    again[1] = next;
    pthread_t thread;
    if (stage != '3' && pthread_create(&thread, NULL, run, again) != 0)
        give_up("pthread_create");
    switch (stage) {
    case '0':
        for (;;)
            pause();
    case '1':
        pthread_exit(NULL);
    case '2':
        for (;;)
            getppid();
    default:
        break;
    }
    make_file("last");
    expect_path("create", "last");
    expect_call("pause");
    expect_call("getppid");
    return 5;
}
