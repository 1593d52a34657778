/*
 * JSON written as a stream into a buf: commas, indentation and escaping in one place.
 *
 * Text must be valid UTF-8 (use text_escape for paths). An inline container is written on one
 * line, which keeps a table of a hundred thousand rows readable and small.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define JSON_DEPTH_MAX 32

struct json_out {
    struct buf *buf;
    unsigned depth;
    bool inline_from[JSON_DEPTH_MAX]; /* this level and all below are on one line */
    bool has_item[JSON_DEPTH_MAX];
    bool after_key;
};

/* buf is borrowed and appended to. */
void json_out_init(struct json_out *json, struct buf *buf);
void json_out_key(struct json_out *json, const char *key);
void json_out_object(struct json_out *json);
void json_out_array(struct json_out *json);
void json_out_inline_object(struct json_out *json);
void json_out_inline_array(struct json_out *json);
/* Ends the innermost object or array, whichever closes it: '}' or ']'. */
void json_out_end(struct json_out *json, char closing);
void json_out_text(struct json_out *json, const char *text);
/* text_escape applied to the bytes, then written as a JSON string. */
void json_out_bytes(struct json_out *json, const char *bytes, size_t length);
void json_out_u64(struct json_out *json, uint64_t number);
void json_out_i64(struct json_out *json, int64_t number);
void json_out_bool(struct json_out *json, bool value);
void json_out_null(struct json_out *json);

/* A key and its value. */
void json_out_key_text(struct json_out *json, const char *key, const char *text);
void json_out_key_u64(struct json_out *json, const char *key, uint64_t number);
void json_out_key_bool(struct json_out *json, const char *key, bool value);
