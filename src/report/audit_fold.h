/*
 * Findings in the order in which people read them, repeats together.
 *
 * Within a file by subject (containers of one subject together) as they come; within a subject the worst first, then by
 * line. A fold is what one rule says of one subject with one remedy, in one place or many.
 */
#pragma once

#include "model/audit_result.h"

struct audit_fold {
    size_t first, count; /* of audit_folds.findings */
    bool new_subject;    /* the first of its subject */
};

struct audit_folds {
    const struct finding **findings;
    struct audit_fold *folds;
    size_t fold_count;
};

/* Suppressed findings only when asked for, and never in one fold with others. The findings are those of the file. */
void audit_folds_init(struct audit_folds *folds, const struct audit_entry *file, bool with_suppressed);
void audit_folds_done(struct audit_folds *folds);
#define AUTO_AUDIT_FOLDS AUTO(audit_folds_done)
