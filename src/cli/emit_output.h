/*
 * What `profgen emit` writes: every artefact made in memory first, then all files replaced or none.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/file.h"
#include "emit/emitter.h"

struct emit_output {
    const struct emitter *emitter;
    const char *path; /* "-" is standard output; borrowed */
    struct buf bytes;
    struct file_stage stage;
};

struct emit_outputs {
    struct emit_output *items;
    size_t count;
    size_t capacity;
};

void emit_outputs_done(struct emit_outputs *outputs);
/* format may be "NAME=FILE"; path NULL means the one named there, or the format's own. -EINVAL with the nearest
 * right name when there is no such format. The texts are borrowed. */
int emit_outputs_add(struct emit_outputs *outputs, const char *format, const char *path, struct err *err);
/* What the formats need, enum emit_need. */
unsigned emit_outputs_needs(const struct emit_outputs *outputs);
/* Fills the bytes of every output, with the mark of provenance stamped in. */
int emit_outputs_make(struct emit_outputs *outputs, const struct emit_input *input, struct err *err);
/* Writes all or none. Without force, a file that is there is replaced only when profgen wrote it and nobody
 * changed it since, or when it would stay the same. */
int emit_outputs_write(struct emit_outputs *outputs, bool force, struct err *err);
