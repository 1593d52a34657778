/*
 * The forms in which an audit speaks: one file each, one row each in the table.
 */
#pragma once

#include <stdio.h>

#include "base/sink.h"
#include "model/audit_result.h"

struct audit_report_options {
    bool color;     /* text only */
    unsigned width; /* columns, text only */
    bool verbose;   /* text: also suppressed findings, files without findings, and the why of each rule */
};

struct audit_report {
    const char *name;    /* "sarif" */
    const char *summary; /* for --help: "SARIF 2.1.0 for code scanning" */
    /* Adds the whole report, but for sink_finish; the same bytes for the same result. */
    void (*write)(const struct audit_result *result, const struct audit_report_options *options, struct sink *out);
};

/* Sorted as --help shows them, ended by a row without a name. */
extern const struct audit_report audit_reports[];
/* NULL when there is none. */
const struct audit_report *audit_report_find(const char *name);
