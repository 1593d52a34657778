/*
 * Built-in checks: what a condition cannot say. One row each in checks[] (check.c), one file for each family.
 */
#pragma once

#include "audit/rule.h"

/* What several checks of one subject share, so that it is found out once; zero to begin with. */
struct check_memo {
    bool pss_known;
    size_t pss_count;
    const struct pss_violation *pss_violations;
};

struct check_call {
    const struct rule *rule;
    const struct subject *subject;
    const struct judge_options *options; /* never NULL */
    struct check_memo *memo;
    struct arena *arena;
    struct verdicts *verdicts;
};

struct check {
    const char *name;
    const char *summary; /* what it looks at, and its parameters, for man/profgen-rules.5 */
    /* The keys that `with` may have, ended by NULL; NULL: none. */
    const char *const *parameters;
    void (*run)(const struct check_call *call);
};

/* Ended by a row without a name. */
extern const struct check checks[];
const struct check *check_find(const char *name);

/* Adds a verdict with the rule's message filled in (item may be NULL), and gives it, so that a proviso can be added. where NULL means
 * the subject's. Valid until the next one is added. */
struct verdict *check_report(const struct check_call *call, const struct node *where, const struct node *item);
