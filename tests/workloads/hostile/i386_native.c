/* A whole i386 program that runs a 64-bit one and waits for it. */
#include "hostile.h"

#include <sys/socket.h>
#include <sys/un.h>

int main(void)
{
    make_file("by-i386");
    expect_path("create", "by-i386");
    tell("open", syscall(SYS_open, "by-i386", O_RDONLY));
    tell("getuid32", syscall(SYS_getuid32));
    tell("getuid", syscall(SYS_getuid));
    tell("no such file", syscall(SYS_open, "not-there", O_RDONLY));
    expect_path("probe", "not-there");
    unsigned long args[3] = {AF_UNIX, SOCK_STREAM, 0};
    long fd = syscall(SYS_socketcall, 1, args); /* SYS_SOCKET */
    tell("socketcall", fd);
    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "i386-socket"};
    unsigned long bind_args[3] = {(unsigned long)fd, (unsigned long)&name, sizeof(name)};
    tell("bind", syscall(SYS_socketcall, 2, bind_args)); /* SYS_BIND */
    expect_path("bind", "i386-socket");
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        execl("/bin/cat", "cat", "by-i386", NULL);
        _exit(127);
    }
    tell_status("\n64-bit child", wait_for(pid));
    for (const char **call = (const char *[]){"open", "getuid32", "getuid", "socketcall", "execve", NULL}; *call;
         call++)
        expect("call i386 %s", *call);
    expect("call x86_64 read");
    expect_path("read", "by-i386");
    return 4;
}
