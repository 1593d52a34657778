/*
 * The ABIs a system call can be made through, and what each is called in every format.
 *
 * An ABI is not a machine: an x86-64 kernel serves x86_64, i386 and x32. It comes from
 * PTRACE_GET_SYSCALL_INFO or seccomp_data.arch plus the x32 marker bit, never from the number alone.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum abi { ABI_X86_64, ABI_I386, ABI_X32, ABI_AARCH64, ABI_ARM, ABI_RISCV64, ABI_COUNT };
#define ABI_NONE ABI_COUNT

/* Set in an x32 system call number as the kernel sees it (asm/unistd.h __X32_SYSCALL_BIT). */
#define X32_SYSCALL_BIT 0x40000000u

struct arch {
    enum abi abi;
    const char *name;       /* as in recordings and `show`: "x86_64" */
    const char *scmp;       /* as in seccomp JSON: "SCMP_ARCH_X86_64" */
    const char *docker;     /* as in Docker's includes.arches (Go names): "amd64" */
    const char *systemd;    /* as in SystemCallArchitectures=: "x86-64" */
    uint32_t audit;         /* AUDIT_ARCH_*, linux/audit.h; x32 shares x86_64's */
    uint32_t seccomp_token; /* libseccomp's SCMP_ARCH_*: AUDIT_ARCH except x32 */
    bool is_64_bit;         /* arguments are 64 bits wide */
    enum abi family;        /* the native ABI of the machine it runs on: ABI_X86_64 for i386 and x32 */
};

/* abi must be below ABI_COUNT. */
const struct arch *arch_get(enum abi abi);
/* By any of the spellings above, or ABI_NONE. */
enum abi arch_from_name(const char *name);
/* From AUDIT_ARCH_* and the number as the kernel sees it; *nr loses the x32 bit. ABI_NONE if unknown. */
enum abi arch_from_audit(uint32_t audit, uint64_t *nr);
/* The ABI this program was built for. */
enum abi arch_native(void);
