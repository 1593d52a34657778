/*
 * What logs say was denied, as text for people and as JSON for programs.
 */
#pragma once

#include "model/log_review.h"
#include "report/sheet.h"

#define LOG_SCHEMA "profgen-verify-log/1"

/* All of it is borrowed. */
struct log_report {
    const struct log_review *review;
    char *const *files; /* the logs */
    size_t file_count;
    const char *seccomp_file;  /* NULL when there is none */
    const char *apparmor_file; /* NULL when there is none */
    const struct apparmor_file *apparmor;
    const char *judged_as; /* NULL without a profile */
};

void log_text(const struct log_report *report, const struct sheet *sheet);
/* One JSON document, ended by a newline; man/profgen.1 has its members. */
void log_json(const struct log_report *report, struct buf *out);
