/*
 * How a workload comes under the tracer: launched as our child, or attached to while it runs.
 */
#pragma once

#include "trace/tracer.h"

/* Finds the program, forks, seizes the child and lets it install the filter and execute. The child's failure
 * to execute is told by launch_result once the child has ended. */
int launch_command(struct tracer *tracer, int *ret_report_fd, struct err *err);
/* 0 when the child executed its program, or what it reported, as an error sentence. */
int launch_result(const struct tracer *tracer, int report_fd, struct err *err);
/* Seizes every thread of every process in the options. */
int launch_attach(struct tracer *tracer, struct err *err);
