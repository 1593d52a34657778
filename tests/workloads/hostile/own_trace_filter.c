/* Its own filter answers SECCOMP_RET_TRACE although nobody of its own traces: bare, such a call gets
 * ENOSYS. A tracer that does not know the value must not let the call pass as if it were its own. */
#include "hostile.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>

int main(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpgrp, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE | 7),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]), .filter = code};
    must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
    tell("filter", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
    long group = syscall(SYS_getpgrp);
    bool same = group < 0 && errno == ENOSYS;
    make_file("after");
    expect_path("create", "after");
    expect("call %s getpgrp || loss own-filter", ABI);
    expect(same ? "may-lose own-filter" : "loss own-filter");
    return 0;
}
