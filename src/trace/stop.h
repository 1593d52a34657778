/*
 * A tracee has stopped or ended: what that means, and how it goes on.
 */
#pragma once

#include "trace/tracer.h"

/* One wait status of one thread. */
void stop_handle(struct tracer *tracer, pid_t tid, int status);
/* Asks every thread to stop so that it can be let go; stop_handle detaches each as it stops. */
void stop_detach_all(struct tracer *tracer);
