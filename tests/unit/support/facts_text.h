/*
 * Facts as lines that a test can compare: "namespaces.network=host@12:3", the place being that of the file.
 */
#pragma once

#include "base/node.h"

/* One line for each scalar; the items of a list by number: "mounts[0].target=/data@9:5"; lists of texts in one line:
 * "capabilities.add=SYS_ADMIN,NET_RAW@7:9"; empty lists and maps as [] and {}. Facts without a place have no @. What is as large
 * as the file itself (raw, object, pod, containers) is left out. */
void facts_text(const char *prefix, const struct node *facts, struct buf *out);
