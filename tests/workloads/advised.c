/*
 * Programs about which it is known where they run. advised MODE [ARGUMENT…]:
 *   needs CALL       makes the call and fails when it does
 *   tries CALL       makes the call and goes on without
 *   server PORT N    one process, one thread: answers N connections, then ends
 *   refusing COMMAND…  runs the command where these calls fail with ENOSYS
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static long call(const char *name)
{
    if (strcmp(name, "userfaultfd") == 0)
        return syscall(SYS_userfaultfd, 0);
    if (strcmp(name, "io_uring") == 0) {
        struct io_uring_params params = {0};
        return syscall(SYS_io_uring_setup, 4, &params);
    }
    struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr), .exclude_kernel = 1};
    return syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static int serve(int port, int connections)
{
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    int poll = epoll_create1(0);
    const int on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLIN};
    if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
        bind(listener, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(listener, 8) < 0 ||
        epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event) < 0)
        return 1;
    while (connections-- > 0) {
        if (epoll_wait(poll, &event, 1, -1) != 1)
            return 1;
        int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (client < 0 || write(client, "hello\n", 6) != 6)
            return 1;
        close(client);
    }
    return 0;
}

static int refusing(char **command)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_userfaultfd, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_perf_event_open, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]), .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        return 1;
    execvp(command[0], command);
    return 127;
}

int main(int argc, char **argv)
{
    if (argc >= 3 && strcmp(argv[1], "refusing") == 0)
        return refusing(argv + 2);
    if (argc == 4 && strcmp(argv[1], "server") == 0)
        return serve(atoi(argv[2]), atoi(argv[3]));
    if (argc != 3)
        return 2;
    long result = call(argv[2]);
    puts(result < 0 ? "without" : "with");
    return result < 0 && strcmp(argv[1], "needs") == 0 ? 1 : 0;
}
