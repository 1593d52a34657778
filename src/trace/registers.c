#include "trace/registers.h"

#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

static bool poke(pid_t tid, size_t offset, uint64_t value)
{
    return ptrace(PTRACE_POKEUSER, tid, offset, value) == 0;
}

#if defined(__x86_64__)
bool registers_set_first_arg(pid_t tid, enum abi abi, uint64_t value)
{
    /* i386 passes its first argument in ebx, which a 64-bit tracer sees as rbx. */
    size_t offset = abi == ABI_I386 ? offsetof(struct user_regs_struct, rbx) : offsetof(struct user_regs_struct, rdi);
    return poke(tid, offset, value);
}

bool registers_set_result(pid_t tid, enum abi abi, int64_t value)
{
    (void)abi;
    return poke(tid, offsetof(struct user_regs_struct, rax), (uint64_t)value);
}

/* The kernel has put -ENOSYS into rax before it stopped (arch/x86/entry/common.c). */
bool registers_skip_call(pid_t tid)
{
    return poke(tid, offsetof(struct user_regs_struct, orig_rax), UINT64_MAX);
}
#elif defined(__aarch64__)
static bool set_x0(pid_t tid, uint64_t value)
{
    struct user_regs_struct regs;
    struct iovec vector = {.iov_base = &regs, .iov_len = sizeof(regs)};
    if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &vector) < 0)
        return false;
    regs.regs[0] = value;
    return ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &vector) == 0;
}

bool registers_set_first_arg(pid_t tid, enum abi abi, uint64_t value)
{
    (void)abi;
    return set_x0(tid, value);
}

bool registers_set_result(pid_t tid, enum abi abi, int64_t value)
{
    (void)abi;
    return set_x0(tid, (uint64_t)value);
}

bool registers_skip_call(pid_t tid)
{
    int none = -1;
    struct iovec vector = {.iov_base = &none, .iov_len = sizeof(none)};
    return ptrace(PTRACE_SETREGSET, tid, NT_ARM_SYSTEM_CALL, &vector) == 0 && set_x0(tid, (uint64_t)-ENOSYS);
}
#else
#error "no register access for this machine"
#endif
