/*
 * Two seccomp policies compared by what their filters answer.
 *
 * Both are made into the programs that libseccomp would make of them, and every way through both programs that some
 * arguments can take is followed, so the comparison is exact for every call of every ABI. Includes and excludes are
 * judged for a container with Docker's default capabilities on the newest kernel, and then again with each capability
 * that a condition names added or dropped, with all and with none, and on kernels older than a condition asks for;
 * such rows say so in their context.
 */
#pragma once

#include "base/err.h"
#include "model/diff.h"
#include "model/seccomp_policy.h"

/* -EEXIST or -ELOOP as for seccomp_evaluator_new, -E2BIG when there are too many ways. */
int seccomp_diff(const struct seccomp_policy *a, const struct seccomp_policy *b, struct diff **ret, struct err *err);

/* How much an action lets happen: ALLOW most, then LOG, TRACE and NOTIFY, ERRNO, TRAP, and killing least. */
unsigned seccomp_action_rank(enum seccomp_action action);
/* "allow", "errno EPERM", "kill process": on the heap. */
char *seccomp_verdict_words(const struct seccomp_verdict *verdict);
