#include "base/json_out.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/text.h"

void json_out_init(struct json_out *json, struct buf *buf)
{
    *json = (struct json_out){.buf = buf};
}

static void new_line(struct json_out *json, unsigned depth)
{
    static const char line[] = "\n                                ";
    static_assert(sizeof(line) > JSON_DEPTH_MAX, "as deep as it goes");
    buf_add(json->buf, line, depth + 1);
}

/* What stands between the last item and the next one. */
static void before_item(struct json_out *json)
{
    if (json->after_key) {
        json->after_key = false;
        return;
    }
    bool first = !json->has_item[json->depth];
    json->has_item[json->depth] = true;
    if (!first)
        buf_add_char(json->buf, ',');
    if (json->depth == 0)
        return;
    if (!json->inline_from[json->depth])
        new_line(json, json->depth);
    else if (!first)
        buf_add_char(json->buf, ' ');
}

static void open_container(struct json_out *json, char opening, bool on_one_line)
{
    before_item(json);
    assert(json->depth + 1 < JSON_DEPTH_MAX);
    bool inherited = json->inline_from[json->depth];
    json->depth++;
    json->inline_from[json->depth] = inherited || on_one_line;
    json->has_item[json->depth] = false;
    buf_add_char(json->buf, opening);
}

void json_out_object(struct json_out *json)
{
    open_container(json, '{', false);
}

void json_out_array(struct json_out *json)
{
    open_container(json, '[', false);
}

void json_out_inline_object(struct json_out *json)
{
    open_container(json, '{', true);
}

void json_out_inline_array(struct json_out *json)
{
    open_container(json, '[', true);
}

void json_out_end(struct json_out *json, char closing)
{
    assert(json->depth > 0 && (closing == '}' || closing == ']'));
    bool on_own_line = !json->inline_from[json->depth] && json->has_item[json->depth];
    json->depth--;
    if (on_own_line)
        new_line(json, json->depth);
    buf_add_char(json->buf, closing);
    if (json->depth == 0)
        buf_add_char(json->buf, '\n');
}

static void write_string(struct json_out *json, const char *text, size_t length)
{
    struct buf *buf = json->buf;
    buf_add_char(buf, '"');
    size_t plain = 0;
    for (size_t i = 0; i <= length; i++) {
        bool special = i < length && ((unsigned char)text[i] < 0x20 || text[i] == '"' || text[i] == '\\');
        if (i < length && !special)
            continue;
        buf_add(buf, text + plain, i - plain);
        plain = i + 1;
        if (i == length)
            break;
        if (text[i] == '"' || text[i] == '\\')
            buf_printf(buf, "\\%c", text[i]);
        else
            buf_printf(buf, "\\u%04x", (unsigned char)text[i]);
    }
    buf_add_char(buf, '"');
}

void json_out_key(struct json_out *json, const char *key)
{
    before_item(json);
    write_string(json, key, strlen(key));
    buf_add(json->buf, ": ", 2);
    json->after_key = true;
}

void json_out_text(struct json_out *json, const char *text)
{
    before_item(json);
    write_string(json, text, strlen(text));
}

void json_out_bytes(struct json_out *json, const char *bytes, size_t length)
{
    before_item(json);
    if (text_is_plain(bytes, length)) {
        write_string(json, bytes, length);
        return;
    }
    AUTO_BUF struct buf escaped = BUF_INIT;
    text_escape(&escaped, bytes, length);
    write_string(json, buf_text(&escaped), escaped.length);
}

void json_out_u64(struct json_out *json, uint64_t number)
{
    before_item(json);
    buf_printf(json->buf, "%" PRIu64, number);
}

void json_out_i64(struct json_out *json, int64_t number)
{
    before_item(json);
    buf_printf(json->buf, "%" PRId64, number);
}

void json_out_bool(struct json_out *json, bool value)
{
    before_item(json);
    buf_add_text(json->buf, value ? "true" : "false");
}

void json_out_null(struct json_out *json)
{
    before_item(json);
    buf_add_text(json->buf, "null");
}

void json_out_key_text(struct json_out *json, const char *key, const char *text)
{
    json_out_key(json, key);
    json_out_text(json, text);
}

void json_out_key_u64(struct json_out *json, const char *key, uint64_t number)
{
    json_out_key(json, key);
    json_out_u64(json, number);
}

void json_out_key_bool(struct json_out *json, const char *key, bool value)
{
    json_out_key(json, key);
    json_out_bool(json, value);
}
