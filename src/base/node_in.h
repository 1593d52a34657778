/*
 * The readers that make trees of nodes: YAML, JSON and TOML.
 *
 * Each keeps the limits of node.h. What a reader gives lives in the arena and borrows the bytes, which must
 * outlive it. Input is hostile: a reader uses time and memory in proportion to the bytes, whatever they say.
 *
 * Lines end with LF, CR LF or CR. Columns do not count a byte order mark; in a file that is UTF-16 (YAML only) they
 * are those of the same text in UTF-8. Of a YAML map with merge keys, what was merged in stands behind the rest.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/node.h"

struct node_duplicate {
    const char *key;
    uint32_t line, column; /* of the second one, which is the one that counts */
    uint32_t first_line;
    struct node_duplicate *next;
};

/* What a file held: a TOML file one document, a YAML file any number, and so a JSON file, as values one after the other
 * (as kubectl and jq write them). */
struct node_stream {
    const struct node **documents; /* in the arena; a document that is empty or null is not among them */
    size_t count;
    size_t empty_count; /* of those; a file that holds no document at all counts as one */
    const struct node_duplicate *duplicates; /* in the order of the file; at most 100 are kept */
    uint32_t error_line, error_column;       /* where reading failed; 0 when it did not */
};

/* Each returns 0, or a negative errno with a sentence that names `name`, the line and the column; ret then holds the
 * documents that stood before the error, which are good. -EINVAL malformed, -E2BIG over a limit. */
int yaml_read(const char *name, const char *bytes, size_t length, struct arena *arena, struct node_stream *ret,
              struct err *err);
int json_read(const char *name, const char *bytes, size_t length, struct arena *arena, struct node_stream *ret,
              struct err *err);
int toml_read(const char *name, const char *bytes, size_t length, struct arena *arena, struct node_stream *ret,
              struct err *err);
