/* i386 calls from a 64-bit program: the same numbers mean other calls. */
#include "hostile.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

static sigjmp_buf refused;

static void on_signal(int signal)
{
    (void)signal;
    siglongjmp(refused, 1);
}

static long int80(long number, long a, long b, long c)
{
    long result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(number), "b"(a), "c"(b), "d"(c)
                     : "memory", "r8", "r9", "r10", "r11");
    return (int)result;
}

int main(void)
{
    signal(SIGSEGV, on_signal);
    if (sigsetjmp(refused, 1) || int80(20, 0, 0, 0) != getpid())
        return SKIP; /* no i386 emulation */
    char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    if (low == MAP_FAILED)
        give_up("mmap");
    long address = (long)(intptr_t)low;
    strcpy(low, "by-int80");
    long fd = int80(5, address, O_CREAT | O_RDWR, 0644); /* open; fstat on x86_64 */
    printf("open: %d\n", fd >= 0);
    printf("write: %ld\n", int80(4, fd, address, 8)); /* write; stat on x86_64 */
    printf("close: %ld\n", int80(6, fd, 0, 0));       /* close; lstat on x86_64 */
    strcpy(low, "made-by-int80");
    printf("mkdir: %ld\n", int80(39, address, 0755, 0)); /* mkdir; getpid on x86_64 */
    printf("bad: %ld\n", int80(5, 1, 0, 0));
    printf("waitpid: %ld\n", int80(7, -1, 0, 0)); /* waitpid; poll on x86_64 */
    printf("no such: %ld\n", int80(1000, 0, 0, 0));
    pid_t pid = fork();
    if (pid == 0)
        int80(1, 7, 0, 0); /* exit; write on x86_64 */
    tell_status("child", wait_for(pid));
    for (const char **name = (const char *[]){"getpid", "open", "write", "close", "mkdir", "waitpid", "exit", NULL};
         *name; name++)
        expect("call i386 %s", *name);
    expect("call x86_64 getpid");
    expect("nocall x86_64 lstat");
    expect_path("create", "by-int80");
    expect_path("write", "by-int80");
    expect_path("create", "made-by-int80");
    expect("may-lose unreadable");
    expect("may-lose foreign-abi");
    return 0;
}
