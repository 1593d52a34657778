/*
 * YAML written as a stream into a buf: indentation, quoting and comments in one place.
 *
 * What is written reads the same under YAML 1.1 and 1.2: a text that any resolver could take for something else stands in
 * double quotes. Text that is not UTF-8 has no form in YAML; its bytes are written as
 * text_escape writes them, so whoever must not lose them asks text_utf8_length before. Comments may hold anything.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define YAML_OUT_DEPTH_MAX 32

struct yaml_out {
    struct buf *buf;
    unsigned depth;     /* two columns each; at most YAML_OUT_DEPTH_MAX */
    bool after_dash;    /* the next key stands behind the dash of its item */
};

/* buf is borrowed and appended to. */
void yaml_out_init(struct yaml_out *yaml, struct buf *buf);
/* A comment on lines of its own, filled up to column 110, above what is written next (of an item: above its dash). */
void yaml_out_comment(struct yaml_out *yaml, const char *text);
void yaml_out_commentf(struct yaml_out *yaml, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A map or a list under a key, up to yaml_out_end. An empty one would read as null. */
void yaml_out_open(struct yaml_out *yaml, const char *key);
/* A map as an item of the list that is open, up to yaml_out_end. */
void yaml_out_item(struct yaml_out *yaml);
void yaml_out_end(struct yaml_out *yaml);
/* A text as an item of the list that is open. */
void yaml_out_item_text(struct yaml_out *yaml, const char *text);
void yaml_out_text(struct yaml_out *yaml, const char *key, const char *text);
void yaml_out_u64(struct yaml_out *yaml, const char *key, uint64_t number);
void yaml_out_bool(struct yaml_out *yaml, const char *key, bool value);
/* [a, b, …] in as many lines as it takes; [] when there is none. */
void yaml_out_flow(struct yaml_out *yaml, const char *key, const char *const *texts, size_t count);
/* Lines as they are, where YAML can show them so; in double quotes where it cannot. */
void yaml_out_block(struct yaml_out *yaml, const char *key, const char *text);

/* Appends the text as a scalar that reads back as this text. */
void yaml_out_scalar(struct buf *out, const char *text);
