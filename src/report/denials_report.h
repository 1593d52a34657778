/*
 * What profiles would deny, as text for people and as JSON for programs.
 */
#pragma once

#include "base/json_out.h"
#include "model/denials.h"
#include "report/sheet.h"

#define DENIALS_SCHEMA "profgen-verify/1"

/* All of it is borrowed. */
struct denials_report {
    const struct denials *denials; /* sorted */
    const struct denials_remedy *remedy;
    const struct recording *recording;
    const char *seccomp_file;  /* NULL when there is none */
    const char *apparmor_file; /* NULL when there is none */
    const char *apparmor_profile;
    const char *recorded;  /* where the recording comes from, in words */
    const char *judged_as; /* the runtime, capabilities and kernel that decide, in words */
};

void denials_text(const struct denials_report *report, const struct sheet *sheet);
/* One JSON document, ended by a newline; man/profgen.1 has its members. */
void denials_json(const struct denials_report *report, struct buf *out);

/* What would have to be added, a heading for each kind, nothing when there is nothing; and the same as a member. */
void denials_remedy_text(const struct denials_remedy *remedy, const struct sheet *sheet);
void denials_remedy_json(const struct denials_remedy *remedy, struct json_out *json);
