/*
 * Start-up or serving: when a server has begun to wait for clients.
 */
#pragma once

#include "trace/tracer.h"

/* A call that waits: serving begins with the first one after a listen. */
void phase_wait(struct tracer *tracer, const char *call_name);
/* Serving begins now, whatever was seen; sign says what told. */
void phase_serve(struct tracer *tracer, const char *sign);
