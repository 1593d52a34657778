/*
 * The bytes of a YAML file before libyaml sees them: in UTF-8, with the first byte found that no YAML file can hold,
 * and with a way from libyaml's marks, which count characters, to lines and columns in bytes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct yaml_text {
    const char *bytes; /* without a byte order mark */
    size_t length;     /* up to what is wrong */
    const char *wrong; /* what is wrong behind length, as the end of a sentence; NULL when nothing is */
    bool is_ascii;
    struct buf converted; /* holds bytes when the file was UTF-16 */
};

struct yaml_place {
    size_t byte;
    size_t index; /* in characters */
    size_t line_start;
    uint32_t line; /* from 0 */
};

void yaml_text_init(struct yaml_text *text, const char *bytes, size_t length);
void yaml_text_done(struct yaml_text *text);
#define AUTO_YAML_TEXT __attribute__((cleanup(yaml_text_done)))

/* Moves place, which begins as zeroes, forward to the character of this index, or to the end. */
void yaml_text_advance(const struct yaml_text *text, struct yaml_place *place, size_t index);
