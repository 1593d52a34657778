/*
 * Findings that were there before: a file of fingerprints, so that only what is new fails.
 *
 *   {"schema": "profgen-baseline/1", "findings": [{"fingerprint": "16 hex digits", "rule", "file", "subject", "message", "reason"}]}
 *
 * Only the fingerprint is matched; the rest is for people, and a reason that someone has written in is shown with the finding.
 */
#pragma once

#include "base/err.h"
#include "base/sink.h"
#include "model/audit_result.h"

enum { BASELINE_BYTES_MAX = 64 << 20 };

struct baseline;

int baseline_read(const char *path, struct baseline **ret, struct err *err);
void baseline_free(struct baseline *baseline);
static inline void baseline_free_cleanup(struct baseline **slot)
{
    baseline_free(*slot);
}
/* Suppresses the findings it knows, in every later walk; it must outlive the result. Gives how many of its entries were not found any more. */
size_t baseline_apply(const struct baseline *baseline, struct audit_result *result);
/* All findings that are not suppressed by a comment, an annotation or the project file. Reasons of an older baseline (may be NULL) are kept. */
void baseline_write(const struct audit_result *result, const struct baseline *older, struct sink *out);
