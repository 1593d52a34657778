/*
 * Reading and writing a tracee's memory.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Exactly size bytes at address; false when any of them cannot be read. */
bool memory_read(pid_t tid, uint64_t address, void *bytes, size_t size);
bool memory_write(pid_t tid, uint64_t address, const void *bytes, size_t size);
/* A NUL-terminated string of at most limit bytes, on the heap; NULL when it cannot be read or has no
 * end within the limit (ret_too_long tells, may be NULL). */
char *memory_read_string(pid_t tid, uint64_t address, size_t limit, bool *ret_too_long);
