#include "bare.h"

#include <errno.h>
#include <sys/syscall.h>

/* The stack holds argc and then argv; the ABI wants it aligned at a call. */
__asm__(".globl _start\n"
        "_start:\n"
        "    xor %ebp, %ebp\n"
        "    mov (%rsp), %edi\n"
        "    lea 8(%rsp), %rsi\n"
        "    and $-16, %rsp\n"
        "    call bare_start\n"
        "    hlt\n");

_Noreturn void bare_start(int argc, char **argv);
_Noreturn void bare_start(int argc, char **argv)
{
    bare_exit(bare_main(argc, argv));
}

/* The compiler calls these for initialisers and copies. */
void *memset(void *where, int byte, size_t length);
void *memset(void *where, int byte, size_t length)
{
    volatile unsigned char *out = where;
    for (size_t i = 0; i < length; i++)
        out[i] = (unsigned char)byte;
    return where;
}

void *memcpy(void *restrict to, const void *restrict from, size_t length);
void *memcpy(void *restrict to, const void *restrict from, size_t length)
{
    volatile unsigned char *out = to;
    const unsigned char *in = from;
    for (size_t i = 0; i < length; i++)
        out[i] = in[i];
    return to;
}

_Noreturn void bare_exit(int status)
{
    for (;;)
        BARE(SYS_exit_group, status);
}

int bare_equal(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

size_t bare_length(const char *text)
{
    size_t length = 0;
    while (text[length])
        length++;
    return length;
}

void bare_add(struct bare_line *line, const char *text)
{
    for (; *text && line->length < sizeof(line->bytes); text++)
        line->bytes[line->length++] = *text;
}

void bare_add_number(struct bare_line *line, unsigned long number)
{
    char digits[24];
    size_t at = sizeof(digits);
    digits[--at] = '\0';
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    bare_add(line, digits + at);
}

void bare_print(struct bare_line *line)
{
    size_t done = 0;
    while (done < line->length) {
        long wrote = BARE(SYS_write, 1, line->bytes + done, line->length - done);
        if (wrote <= 0)
            break;
        done += (size_t)wrote;
    }
    line->length = 0;
}

#define NAMED(error) [error] = #error
static const char *const errno_names[] = {
    NAMED(EPERM),           NAMED(ENOENT),     NAMED(ESRCH),        NAMED(EINTR),       NAMED(EIO),
    NAMED(ENXIO),           NAMED(E2BIG),      NAMED(ENOEXEC),      NAMED(EBADF),       NAMED(ECHILD),
    NAMED(EAGAIN),          NAMED(ENOMEM),     NAMED(EACCES),       NAMED(EFAULT),      NAMED(ENOTBLK),
    NAMED(EBUSY),           NAMED(EEXIST),     NAMED(EXDEV),        NAMED(ENODEV),      NAMED(ENOTDIR),
    NAMED(EISDIR),          NAMED(EINVAL),     NAMED(ENFILE),       NAMED(EMFILE),      NAMED(ENOTTY),
    NAMED(ETXTBSY),         NAMED(EFBIG),      NAMED(ENOSPC),       NAMED(ESPIPE),      NAMED(EROFS),
    NAMED(EMLINK),          NAMED(EPIPE),      NAMED(EDOM),         NAMED(ERANGE),      NAMED(ENAMETOOLONG),
    NAMED(ENOSYS),          NAMED(ENOTEMPTY),  NAMED(ELOOP),        NAMED(EUSERS),      NAMED(ENOTSOCK),
    NAMED(EPROTONOSUPPORT), NAMED(EOPNOTSUPP), NAMED(EAFNOSUPPORT), NAMED(ENOTCONN),    NAMED(ECONNREFUSED),
    NAMED(ENOKEY),          NAMED(EKEYEXPIRED), NAMED(EKEYREVOKED), NAMED(EDQUOT),      NAMED(ENOMEDIUM),
    NAMED(ESOCKTNOSUPPORT), NAMED(EOVERFLOW),  NAMED(ENOPROTOOPT),  NAMED(EHWPOISON),
};

const char *bare_errno_name(long error)
{
    if (error < 0 || (size_t)error >= sizeof(errno_names) / sizeof(errno_names[0]))
        return NULL;
    return errno_names[error];
}
