/*
 * What a project says once for all its audits: .profgen.yaml.
 *
 *   fail-on: high              severity: low              strict: true         pss: restricted@1.29
 *   only: [RULE…]              skip: [RULE…]              severities: {RULE: SEVERITY}
 *   rules: [DIR…]              exclude: [PATTERN…]        baseline: FILE
 *   recordings: [[CONTAINER=]FILE…]
 *   lists: {trusted-registries: [registry.example.com]}   instead of those of rules/lists.yaml
 *   ignore: [{rule: RULE, path: PATTERN, subject: PATTERN, reason: WORDS, until: 2026-12-31}]
 *
 * Unknown keys, wrong types and an ignore without a reason are errors with file, line and column. Relative paths are relative to the
 * file's directory. The command line wins over it.
 */
#pragma once

#include "audit/suppression.h"
#include "base/arena.h"
#include "base/err.h"

struct project_grade {
    const char *rule;
    enum severity severity;
};

struct project {
    const char *path;
    const char *fail_on, *severity, *pss, *baseline; /* as written, checked; NULL when not said */
    bool strict;
    char **only, **skip, **rules, **exclude, **recordings; /* ended by NULL; NULL when not said */
    size_t only_count, skip_count, rules_count, exclude_count, recordings_count;
    struct project_grade *grades;
    size_t grade_count;
    const struct node *lists; /* NULL when not said */
    struct suppression *ignore;
    size_t ignore_count;
};

enum { PROJECT_BYTES_MAX = 1 << 20 };

/* Everything lives in the arena. -ENOENT when there is no such file. */
int project_read(const char *path, struct arena *arena, struct project *ret, struct err *err);
