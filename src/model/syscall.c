#include "model/syscall.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "syscall_table.h"

/* syscall_table.h is made at build time from profiles/syscalls.csv by tools/syscalls2c.c: the rows sorted by
 * name, and per ABI an array from number to row. */

size_t syscall_count(void)
{
    return syscall_row_count;
}

const struct syscall *syscall_at(size_t index)
{
    assert(index < syscall_row_count);
    return &syscall_rows[index];
}

static int compare_name(const void *key, const void *row)
{
    return strcmp(key, ((const struct syscall *)row)->name);
}

const struct syscall *syscall_by_name(const char *name)
{
    return bsearch(name, syscall_rows, syscall_row_count, sizeof(syscall_rows[0]), compare_name);
}

const struct syscall *syscall_by_number(enum abi abi, uint64_t number)
{
    const struct syscall_index *index = &syscall_indexes[abi];
    if (number < index->count)
        return index->rows[number] < 0 ? NULL : &syscall_rows[index->rows[number]];
    /* ARM keeps a handful of private calls far above the rest. */
    for (size_t i = 0; abi == ABI_ARM && i < syscall_row_count; i++)
        if (syscall_rows[i].number[abi] >= 0 && (uint64_t)syscall_rows[i].number[abi] == number)
            return &syscall_rows[i];
    return NULL;
}

const char *syscall_name(enum abi abi, uint64_t number, char buffer[static SYSCALL_NAME_MAX])
{
    const struct syscall *known = syscall_by_number(abi, number);
    if (known)
        return known->name;
    (void)snprintf(buffer, SYSCALL_NAME_MAX, "syscall_%" PRIu64, number);
    return buffer;
}

int syscall_number(enum abi abi, const char *name)
{
    const struct syscall *known = syscall_by_name(name);
    if (known)
        return known->number[abi];
    uint64_t number;
    if (strncmp(name, "syscall_", 8) == 0 && num_parse_u64(name + 8, INT32_MAX, &number))
        return (int)number;
    return SYSCALL_NONE;
}

kernel_version kernel_version_parse(const char *release)
{
    char *end;
    unsigned long major = strtoul(release, &end, 10);
    if (end == release || *end != '.' || major > 999)
        return 0;
    const char *minor_text = end + 1;
    unsigned long minor = strtoul(minor_text, &end, 10);
    if (end == minor_text || minor > 999)
        return 0;
    return (kernel_version)(major * 1000 + minor);
}
