/*
 * The page on which the text form of an audit is written.
 *
 * Everything that is said stands at one column; to the left of it are severities, line numbers and labels.
 */
#pragma once

#include <stdio.h>

#include "base/buf.h"
#include "report/audit_report.h"

enum { PAGE_COLUMN = 12 };

enum ink {
    INK_INFO,
    INK_LOW,
    INK_MEDIUM,
    INK_HIGH,
    INK_CRITICAL, /* as enum severity */
    INK_PLAIN,
    INK_BOLD,
    INK_DIM,
    INK_GOOD
};

struct audit_page {
    FILE *out;
    bool color, verbose;
    unsigned width;
    const struct audit_result *result;
};

void audit_page_ink(const struct audit_page *page, enum ink ink, const char *text);
/* "  LABEL " with the label ending in front of the column. */
void audit_page_label(const struct audit_page *page, enum ink ink, const char *label);
/* Escaped text of one paragraph, wrapped, the cursor being at the column; ends the line. */
void audit_page_words(const struct audit_page *page, const char *text);
/* The same for text of one or several lines. Of several, each stays a line as it is, so that it can be pasted, unless
 * it is too long and looks like prose. */
void audit_page_lines(const struct audit_page *page, const char *text);

/* The parts of the report. */
struct audit_folds;
struct audit_fold;
void audit_page_fold(const struct audit_page *page, const struct audit_folds *folds, const struct audit_fold *fold);
/* Which recording was held against what. */
void audit_page_recordings(const struct audit_page *page);
void audit_page_summary(const struct audit_page *page);
/* The skipped files; of many only the reasons, each with one of its files. */
void audit_page_skipped(const struct audit_page *page, size_t count);
/* "  FILE:LINE  the reason". */
void audit_page_reason(const struct audit_page *page, const struct audit_file *file);
