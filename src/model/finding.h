/*
 * What an audit found wrong: the rule, the place, the words.
 *
 * Findings are made by audit/ and rendered by report/; here is what both know. All strings are borrowed from
 * the walk over the audit_result that holds them (audit_result.h).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum severity { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL, SEVERITY_COUNT };
/* "info", "low", "medium", "high", "critical". */
const char *severity_name(enum severity severity);
bool severity_parse(const char *name, enum severity *ret);

/* What enforces the boundary that a finding weakens. */
enum layer { LAYER_KERNEL, LAYER_CONTAINER, LAYER_ORCHESTRATION, LAYER_COUNT };
/* "kernel", "container", "orchestration". */
const char *layer_name(enum layer layer);
bool layer_parse(const char *name, enum layer *ret);

/* What a rule says of itself: the part of it that people read. */
struct rule_info {
    const char *id;    /* "PG101"; a Pod Security check: "PSS-hostPorts" */
    const char *name;  /* "privileged-container" */
    const char *title; /* one line: "The container runs privileged" */
    enum severity severity;
    enum layer layer;
    const char *why;                /* a paragraph */
    const char *fix;                /* a paragraph, or what can be pasted; a finding may have words of its own */
    const char *const *references;  /* "CIS Docker 1.6 5.5", "CVE-2019-5736", "https://…" */
    size_t reference_count;
    bool conceal;               /* the line that it is about holds a secret, and is not shown */
    const char *pss_level; /* "baseline" or "restricted", and the upstream id of the check; NULL when none */
    const char *pss_check;
};

struct finding_subject {
    const char *kind;       /* "Deployment", "Pod", "compose service", "docker daemon", … */
    const char *namespace_; /* the three that do not apply are NULL */
    const char *name;
    const char *container;
};

struct audit_file;

struct finding {
    const struct rule_info *rule;
    enum severity severity; /* the rule's, unless the project file says otherwise */
    const struct audit_file *file;
    uint32_t line, column;  /* from 1; 0 when the file has no lines to speak of */
    uint32_t end_column;    /* the column behind the offending text on that line; 0 when unknown */
    const char *path;       /* spec.containers[0].securityContext; "" for the whole document */
    struct finding_subject subject;
    const char *message;     /* a sentence without full stop */
    const char *remediation; /* what to write instead, in the words of that kind of file; may be of several lines */
    const char *excerpt;     /* the line of the file, without its end; NULL when there is none; reports show none of
                                more than 16 KiB */
    uint64_t fingerprint;    /* the same after lines have moved; unlike any other of the result */
    const char *suppressed_reason; /* NULL while it stands */
    const char *suppressed_by;     /* "comment", "annotation", "project file", "baseline" */
};
