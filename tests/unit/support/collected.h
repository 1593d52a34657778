/*
 * What a collector makes of a document, as lines to compare: "web: privileged=true@4:5".
 */
#pragma once

#include "audit/collect.h"
#include "base/node_in.h"

struct collected {
    struct collector collector; /* its context too is the collected's */
    struct buf facts;  /* one line for each fact of each subject: NAME: PATH=VALUE@LINE:COLUMN, without raw and object */
    struct buf misses; /* LINE: SENTENCE */
    struct buf skips;
    unsigned subjects;
    const struct node *document; /* that is being collected */
};

/* Reads text as YAML (or JSON, when it begins with a brace or a bracket) and collects it as kind; the text outlives ret. */
void collected_from(struct collected *ret, const struct document_kind *kind, const char *path, const char *text);
/* The same for the trees of another reader (node_in.h, audit/source.h). */
typedef int collected_reader(const char *name, const char *bytes, size_t length, struct arena *arena, struct node_stream *ret,
                             struct err *err);
void collected_read(struct collected *ret, const struct document_kind *kind, const char *path, const char *text,
                    collected_reader *reader);
void collected_done(struct collected *collected);
#define AUTO_COLLECTED __attribute__((cleanup(collected_done)))

/* True when each line of expected stands in lines; a line that begins with ! must not be the beginning of one.
 * What is amiss is printed. */
bool collected_has(const char *what, const struct buf *lines, const char *expected);
