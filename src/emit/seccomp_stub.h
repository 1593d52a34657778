/*
 * What runc since 1.0 puts in front of a filter: calls with higher numbers than any that the profile names for an ABI
 * get ENOSYS, so that libraries newer than the profile fall back to calls that it knows.
 */
#pragma once

#include "base/buf.h"
#include "model/seccomp_policy.h"

/* Appends struct sock_filter after struct sock_filter, nothing when there is no stub. What the stub does not answer runs
 * on behind its end. The evaluator was made with runc_stub. */
void seccomp_stub_program(const struct seccomp_evaluator *evaluator, struct buf *out);
