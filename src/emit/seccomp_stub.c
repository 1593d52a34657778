#include "emit/seccomp_stub.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/bpf_common.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN_ENOSYS BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS)

/* No number is above this one. */
#define NO_LIMIT UINT32_MAX

static uint32_t limit_of(const struct seccomp_evaluator *evaluator, enum abi abi)
{
    uint32_t highest;
    if (!seccomp_evaluator_stub(evaluator, abi, &highest))
        return NO_LIMIT;
    return abi == ABI_X32 ? highest | X32_SYSCALL_BIT : highest;
}

/* x86-64 and x32 share their architecture; a bit of the number tells them apart. */
static void stub_x86_64(const struct seccomp_evaluator *evaluator, struct buf *out)
{
    uint32_t highest = limit_of(evaluator, ABI_X86_64);
    uint32_t highest_x32 = limit_of(evaluator, ABI_X32);
    const struct sock_filter code[] = {
        LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, 5),
        LOAD(nr),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, X32_SYSCALL_BIT, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, highest, 1, 2),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, highest_x32, 0, 1),
        RETURN_ENOSYS,
    };
    if (highest != NO_LIMIT || highest_x32 != NO_LIMIT)
        buf_add(out, code, sizeof(code));
}

static void stub_other(const struct seccomp_evaluator *evaluator, enum abi abi, struct buf *out)
{
    uint32_t highest = limit_of(evaluator, abi);
    const struct sock_filter code[] = {
        LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, arch_get(abi)->audit, 0, 3),
        LOAD(nr),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, highest, 0, 1),
        RETURN_ENOSYS,
    };
    if (highest != NO_LIMIT)
        buf_add(out, code, sizeof(code));
}

void seccomp_stub_program(const struct seccomp_evaluator *evaluator, struct buf *out)
{
    stub_x86_64(evaluator, out);
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        if (abi != ABI_X86_64 && abi != ABI_X32)
            stub_other(evaluator, abi, out);
}
