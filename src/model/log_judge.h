/* One thing of a log put to the profiles (private to the model). */
#pragma once

#include "model/log_review.h"

struct log_judges {
    const struct audit_log *log;
    const struct seccomp_policy *seccomp;   /* NULL: not asked */
    const struct apparmor_file *apparmor;   /* NULL: not asked */
    struct recording *recording;            /* of the log; with seccomp */
    uint32_t *images;                       /* by entry */
    struct denials calls;                   /* what seccomp refuses of it */
    struct seccomp_evaluator *evaluators[ABI_COUNT]; /* by family */
    struct seccomp_context contexts[ABI_COUNT];
};
int log_judges_prepare(struct log_judges *judges, const struct seccomp_context *context, struct err *err);
void log_judges_done(struct log_judges *judges);

/* The profile that a record names; NULL when it is not there. */
const struct apparmor_policy *log_judges_profile(const struct log_judges *judges, const char *named);
void log_judge(const struct log_judges *judges, size_t entry, struct log_judgement *ret);
/* Adds what seccomp refuses of the entry to denials. */
void log_judge_take_calls(const struct log_judges *judges, size_t entry, struct denials *denials);
/* Whether rules of that keyword can be proposed. */
bool log_judge_has_keyword(const char *words);
