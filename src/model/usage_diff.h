/*
 * A recording compared with a profile: the recording stands for a profile that allows just what was done.
 *
 * What the profile denies of it is narrower in the profile, what the profile allows beyond it is wider. Calls are judged
 * for a container with Docker's default capabilities on the newest kernel. What the recording cannot tell (argument
 * values that were not kept, owners of files) is a note, and no difference.
 */
#pragma once

#include "model/apparmor_policy.h"
#include "model/diff.h"
#include "model/recording.h"
#include "model/seccomp_policy.h"

/* A is the recording, B the profile, unless flipped. Errors as for seccomp_evaluator_new, -E2BIG as for seccomp_diff. */
int seccomp_usage_diff(const struct recording *recording, const struct seccomp_policy *policy, bool flip,
                       struct diff **ret, struct err *err);
struct diff *apparmor_usage_diff(const struct recording *recording, const struct apparmor_policy *policy, bool flip);
