/*
 * A tree of nodes as JSON again: for readers that want bytes.
 */
#pragma once

#include "base/buf.h"
#include "base/node.h"

/* Appends the node; texts that are not UTF-8 have been refused by its reader. False when it is nested deeper than JSON_DEPTH_MAX. */
bool node_json(const struct node *node, struct buf *out);
