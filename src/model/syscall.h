/*
 * The system call table: names, numbers per ABI, and the kernel release that brought each.
 *
 * The table is the project's own (profiles/syscalls.csv, Linux up to 7.0) because an installed
 * libseccomp may know fewer calls than the running kernel. A call is identified by its name;
 * a number means something only together with an ABI.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "model/arch.h"

#define SYSCALL_NONE (-1)

/* A kernel release as major * 1000 + minor, so that 6.18 is 6018 and releases compare as numbers;
 * 0 is unknown. 2.6.N counts as 2 * 1000 + 6 (the third part is not needed by anything). */
typedef unsigned kernel_version;

/* From a release string such as "6.18.44-amd64"; 0 when it does not start with two numbers. */
kernel_version kernel_version_parse(const char *release);

struct syscall {
    const char *name;
    int number[ABI_COUNT]; /* SYSCALL_NONE where the ABI has no such call; x32 without its marker bit */
    kernel_version since;
};

/* Rows are sorted by name; index below syscall_count. */
size_t syscall_count(void);
const struct syscall *syscall_at(size_t index);
/* NULL when the name is not in the table. */
const struct syscall *syscall_by_name(const char *name);
/* NULL when the ABI has no call of that number in the table. O(1). */
const struct syscall *syscall_by_number(enum abi abi, uint64_t number);
/* The name, or "syscall_NUMBER" written into buffer when the table does not know it. */
#define SYSCALL_NAME_MAX 48
const char *syscall_name(enum abi abi, uint64_t number, char buffer[static SYSCALL_NAME_MAX]);
/* The number of name, which may also be spelt syscall_NUMBER; SYSCALL_NONE when the ABI has none. */
int syscall_number(enum abi abi, const char *name);
