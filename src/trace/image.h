/*
 * Which program a process runs: the executable, its ELF interpreter, and the script behind #!.
 */
#pragma once

#include "trace/tracer.h"

/* The thread has just executed a new program (PTRACE_EVENT_EXEC), or was just attached to. */
void image_executed(struct tracer *tracer, struct thread *thread);
void image_attached(struct tracer *tracer, struct thread *thread);
