/*
 * A program without libc: system calls, a little text output, an entry point. x86-64 only.
 *
 * What runs under a foreign seccomp profile must need nothing of its own: libc's start-up alone makes a dozen calls that
 * the profile may not allow.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define BARE_ERRNO_MAX 4095

static inline long bare_call6(long number, long a, long b, long c, long d, long e, long f)
{
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

/* BARE(number, up to six arguments): the result, or a negative errno. */
#define BARE_PICK(n, a, b, c, d, e, f, ...) \
    bare_call6((long)(n), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define BARE(...) BARE_PICK(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

_Noreturn void bare_exit(int status);
int bare_equal(const char *a, const char *b);
size_t bare_length(const char *text);
/* A fixed-size line of output; what does not fit is dropped. */
struct bare_line {
    char bytes[512];
    size_t length;
};
void bare_add(struct bare_line *line, const char *text);
void bare_add_number(struct bare_line *line, unsigned long number);
/* Writes the line to standard output and empties it. */
void bare_print(struct bare_line *line);
/* "EPERM"; NULL when it has no name here. */
const char *bare_errno_name(long error);

/* The program: called by the entry point, its result is the exit status. */
int bare_main(int argc, char **argv);
