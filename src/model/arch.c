#include "model/arch.h"

#include <assert.h>
#include <linux/audit.h>
#include <string.h>

#include "base/mem.h"

/* libseccomp gives x32 a token of its own: EM_X86_64 | __AUDIT_ARCH_LE without the 64-bit flag (seccomp.h). */
#define TOKEN_X32 (62u | __AUDIT_ARCH_LE)

/* clang-format off */
static const struct arch arches[ABI_COUNT] = {
    [ABI_X86_64] = {ABI_X86_64, "x86_64", "SCMP_ARCH_X86_64", "amd64", "x86-64",
                    AUDIT_ARCH_X86_64, AUDIT_ARCH_X86_64, true, ABI_X86_64},
    [ABI_I386] = {ABI_I386, "i386", "SCMP_ARCH_X86", "x86", "x86",
                  AUDIT_ARCH_I386, AUDIT_ARCH_I386, false, ABI_X86_64},
    [ABI_X32] = {ABI_X32, "x32", "SCMP_ARCH_X32", "x32", "x32",
                 AUDIT_ARCH_X86_64, TOKEN_X32, true, ABI_X86_64},
    [ABI_AARCH64] = {ABI_AARCH64, "aarch64", "SCMP_ARCH_AARCH64", "arm64", "arm64",
                     AUDIT_ARCH_AARCH64, AUDIT_ARCH_AARCH64, true, ABI_AARCH64},
    [ABI_ARM] = {ABI_ARM, "arm", "SCMP_ARCH_ARM", "arm", "arm",
                 AUDIT_ARCH_ARM, AUDIT_ARCH_ARM, false, ABI_AARCH64},
    [ABI_RISCV64] = {ABI_RISCV64, "riscv64", "SCMP_ARCH_RISCV64", "riscv64", "riscv64",
                     AUDIT_ARCH_RISCV64, AUDIT_ARCH_RISCV64, true, ABI_RISCV64},
};
/* clang-format on */

const struct arch *arch_get(enum abi abi)
{
    assert(abi < ABI_COUNT);
    return &arches[abi];
}

enum abi arch_from_name(const char *name)
{
    for (size_t i = 0; i < ARRAY_COUNT(arches); i++) {
        const struct arch *arch = &arches[i];
        if (strcmp(name, arch->name) == 0 || strcmp(name, arch->scmp) == 0 ||
            strcmp(name, arch->docker) == 0 || strcmp(name, arch->systemd) == 0)
            return arch->abi;
    }
    return ABI_NONE;
}

enum abi arch_from_audit(uint32_t audit, uint64_t *nr)
{
    /* -1 as a number has every bit set and is no x32 call: the kernel tests the bit on a valid number. */
    if (audit == AUDIT_ARCH_X86_64 && (*nr & X32_SYSCALL_BIT) && *nr <= UINT32_MAX / 2) {
        *nr &= ~(uint64_t)X32_SYSCALL_BIT;
        return ABI_X32;
    }
    for (size_t i = 0; i < ARRAY_COUNT(arches); i++)
        if (arches[i].audit == audit && arches[i].abi != ABI_X32)
            return arches[i].abi;
    return ABI_NONE;
}

enum abi arch_native(void)
{
#if defined(__x86_64__) && defined(__ILP32__)
    return ABI_X32;
#elif defined(__x86_64__)
    return ABI_X86_64;
#elif defined(__i386__)
    return ABI_I386;
#elif defined(__aarch64__)
    return ABI_AARCH64;
#elif defined(__arm__)
    return ABI_ARM;
#elif defined(__riscv) && __riscv_xlen == 64
    return ABI_RISCV64;
#else
#error "no system call table for this machine"
#endif
}
