/*
 * Findings as they are made, until all files have been read and provisos can be answered.
 */
#pragma once

#include "audit/context.h"
#include "audit/rule.h"
#include "model/audit_result.h"

/* What a finding still depends on; strings live as long as the finding. */
struct proviso {
    int fact; /* a context_fact, or -1 */
    bool wants;
    int only_with; /* a context_fact, or -1 */
    const char *namespace_, *name, *value;
};

struct open_finding {
    struct finding finding;
    struct proviso proviso;
};

struct finding_list {
    struct open_finding *items;
    size_t count, capacity;
};

void finding_list_done(struct finding_list *list);
/* True when the finding stands, now that the context is complete. */
bool proviso_holds(const struct proviso *proviso, const struct context *context);
/* From rule, file, subject, path and words: what line moves do not change. */
uint64_t finding_fingerprint(const struct finding *finding, const char *file);
/* Sorts by line, column, rule id; files one after the other are the caller's order. */
void findings_sort(struct finding *findings, size_t count);
/* Makes equal fingerprints different, in the order of the findings. */
void findings_tell_apart(struct finding *findings, size_t count);
