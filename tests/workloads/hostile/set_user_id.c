/* Run as an unprivileged user from a file that is set-user-ID root: traced without privilege, it runs
 * without its own, and the recording must say so. test_hostile.sh arranges it. */
#include "hostile.h"

int main(void)
{
    if (getuid() == 0)
        return SKIP;
    expect(geteuid() == 0 ? "call %s geteuid" : "loss privilege", ABI);
    expect_call("getpriority");
    syscall(SYS_getpriority, 0, 0);
    puts("ran");
    return 8;
}
