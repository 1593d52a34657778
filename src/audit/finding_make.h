/*
 * From a rule's verdict to a finding: the place, the line, the words, all kept until the file is written down.
 */
#pragma once

#include "audit/audit.h"
#include "audit/finding_list.h"
#include "audit/source.h"

struct finding_maker {
    const struct audit_request *request;
    struct arena *kept;
    struct source *source;
    const char *path;
    uint32_t document_line;
    struct comment_suppressions comments;
    struct annotation_suppressions annotations; /* of the subject that is being judged */
};

struct finding_subject finding_keep_subject(struct finding_maker *maker, const struct finding_subject *subject);
/* Appends the finding, unless it is below the severity that was asked for. */
void finding_make(struct finding_maker *maker, const struct subject *subject, const struct verdict *verdict,
                  struct finding_list *list);
