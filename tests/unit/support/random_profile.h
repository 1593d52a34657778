/*
 * Seccomp profiles made up as files: the text that a container runtime reads, in one of its dialects and with conditions on
 * capabilities, kernels and machines, and beside it what is left of that once the conditions are decided for one container.
 *
 * The conditions are decided here, by no code of profgen's, so that the two can be compared.
 */
#pragma once

#include "base/buf.h"
#include "support/random_policy.h"

enum { RANDOM_ERRNO_DEFAULT = 199, RANDOM_ERRNO_FIRST = 200 }; /* above every errno that a kernel has of its own */

struct random_profile {
    struct buf text;                /* JSON */
    struct seccomp_policy *decided; /* the rules that count in context, without conditions */
    struct seccomp_context context;
};

/* Rule I answers RANDOM_ERRNO_FIRST + I where its action is an errno, so that an answer tells which rule gave it; now and
 * then it has none and answers EPERM. always: a call that a last rule allows; NULL for none. */
void random_profile_init(struct random *random, const struct policy_words *words, const char *always,
                         struct random_profile *ret);
void random_profile_done(struct random_profile *profile);
