/*
 * Findings that someone has accepted, with a reason.
 *
 *   # profgen:ignore RULE[,RULE…] -- reason         a comment, on the line or the line before; before a container or at the top of the
 *                                                    document: for all of it
 *   profgen.dev/ignore.RULE: "reason"               an annotation (Kubernetes) or label (Compose, inspect, Dockerfile) of the object
 *   ignore: [{rule, path, subject, reason, until}]  in .profgen.yaml
 *
 * RULE is an id, a name, or either with *. Without a reason nothing is suppressed, and that is a finding of its own.
 */
#pragma once

#include <stdbool.h>

#include "audit/source.h"
#include "audit/subject.h"
#include "model/finding.h"

struct suppression {
    const char *rule;    /* pattern */
    const char *path;    /* pattern of the file, as in .gitignore; NULL: any */
    const char *subject; /* pattern of kind/namespace/name/container or a part of it; NULL: any */
    const char *reason;  /* never empty */
    const char *until;   /* "2026-12-31"; NULL */
};
