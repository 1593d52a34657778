/*
 * The processes of a running container, found by its id in their control groups.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

/* Appends the processes whose cgroup path (cgroups(7), /proc/PID/cgroup) holds id, which must be at least 12
 * hexadecimal digits as every runtime prints them. *pids is on the heap. -ESRCH when there is none. */
int container_processes(const char *id, pid_t **pids, size_t *count, struct err *err);
