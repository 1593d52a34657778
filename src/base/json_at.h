/*
 * Walking a jansson tree strictly, so that every error names its place: "FILE: runs[0].end: …".
 *
 * jansson keeps no line numbers in its tree. A place is a chain of cursors in the callers' frames,
 * which costs nothing until it has to be printed. An object is read by a table of its fields, in
 * the order of the table, whatever the order in the file.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct json_source {
    const char *name; /* what error sentences call the input */
    void *context;    /* of the readers */
    struct err *err;
};

struct json_at {
    const struct json_source *source;
    const struct json_at *up; /* NULL at the top */
    const char *key;          /* NULL in an array */
    size_t index;
    const json_t *value;
};

struct json_field {
    const char *key;
    /* into is the address of the struct plus offset. */
    int (*read)(const struct json_at *at, void *into);
    size_t offset;
    bool required;
};

enum json_unknown { JSON_UNKNOWN_REFUSED, JSON_UNKNOWN_IGNORED };

struct json_at json_at_top(const struct json_source *source, const json_t *value);
/* value may be NULL where there is no such key. */
struct json_at json_at_key(const struct json_at *up, const char *key);
struct json_at json_at_index(const struct json_at *up, size_t index);

/* "FILE: PLACE: SENTENCE" into the source's err; returns -EINVAL. */
int json_at_error(const struct json_at *at, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same, as "TEXT" WHY, where text is from the file: it is escaped, and cut when long. */
int json_at_refuse(const struct json_at *at, const char *text, const char *why);
/* Refuses a key that is not among names, which NULL ends. */
int json_at_only_keys(const struct json_at *at, const char *const *names);
/* fields end with a NULL key. Optional fields that are not there leave into as it was. */
int json_at_fields(const struct json_at *at, const struct json_field *fields, enum json_unknown unknown, void *into);
/* Calls read for each element of an array. */
int json_at_each(const struct json_at *at, int (*read)(const struct json_at *at, void *into), void *into);

int json_at_object(const struct json_at *at);
/* A whole number from 0 to max. */
int json_at_count(const struct json_at *at, uint64_t max, uint64_t *ret);
/* A string without NUL bytes; borrowed from the tree. */
int json_at_text(const struct json_at *at, const char **ret, size_t *ret_length);

/* Readers for field tables: a uint64_t up to INT64_MAX, a uint32_t, an int64_t of any sign, a bool. */
int json_read_u64(const struct json_at *at, void *into);
int json_read_u32(const struct json_at *at, void *into);
int json_read_i64(const struct json_at *at, void *into);
int json_read_bool(const struct json_at *at, void *into);

/* Text from a file as it may stand in an error sentence: escaped, and cut when long. */
#define JSON_QUOTE_MAX 80
const char *json_quote(const char *text, char buffer[static JSON_QUOTE_MAX]);
