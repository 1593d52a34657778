/*
 * What every hostile workload shares: it prints on standard output how things went for it, which must
 * be the same bare and traced, and it writes what a true recording of it says to descriptor 9, one
 * expectation a line (test_hostile.sh and check_recording.py read them):
 *
 *   call ABI NAME        the call was made          count ABI NAME N      exactly N times
 *   path ACCESS PATH     that was done to it        nopath ACCESS PATH    that was not
 *   loss CAUSE           the recording says so      may-lose CAUSE        the recording may say so
 *   capability N CALL  the call shows it        nocapability N    no call shows it
 *   peak NAME N          at least N of a resource   A || B                one of the two
 *
 * With neither loss nor may-lose the recording must be complete.
 */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXPECT_FD 9
#define SKIP 77
#define MAYBE_UNUSED __attribute__((unused))

#if defined(__x86_64__) && !defined(__ILP32__)
#define ABI "x86_64"
#elif defined(__x86_64__)
#define ABI "x32"
#elif defined(__i386__)
#define ABI "i386"
#elif defined(__aarch64__)
#define ABI "aarch64"
#elif defined(__arm__)
#define ABI "arm"
#elif defined(__riscv)
#define ABI "riscv64"
#endif

/* One whole line in one write, so that processes do not mix theirs. */
MAYBE_UNUSED static void expect(const char *format, ...)
{
    char line[3 * PATH_MAX];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(line, sizeof(line) - 1, format, args);
    va_end(args);
    if (length < 0 || length >= (int)sizeof(line) - 1)
        abort();
    line[length++] = '\n';
    if (write(EXPECT_FD, line, (size_t)length) < 0 && errno != EBADF)
        abort();
}

MAYBE_UNUSED static void expect_call(const char *name)
{
    expect("call %s %s", ABI, name);
}

/* A path as recordings show it: \xHH for control characters, backslashes and bytes that are not UTF-8.
 * Characters of more than one byte are taken for valid only where the workload says so. */
MAYBE_UNUSED static void escape(const char *path, bool utf8, char *out, size_t size)
{
    size_t used = 0;
    for (const char *p = path; *p; p++) {
        unsigned char byte = (unsigned char)*p;
        bool plain = byte >= 0x20 && byte != 0x7f && byte != '\\' && (byte < 0x80 || utf8);
        if (used + 5 > size)
            abort();
        used += (size_t)snprintf(out + used, size - used, plain ? "%c" : "\\x%02x", byte);
    }
}

/* path is absolute, or relative to the directory the workload started in, which is in HERE for it
 * or the working directory now. */
MAYBE_UNUSED static void expect_path_bytes(const char *word, const char *access, const char *path, bool utf8)
{
    char here[PATH_MAX] = "";
    char text[2 * PATH_MAX + 256];
    const char *start = getenv("HERE");
    if (path[0] != '/' && !start)
        start = getcwd(here, sizeof(here));
    escape(path, utf8, text, sizeof(text));
    expect("%s %s %s%s%s", word, access, path[0] == '/' ? "" : start, path[0] == '/' ? "" : "/", text);
}

MAYBE_UNUSED static void expect_path(const char *access, const char *path)
{
    expect_path_bytes("path", access, path, false);
}

MAYBE_UNUSED static void expect_no_path(const char *access, const char *path)
{
    expect_path_bytes("nopath", access, path, false);
}

/* The workload itself went wrong: neither the tracer's fault nor a reason to go on. */
MAYBE_UNUSED __attribute__((noreturn)) static void give_up(const char *doing)
{
    fprintf(stderr, "%s: %s\n", doing, strerror(errno));
    exit(99);
}

MAYBE_UNUSED static long must(long result, const char *doing)
{
    if (result < 0)
        give_up(doing);
    return result;
}

MAYBE_UNUSED static void make_file(const char *path)
{
    int fd = (int)must(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644), path);
    must(write(fd, path, strlen(path)), path);
    close(fd);
}

#ifdef __GLIBC__
#define error_name(error) strerrorname_np(error)
#define signal_name(signal) sigabbrev_np(signal)
#else
#define error_name(error) strerror(error)
#define signal_name(signal) strsignal(signal)
#endif

/* How a result looks on standard output. */
MAYBE_UNUSED static void tell(const char *what, long result)
{
    printf("%s: %s\n", what, result < 0 ? error_name(errno) : "ok");
}

MAYBE_UNUSED static void tell_status(const char *what, int status)
{
    if (WIFEXITED(status))
        printf("%s: exited %d\n", what, WEXITSTATUS(status));
    else if (WIFSIGNALED(status))
        printf("%s: killed by %s\n", what, signal_name(WTERMSIG(status)));
    else
        printf("%s: status %#x\n", what, (unsigned)status);
}

MAYBE_UNUSED static int wait_for(pid_t pid)
{
    int status = -1;
    while (waitpid(pid, &status, __WALL) < 0)
        if (errno != EINTR)
            give_up("waitpid");
    return status;
}
