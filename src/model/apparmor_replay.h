/*
 * Everything recorded put to an AppArmor policy: paths, capabilities, sockets, mounts, signals, tracing.
 */
#pragma once

#include "model/aa_needs.h"
#include "model/apparmor_policy.h"
#include "model/recording.h"

/* All of it is borrowed for the time of the call. */
struct apparmor_refusal {
    const char *kind;           /* "file", "capability", "network", or the keyword of a rule, such as "mount" */
    const char *words;          /* "sys_admin", "inet stream"; empty for files and by keyword */
    const struct aa_need *need; /* of a file; else NULL */
    const struct fact *fact;    /* of all else; else NULL */
    aa_mask refused;            /* to everybody */
    aa_mask perhaps;            /* only to the file's owner, or to all others: who owned it is not recorded */
    const struct aa_file_rule *rule; /* that denies; NULL when none allows */
};

typedef void apparmor_refusal_visitor(void *context, const struct apparmor_refusal *refusal);
/* Calls visit for what would be denied: first the needs, which are the recording's, then its facts. */
void apparmor_replay(const struct apparmor_policy *policy, const struct recording *recording,
                     const struct aa_needs *needs, apparmor_refusal_visitor *visit, void *context);

/* The keyword of the rules that mediate what the fact is about, when they are judged by keyword alone; else NULL. */
const char *apparmor_keyword_of(const struct recording *recording, const struct fact *fact);
