/*
 * What the workload consumed: memory, processor time, bytes.
 */
#pragma once

#include "trace/tracer.h"

/* The thread is about to end and can still be looked at (PTRACE_EVENT_EXIT). */
void usage_thread_exits(struct tracer *tracer, struct thread *thread);
/* Sums the memory of all processes alive; costs a few microseconds a process. */
void usage_sample(struct tracer *tracer);
/* The last word, when every child has been waited for. */
void usage_finish(struct tracer *tracer);
