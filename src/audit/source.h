/*
 * A file that is audited: its bytes, its syntax, its documents.
 */
#pragma once

#include "base/buf.h"
#include "base/node_in.h"

struct source {
    const char *path; /* borrowed; "-" is standard input */
    struct buf bytes;
    const char *syntax; /* "yaml", "json", "toml", "dockerfile", "lxc", "apparmor", "binary", "empty" */
    struct node_stream stream;
    uint32_t *line_starts; /* made on demand by source_line */
    size_t line_count;
};

#define SOURCE_INIT ((struct source){0})
#define AUTO_SOURCE __attribute__((cleanup(source_done)))

/* How sentences call it: "standard input" for "-", and of a long path the end, so that the words behind it are not cut off. */
const char *source_name(const char *path);
/* Reads the bytes: -EFBIG beyond NODE_BYTES_MAX, -EINVAL for what is no regular file (or, named by the user, a pipe). */
int source_load(struct source *source, const char *path, struct err *err);
/* A file that another file names (an include): nothing but a regular one ("-" too is a file's name here), -EFBIG beyond
 * limit bytes. */
int source_load_named(struct source *source, const char *path, size_t limit, struct err *err);
/* Finds the syntax from the bytes and reads the documents into the arena; errors as those of node_in.h, documents before
 * the error are kept. An unrendered template ({{ … }}) is named as such. */
int source_parse(struct source *source, struct arena *arena, struct err *err);
void source_done(struct source *source);
/* A line's bytes, from 1, without its end; NULL when there is no such line. */
const char *source_line(struct source *source, uint32_t line, size_t *ret_length);

/* Readers that only the audit needs; as those of node_in.h. */
int dockerfile_read(const char *name, const char *bytes, size_t length, struct arena *arena, struct node_stream *ret, struct err *err);
int lxc_read(const char *name, const char *bytes, size_t length, struct arena *arena, struct node_stream *ret, struct err *err);
/* The tree is that of apparmor_text.h. */
int apparmor_read(const char *name, const char *bytes, size_t length, struct arena *arena, struct node_stream *ret, struct err *err);
/* Do the bytes look like it? Cheap: the first lines that are no comments. */
bool dockerfile_recognises(const char *bytes, size_t length);
bool lxc_recognises(const char *bytes, size_t length);
