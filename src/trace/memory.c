#include "trace/memory.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "base/mem.h"

enum { PAGE = 4096, FIRST_READ = 256 };

bool memory_read(pid_t tid, uint64_t address, void *bytes, size_t size)
{
    struct iovec local = {.iov_base = bytes, .iov_len = size};
    struct iovec remote = {.iov_base = (void *)(uintptr_t)address, .iov_len = size};
    return process_vm_readv(tid, &local, 1, &remote, 1, 0) == (ssize_t)size;
}

bool memory_write(pid_t tid, uint64_t address, const void *bytes, size_t size)
{
    struct iovec local = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = size};
    struct iovec remote = {.iov_base = (void *)(uintptr_t)address, .iov_len = size};
    return process_vm_writev(tid, &local, 1, &remote, 1, 0) == (ssize_t)size;
}

/* Most paths are short: one small read serves them, and no read crosses into a page that may not be there. */
char *memory_read_string(pid_t tid, uint64_t address, size_t limit, bool *ret_too_long)
{
    char stack[PATH_MAX + PAGE];
    size_t length = 0;
    if (ret_too_long)
        *ret_too_long = false;
    while (length < limit && length + PAGE <= sizeof(stack)) {
        size_t step = PAGE - (address & (PAGE - 1));
        if (length == 0 && step > FIRST_READ)
            step = FIRST_READ;
        if (!memory_read(tid, address, stack + length, step))
            return NULL;
        const char *end = memchr(stack + length, '\0', step);
        if (end)
            return mem_dup(stack, (size_t)(end - stack));
        length += step;
        address += step;
    }
    if (ret_too_long)
        *ret_too_long = true;
    return NULL;
}
