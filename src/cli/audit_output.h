/*
 * What `profgen audit` writes: one report for each --format, all files made before any takes its place.
 */
#pragma once

#include "base/err.h"
#include "base/file.h"
#include "audit/audit.h"
#include "report/audit_report.h"

struct audit_output {
    const struct audit_report *report;
    const char *path; /* "-" is standard output; borrowed */
    const struct audit_result *result;
    struct audit_report_options options;
    struct file_stage stage;
};

struct audit_outputs {
    struct audit_output *items;
    size_t count, capacity;
};

/* The names for --format, ended by NULL. */
extern const char *const audit_output_names[];

void audit_outputs_done(struct audit_outputs *outputs);
/* format is NAME or NAME=FILE; the text is borrowed. */
int audit_outputs_add(struct audit_outputs *outputs, const char *format, struct err *err);
/* With no output there is one: text on standard output. Only what goes to standard output is coloured. Without force a file that is there
 * is replaced only when it is a report of profgen. */
int audit_outputs_write(struct audit_outputs *outputs, const struct audit_result *result,
                        const struct audit_report_options *options, bool force, struct err *err);
