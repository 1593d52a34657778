/*
 * The recordings that declarations are held against: read, and what they need of a container found out, once.
 *
 * Runs of one workload become one: recordings for the same container, and those without one whose first program is the same (of an
 * interpreter the whole command).
 * Constant once the audit runs; threads share it.
 */
#pragma once

#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"

struct used_recordings;

/* More of them are no workload's, but a mistake. */
#define USED_RECORDINGS_MAX 1000

struct used_recordings *used_recordings_new(void);
void used_recordings_free(struct used_recordings *recordings);
MEM_DEFINE_CLEANUP(struct used_recordings *, used_recordings_free)

/* "[[WORKLOAD/]CONTAINER=]FILE"; what stands before the = is a name only when no file is called as the whole. */
int used_recordings_add(struct used_recordings *recordings, const char *spec, struct err *err);
struct recording;
/* One that was read already, with at least one run; taken over. container may be NULL. */
void used_recordings_put(struct used_recordings *recordings, const char *name, const char *container, struct recording *recording);
/* After the last one was added. */
void used_recordings_prepare(struct used_recordings *recordings);

/* used_recording.h says what one is. */
struct used_recording;
size_t used_recordings_count(const struct used_recordings *recordings); /* 0 for NULL */
const struct used_recording *used_recordings_get(const struct used_recordings *recordings, size_t index);
