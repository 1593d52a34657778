/*
 * The texts and numbers of JSON (RFC 8259), token by token.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* Each begins to read at bytes and gives the number of bytes read; 0 when what stands there is wrong, and then what,
 * as the end of a sentence, and how far behind bytes. */
struct json_wrong {
    const char *what;
    size_t offset;
};

/* bytes begins behind the opening quote; the closing one is read too. The text lies in the arena, unescaped. */
size_t json_text_read(const char *bytes, size_t length, struct arena *arena, const char **ret_text,
                      size_t *ret_length, struct json_wrong *wrong);
size_t json_number_read(const char *bytes, size_t length, bool *ret_is_whole, struct json_wrong *wrong);
