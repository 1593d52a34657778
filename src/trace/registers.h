/*
 * The few places where a tracee's registers are changed; the only code that knows a machine's registers.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/arch.h"

/* Changes the first argument of a call at its entry. False where this machine has no code for it. */
bool registers_set_first_arg(pid_t tid, enum abi abi, uint64_t value);
/* At a seccomp stop: the call is not made and returns ENOSYS. */
bool registers_skip_call(pid_t tid);
/* Changes what a call returns, at its exit. */
bool registers_set_result(pid_t tid, enum abi abi, int64_t value);
