/*
 * A workload under the tracer, as every command that runs one has it: notes and progress on standard error,
 * signals passed on, and the exit status that comes of it.
 */
#pragma once

#include <stdbool.h>

#include "trace/trace.h"

struct tracing {
    struct trace_options options; /* what the hooks get is this struct */
    void *context;                /* of the caller's own hooks */
    bool quiet;                   /* no progress */
    bool progress_shown;
};

/* As trace_run. The hooks note and progress and the signals are set here. */
int tracing_run(struct tracing *tracing, struct recording **ret, struct err *err);
/* Before anything else is printed. */
void tracing_clear_progress(struct tracing *tracing);

/* The exit statuses of DESIGN: 127 not found, 126 cannot be executed, 125 everything else. */
int tracing_status_of_failure(const struct err *err);
/* Its own, or 128+N. */
int tracing_status_of_run(const struct run *run);
