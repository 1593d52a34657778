/*
 * All that one audit saw and found: every file with what became of it, and every finding.
 *
 * Files stand in the order of the input, findings in the order of file, line, column, rule. Nothing that was given to
 * the audit is missing: what could not be read, or was not understood, is a file or a document with a reason.
 */
#pragma once

#include "model/finding.h"

enum file_status {
    FILE_READ,    /* understood, whole */
    FILE_SKIPPED, /* holds nothing that is audited: the reason says what it is */
    FILE_ERROR    /* could not be read, or only in part: with --strict exit status 2 */
};
/* "read", "skipped", "error". */
const char *file_status_name(enum file_status status);

struct audit_file {
    const char *path; /* as it was given or found; "-" for standard input */
    bool named;       /* given by the user, not found in a directory */
    const char *kind; /* "kubernetes", "compose", "dockerfile", …; "mixed"; "" when unknown */
    enum file_status status;
    const char *reason;       /* NULL when read whole; does not name the file itself */
    uint32_t reason_line;     /* 0 when the reason is of the whole file */
    uint32_t reason_column;   /* 0 when the reason is of the whole line */
    uint32_t documents;       /* seen in it, empty ones not counted */
    uint32_t documents_other; /* of these: of no kind that is audited */
    uint32_t subjects;
};

/* The highest Pod Security level each pod meets: shown when no --pss was asked for. */
struct audit_pod {
    uint32_t file, line;
    struct finding_subject subject;
    const char *level; /* "privileged", "baseline", "restricted" */
    const char *version; /* of the standard: "v1.37" */
};

struct audit_result {
    struct audit_file *files;
    size_t file_count;
    struct finding *findings;
    size_t finding_count;
    struct audit_pod *pods;
    size_t pod_count;
    /* The rules that were judged by, sorted by id: what SARIF lists. */
    const struct rule_info *const *rules;
    size_t rule_count;
    void *memory; /* of audit/; frees all of the above */
};

struct audit_summary {
    size_t files, files_read, files_skipped, files_error;
    size_t documents, documents_other, subjects, pods;
    size_t by_severity[SEVERITY_COUNT]; /* not suppressed */
    size_t suppressed;
};
void audit_result_summarise(const struct audit_result *result, struct audit_summary *ret);
/* True when a finding that is not suppressed is at or above severity. */
bool audit_result_fails(const struct audit_result *result, enum severity severity);
