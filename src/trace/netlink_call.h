/*
 * Netlink messages that only a privileged process may send or receive (private to trace).
 */
#pragma once

#include "trace/tracer.h"

/* A message was sent to the kernel. Whether it was obeyed comes in an answer, later: sending it is taken to
 * need the capability, where the sender holds it. */
void netlink_sent(struct tracer *tracer, struct thread *thread, int fd, uint64_t bytes, uint64_t length);
/* bind(2) with groups, args as there, has succeeded. */
void netlink_groups_joined(struct tracer *tracer, struct thread *thread, const uint64_t *args);
