/*
 * Names of errno values, both ways: 2 and "ENOENT".
 *
 * Includes the kernel's restart codes (512 to 516, include/linux/errno.h), which a tracer sees in
 * results although no program does. A value without a name is spelt "errno_NUMBER".
 */
#pragma once

/* The kernel returns errors as -1 to -4095 (MAX_ERRNO, include/linux/err.h). */
#define ERRNO_MAX 4095
#define ERRNO_NAME_MAX 32

/* error is 1 to ERRNO_MAX. The name, or "errno_NUMBER" written into buffer. */
const char *errno_name(int error, char buffer[static ERRNO_NAME_MAX]);
/* The value, or 0 when name is not one that errno_name gives. */
int errno_from_name(const char *name);
