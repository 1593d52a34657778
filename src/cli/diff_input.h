/*
 * A file given to `profgen diff` or `profgen show`: what it is, found from its content.
 */
#pragma once

#include "base/err.h"
#include "model/apparmor_file.h"
#include "model/recording.h"
#include "model/seccomp_policy.h"

/* Exactly one is set. */
struct diff_input {
    struct seccomp_policy *seccomp;
    struct apparmor_file *apparmor;
    struct recording *recording;
};

void diff_input_done(struct diff_input *input);
/* path may be "-". What an AppArmor profile includes is looked for where an installed one would have it. */
int diff_input_read(const char *path, struct diff_input *ret, struct err *err);
/* "seccomp profile", "AppArmor profile", "recording" */
const char *diff_input_kind(const struct diff_input *input);
