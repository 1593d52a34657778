/*
 * The self-check: the artefact, read back from its own bytes, is asked about everything recorded.
 */
#pragma once

#include <stddef.h>

#include "base/err.h"
#include "model/profile.h"

/* Replays every recorded call with its recorded arguments, and every call of the runtime's start-up, against
 * the policy in bytes, for containers with all capabilities and with none. A call that only ever failed with
 * ENOSYS may stay so; one whose name the target's libseccomp cannot know may get the default. -EINVAL with the
 * number of calls that would be refused and the first of them by name; name is what the sentence calls the
 * artefact. */
int profile_check_seccomp(const struct profile *profile, const char *name, const char *bytes, size_t length,
                          struct err *err);
