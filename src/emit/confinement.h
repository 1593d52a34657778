/*
 * This process put under profiles, the way container runtimes do it, until it executes a program.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/seccomp_policy.h"

struct confinement_notes {
    const char *by_number; /* the first name that libseccomp does not know, added by its number; NULL: none */
    const char *left_out;  /* of another ABI, which could not be added; NULL: none */
    const char *unknown;   /* the first that is no call anywhere; NULL: none */
    size_t unknown_count;
};

/* What this process has, as decides about includes and excludes: its permitted capabilities, its kernel, this machine. */
int confinement_context(bool runc, struct seccomp_context *ret, struct err *err);
/* The program that runc would load for the policy, its stub included when the context says so. Refuses, with -ENOTSUP,
 * policies that hand calls to a supervisor or a tracer. */
int confinement_filter(const struct seccomp_policy *policy, const struct seccomp_context *context, struct buf *program,
                       struct confinement_notes *notes, struct err *err);
/* From the next exec on; before the filter, which may refuse it. -ENOTSUP where the kernel has no AppArmor, -ENOENT
 * where the profile is not loaded. */
int confinement_apparmor(const char *profile, struct err *err);
/* From now on, for good. no_new_privs is set when this process has not the right to do without. */
int confinement_load(const struct seccomp_policy *policy, const struct buf *program, struct err *err);
