/*
 * Keeps tracer and tracee on one processor while that is faster.
 *
 * Waking a thread on another processor costs several times what the stop itself costs
 * (a ptrace stop is two wake-ups), so a call-heavy workload runs 3 to 20 times faster when tracer and
 * tracees share a processor; a computing, parallel one runs slower. Which it is shows in the number of
 * stops served per second: both ways are measured now and then and the better one is kept. The workload
 * never sees it through sched_getaffinity(2); /proc/PID/status shows it.
 */
#pragma once

#include "trace/tracer.h"

void affinity_init(struct tracer *tracer);
/* Called at every stop; decides now and then. */
void affinity_stop(struct tracer *tracer, uint64_t stops);
/* Called when nothing happened for a while: an idle workload is left free. */
void affinity_tick(struct tracer *tracer);
/* Everything is put back as it was. */
void affinity_release(struct tracer *tracer);
