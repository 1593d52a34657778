/*
 * Findings that someone has accepted, with a reason.
 *
 *   # profgen:ignore RULE[,RULE…] -- reason         a comment, on the line or on a line of its own before it; before a container,
 *                                                    or any other block that is judged, for all of it; at the top of a document,
 *                                                    for all of that
 *   profgen.dev/ignore.RULE: "reason"               an annotation (Kubernetes) or a label (Compose, inspect, Dockerfile)
 *   ignore: [{rule, path, subject, reason, until}]  in .profgen.yaml
 *
 * RULE is an id, a name, or either with *. Without a reason nothing is suppressed, and that is a finding of its own.
 */
#pragma once

#include <stdbool.h>

#include "audit/source.h"
#include "audit/subject.h"
#include "model/finding.h"

/* Of the project file. */
struct suppression {
    const char *rule;    /* pattern */
    const char *path;    /* pattern of the file, as in .gitignore; NULL: any */
    const char *subject; /* pattern of "kind/namespace/name/container", or of one of these four; NULL: any */
    const char *reason;  /* never empty */
    const char *until;   /* "2026-12-31", the last day; NULL */
};

/* A comment of a file. */
struct comment_suppression {
    const char *rules;  /* "PG101,host-network" */
    const char *reason; /* NULL when there is none */
    uint32_t line;      /* that it stands on */
    uint32_t target;    /* the line that it speaks of; 0 when none is left */
};

struct comment_suppressions {
    struct comment_suppression *items; /* in the order of the file, in the arena */
    size_t count;
};

/* The annotations and labels of a subject that speak of suppressions: found once, asked for every finding. */
enum { SUPPRESSION_COMMENTS_MAX = 10000, SUPPRESSION_ANNOTATIONS_MAX = 64 };

struct annotation_suppressions {
    const struct node *entries[SUPPRESSION_ANNOTATIONS_MAX]; /* any beyond are not heeded */
    size_t count;
};

void suppression_annotations(const struct subject *subject, struct annotation_suppressions *ret);

/* Costs one search of the bytes where there are none. */
void suppression_comments(struct source *source, struct arena *arena, struct comment_suppressions *ret);

struct suppression_place {
    uint32_t line;           /* of the finding */
    uint32_t subject_line;   /* of the subject it is of */
    uint32_t document_line;  /* where its document begins */
    const char *path;        /* of the file */
};

/* True when rule, at that place or of that subject, is accepted; fills the finding's suppressed_reason and suppressed_by (the reason is
 * borrowed from where it stands). today may be NULL. */
bool suppression_of_comment(const struct comment_suppressions *comments, const struct suppression_place *place,
                            struct finding *finding);
bool suppression_of_annotation(const struct annotation_suppressions *annotations, struct finding *finding);
bool suppression_of_project(const struct suppression *suppressions, size_t count, const char *path, const char *today,
                            struct finding *finding);
/* Does a list of patterns ("PG101,host-*") name the rule? */
bool suppression_names_rule(const char *patterns, const struct rule_info *rule);
