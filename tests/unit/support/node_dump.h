/*
 * Trees of nodes as text, for tests to compare.
 */
#pragma once

#include "base/node.h"
#include "base/node_in.h"

/* {a: 1, b: [true, "x", null, 1.5], c: *{…}}: strings are quoted and escaped, * stands before what an alias or a merge
 * brought in, and a tag before its value. */
void node_dump(const struct node *node, struct buf *out);
/* The documents, with --- between; then what was empty and what stood twice: "a: 1 --- b: 2 (1 empty) (a 2:1 was 1)". */
void node_dump_stream(const struct node_stream *stream, struct buf *out);
/* One line for each entry, item and root: "PATH LINE:COLUMN VALUE_LINE:VALUE_COLUMN". */
void node_dump_places(const struct node *node, struct buf *out);
