#include "trace/phase.h"

#include <stdio.h>

#include "trace/call.h"

void phase_serve(struct tracer *tracer, const char *sign)
{
    if (tracer->phase == PHASE_SERVING)
        return;
    tracer->phase = PHASE_SERVING;
    tracer->run->serving_ns = trace_elapsed_ns(tracer);
    tracer->run->serving_sign = recording_string(tracer->recording, sign);
}

void phase_wait(struct tracer *tracer, const char *call_name)
{
    char sign[64];
    if (tracer->phase == PHASE_SERVING || !tracer->saw_listen || tracer->options->phase_after_ns > 0)
        return;
    (void)snprintf(sign, sizeof(sign), "listen, then %s", call_name);
    phase_serve(tracer, sign);
}

void wait_call_entry(struct tracer *tracer, struct thread *thread)
{
    phase_wait(tracer, thread->call.spec->name);
}
