/*
 * Findings as they are made: those of one file, until they are written down (file_record.h).
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
    const char *fix_format; /* the remediation is what the rule says for this format; NULL: words of its own */
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
/* Sorts by line, column, rule id. */
void finding_list_sort(struct finding_list *list);
/* Are any two fingerprints equal? */
bool finding_list_has_alike(const struct finding_list *list);
/* Makes equal fingerprints different, in the order of the findings; copies: how often the same findings of the same file came
 * before. Those of two files are different by themselves. */
void findings_tell_apart(struct finding *findings, size_t count, uint32_t copies);
