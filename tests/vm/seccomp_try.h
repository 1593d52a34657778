/*
 * What seccomp_matrix asks seccomp_try: a file of filters, each followed by the calls to make under it.
 */
#pragma once

#include <stdint.h>

#include "support/raw_call.h"

struct try_filter {
    uint32_t instructions; /* struct sock_filter, which follow */
    uint32_t calls;        /* struct try_call, which follow those */
};

struct try_call {
    uint32_t door; /* enum raw_door */
    uint32_t is_last; /* nothing is expected to return from it: it gets a process of its own */
    uint64_t number;
    uint64_t args[6];
};
