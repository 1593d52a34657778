/*
 * Files that people write for profgen, read strictly: every complaint is one sentence behind "FILE:LINE:COLUMN: ".
 */
#pragma once

#include "base/err.h"
#include "base/node_in.h"

/* Reads a YAML file of at most limit bytes into the arena; a key that stands twice is an error. -ENOENT as file_read. */
int strict_read(const char *file, size_t limit, struct arena *arena, struct node_stream *ret, struct err *err);
/* Fills err with the place of where's value and the sentence; gives -EINVAL. where may be NULL. */
int strict_error(const char *file, const struct node *where, struct err *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Fails on the first key of map that is not among names (ended by NULL), and names the nearest right one. */
int strict_keys(const char *file, const struct node *map, const char *const *names, struct err *err);
/* Fails when node (of this name; it may be NULL) is no text of at least one character, no list, no map. */
int strict_text(const char *file, const struct node *node, const char *name, struct err *err);
int strict_list(const char *file, const struct node *node, const char *name, struct err *err);
int strict_map(const char *file, const struct node *node, const char *name, struct err *err);
/* The nearest of names, or NULL when none is near enough to be meant. */
const char *strict_nearest(const char *typed, const char *const *names);

/* Text of a file as it can stand in a sentence: escaped and cut. */
enum { STRICT_QUOTE_MAX = 96 };
const char *strict_quote(const char *text, char buffer[static STRICT_QUOTE_MAX]);
