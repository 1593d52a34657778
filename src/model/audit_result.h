/*
 * All that one audit saw and found: every file with what became of it, and every finding.
 *
 * It is walked, not held: files come one after the other in the order of the input, each with its findings in the order of
 * line, column, rule, and are forgotten when the next one comes, so that a report of a hundred thousand files needs no more
 * memory than that of one. It may be walked as often as need be. Nothing that was given to the audit is missing: what could
 * not be read, or was not understood, is a file or a document with a reason.
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
    const struct audit_file *file;
    uint32_t line;
    struct finding_subject subject;
    const char *level; /* "privileged", "baseline", "restricted" */
    const char *version; /* of the standard: "v1.37" */
};

/* A recording that the input was held against, and the container that it was found to be of. */
struct audit_recording {
    char *name;        /* the file */
    char *container;   /* "Deployment web, container web in deploy.yaml"; NULL when it is of none, or of nobody knows which */
    size_t containers; /* how many: more than one only when the user named them */
    const char *tie;   /* by what: "the only container" */
    char *why;         /* NULL, or why it is of none */
};

/* A file and all that was seen in it; its findings and pods point to it. */
struct audit_entry {
    struct audit_file file;
    struct finding *findings;
    size_t finding_count;
    struct audit_pod *pods;
    size_t pod_count;
};

struct audit_summary {
    size_t files, files_read, files_skipped, files_error;
    size_t files_unseen; /* given by the user, and nothing in them could be looked at */
    size_t documents, documents_other, subjects, pods;
    size_t by_severity[SEVERITY_COUNT]; /* not suppressed */
    size_t suppressed;
};
void audit_summary_add(struct audit_summary *summary, const struct audit_entry *entry);

struct audit_result {
    struct audit_summary summary;
    /* The rules that were judged by, sorted by id: what SARIF lists. */
    const struct rule_info *const *rules;
    size_t rule_count;
    struct audit_recording *recordings;
    size_t recording_count;
    /* What remembers the files, and how it is walked: open begins with the first, next gives NULL behind the last. */
    void *store;
    void *(*open)(void *store);
    struct audit_entry *(*next)(void *walk);
    void (*close)(void *walk);
    /* NULL, or what accepts findings on top of what their files say. */
    void (*accept)(const void *acceptance, struct finding *finding);
    const void *acceptance;
};

/* True when a finding that is not suppressed is at or above severity. */
bool audit_result_fails(const struct audit_result *result, enum severity severity);

/* A walk over the files:
 *     AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(result);
 *     for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));) */
struct audit_cursor {
    const struct audit_result *result;
    void *walk;
};
#define AUTO_AUDIT_CURSOR __attribute__((cleanup(audit_cursor_done)))
struct audit_cursor audit_cursor_init(const struct audit_result *result);
void audit_cursor_done(struct audit_cursor *cursor);
/* NULL behind the last; good until the next step. A store that cannot be read any more ends the walk, and remembers why. */
const struct audit_entry *audit_cursor_next(struct audit_cursor *cursor);
