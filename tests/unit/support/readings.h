/*
 * Tables of what readers of node_in.h's kind make of a text: the tree, or the sentence.
 */
#pragma once

#include "base/node_in.h"

typedef int readings_reader(const char *name, const char *bytes, size_t length, struct arena *arena,
                            struct node_stream *ret, struct err *err);

struct reading {
    const char *text;
    const char *tree; /* as node_dump_stream writes it */
};
void readings_check(readings_reader *read, const struct reading *rows, size_t count);

struct failed_reading {
    const char *text;
    int code;
    size_t documents;     /* that were read before */
    const char *sentence; /* the whole of it; the file is called "f" */
};
void failed_readings_check(readings_reader *read, const struct failed_reading *rows, size_t count);
