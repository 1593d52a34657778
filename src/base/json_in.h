/*
 * JSON read strictly, on top of jansson: no duplicate keys, valid UTF-8, one document and nothing
 * behind it, nesting and size within limits. Errors name the file, the line and the column.
 *
 * jansson, because it is strict where it matters (UTF-8, duplicate keys, integers that do not fit are
 * refused, not rounded), has been fuzzed for years, and reads the largest input met in practice, a
 * recording of 100,000 paths in 14 MB, in a third of a second. Its price, a tree of about 1 KB per
 * path and no line numbers in it, is paid once per file; json_at.h names places instead of lines.
 *
 * The jansson tree is the caller's (json_decref, or AUTO_JSON on a local).
 */
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "base/err.h"

static inline void json_in_cleanup(json_t **slot)
{
    json_decref(*slot);
}
#define AUTO_JSON __attribute__((cleanup(json_in_cleanup)))

/* Parses length bytes; name is what error sentences call the input. -EINVAL on malformed text. */
int json_in_parse(const char *name, const char *bytes, size_t length, json_t **ret, struct err *err);
