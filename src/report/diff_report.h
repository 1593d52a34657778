/*
 * A comparison for people and for programs.
 */
#pragma once

#include <stdio.h>

#include "model/diff.h"
#include "report/sheet.h"

struct diff_report {
    const struct diff *diff;
    const char *names[2]; /* of A and B, as the user gave them */
    const char *kinds[2]; /* "seccomp profile", "AppArmor profile", "recording" */
};

/* The verdict first, then the differences, risky ones first and harmless ones folded. */
void diff_text(const struct diff_report *report, const struct sheet *sheet);
/* "schema": "profgen-diff/1" (man/profgen.1). */
void diff_json(const struct diff_report *report, FILE *out);
