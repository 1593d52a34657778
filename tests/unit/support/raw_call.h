/*
 * System calls made by the instruction itself, through each of the three doors of an x86-64 kernel.
 *
 * The x86-64 and x32 calls enter by syscall, the i386 ones by int $0x80, whose pointers must lie below 4 GiB.
 */
#pragma once

#include <stdint.h>

#define RAW_X32_BIT 0x40000000u

enum raw_door { RAW_X86_64, RAW_I386, RAW_X32 };

static inline long raw_call_64(uint64_t number, const uint64_t *args)
{
    long result;
    register uint64_t r10 __asm__("r10") = args[3];
    register uint64_t r8 __asm__("r8") = args[4];
    register uint64_t r9 __asm__("r9") = args[5];
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(args[0]), "S"(args[1]), "d"(args[2]), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

static inline long raw_call_32(uint64_t number, const uint64_t *args)
{
    long result;
    register uint64_t sixth __asm__("r8") = args[5];
    __asm__ volatile("sub $128, %%rsp\n\t" /* below is the red zone */
                     "push %%rbp\n\t"
                     "mov %%r8d, %%ebp\n\t"
                     "int $0x80\n\t"
                     "pop %%rbp\n\t"
                     "add $128, %%rsp"
                     : "=a"(result), "+r"(sixth)
                     : "a"(number), "b"(args[0]), "c"(args[1]), "d"(args[2]), "S"(args[3]), "D"(args[4])
                     : "r9", "r10", "r11", "memory");
    return (int32_t)result;
}

/* number is without the x32 bit. The result, or a negative errno. */
static inline long raw_call(enum raw_door door, uint64_t number, const uint64_t *args)
{
    if (door == RAW_I386)
        return raw_call_32(number, args);
    return raw_call_64(number | (door == RAW_X32 ? RAW_X32_BIT : 0), args);
}
