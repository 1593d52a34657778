/*
 * Bytes shown as text, and back.
 *
 * A path is bytes. In recordings, on screens and in comments it stands as text in which every
 * byte that is not part of valid UTF-8, every control character and the backslash is written
 * \xHH, so that any path survives the round trip and none can move a cursor.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* The length in bytes of the UTF-8 character at the start of bytes; 0 when it is not valid
 * (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF). */
size_t text_utf8_length(const char *bytes, size_t length);
/* True when nothing needs escaping. */
bool text_is_plain(const char *bytes, size_t length);
void text_escape(struct buf *out, const char *bytes, size_t length);
/* Undoes text_escape; false on a backslash that is not followed by xHH, or on \x00. */
bool text_unescape(struct buf *out, const char *text, size_t length);
/* How near two words are (edits), for "did you mean". */
size_t text_distance(const char *a, const char *b);
