/*
 * A file given to `profgen diff`: what it is, found from its content.
 */
#pragma once

#include "base/err.h"
#include "model/apparmor_policy.h"
#include "model/recording.h"
#include "model/seccomp_policy.h"

/* Exactly one is set. */
struct diff_input {
    struct seccomp_policy *seccomp;
    struct apparmor_policy *apparmor;
    struct recording *recording;
};

void diff_input_done(struct diff_input *input);
/* path may be "-". */
int diff_input_read(const char *path, struct diff_input *ret, struct err *err);
/* "seccomp profile", "AppArmor profile", "recording" */
const char *diff_input_kind(const struct diff_input *input);
