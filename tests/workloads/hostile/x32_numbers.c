/* Calls with the x32 marker bit. A kernel without x32 answers ENOSYS; the recording names the ABI. */
#include "hostile.h"

#define X32 0x40000000L

int main(void)
{
    long pid = syscall(X32 | 39);
    printf("getpid: %s\n", pid == getpid() ? "x32 works" : pid < 0 ? error_name(errno) : "wrong");
    make_file("there");
    long fd = syscall(X32 | 2, "there", O_RDONLY);
    printf("open: %s\n", fd < 0 ? error_name(errno) : "ok");
    if (fd >= 0)
        expect_path("read", "there");
    else
        expect_no_path("read", "there");
    printf("no such: %ld\n", syscall(X32 | 5000));
    expect("call x32 getpid");
    expect("call x32 open");
    expect("call x86_64 getpid");
    return 0;
}
