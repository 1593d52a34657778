/*
 * What syntax bytes are in, told from the bytes alone (private to source.c).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One of the names in source.h. "json" where the first byte that counts is { or [: the reader has the last word. */
const char *source_syntax(const char *bytes, size_t length);
/* The last line up to `last` with an action of a template ({{ … }} or {% … %}) that is neither quoted nor a comment;
 * 0 when there is none. */
uint32_t source_template_line(const char *bytes, size_t length, uint32_t last);
/* AppArmor text: abi, include, a variable or the head of a profile comes first. */
bool apparmor_recognises(const char *bytes, size_t length);
