#include "base/json_at.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

struct json_at json_at_top(const struct json_source *source, const json_t *value)
{
    return (struct json_at){.source = source, .value = value};
}

struct json_at json_at_key(const struct json_at *up, const char *key)
{
    return (struct json_at){
        .source = up->source, .up = up, .key = key, .value = json_object_get(up->value, key)};
}

struct json_at json_at_index(const struct json_at *up, size_t index)
{
    return (struct json_at){
        .source = up->source, .up = up, .index = index, .value = json_array_get(up->value, index)};
}

const char *json_quote(const char *text, char buffer[static JSON_QUOTE_MAX])
{
    enum { KEEP = 60 };
    AUTO_BUF struct buf escaped = BUF_INIT;
    size_t length = strlen(text);
    text_escape(&escaped, text, length < JSON_QUOTE_MAX ? length : JSON_QUOTE_MAX);
    size_t shown = escaped.length;
    if (shown > KEEP)
        for (shown = KEEP; shown > 0 && (buf_text(&escaped)[shown] & 0xc0) == 0x80;)
            shown--;
    (void)snprintf(buffer, JSON_QUOTE_MAX, "\"%.*s\"%s", (int)shown, buf_text(&escaped),
                   shown < escaped.length ? "…" : "");
    return buffer;
}

static void print_place(struct buf *out, const struct json_at *at)
{
    if (!at->up)
        return;
    print_place(out, at->up);
    if (!at->key)
        buf_printf(out, "[%zu]", at->index);
    else
        buf_printf(out, "%s%s", out->length ? "." : "", at->key);
}

int json_at_error(const struct json_at *at, const char *format, ...)
{
    AUTO_BUF struct buf place = BUF_INIT;
    print_place(&place, at);
    char sentence[ERR_SENTENCE_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(sentence, sizeof(sentence), format, args);
    va_end(args);
    return err_set(at->source->err, -EINVAL, "%s: %s%s%s", at->source->name, buf_text(&place),
                   place.length ? ": " : "", sentence);
}

int json_at_refuse(const struct json_at *at, const char *text, const char *why)
{
    char quoted[JSON_QUOTE_MAX];
    return json_at_error(at, "%s %s", json_quote(text, quoted), why);
}

static int unknown_key(const struct json_at *at, const char *key)
{
    char quoted[JSON_QUOTE_MAX];
    return json_at_error(at, "unknown key %s", json_quote(key, quoted));
}

int json_at_object(const struct json_at *at)
{
    return json_is_object(at->value) ? 0 : json_at_error(at, "is not an object");
}

int json_at_only_keys(const struct json_at *at, const char *const *names)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)(uintptr_t)at->value, key, value) {
        const char *const *name = names;
        while (*name && strcmp(*name, key) != 0)
            name++;
        if (!*name)
            return unknown_key(at, key);
    }
    return 0;
}

static int refuse_unknown(const struct json_at *at, const struct json_field *fields)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)(uintptr_t)at->value, key, value) {
        const struct json_field *field = fields;
        while (field->key && strcmp(field->key, key) != 0)
            field++;
        if (!field->key)
            return unknown_key(at, key);
    }
    return 0;
}

int json_at_fields(const struct json_at *at, const struct json_field *fields, enum json_unknown unknown, void *into)
{
    int rc = json_at_object(at);
    size_t found = 0;
    for (const struct json_field *field = fields; field->key && rc == 0; field++) {
        struct json_at inner = json_at_key(at, field->key);
        if (inner.value) {
            found++;
            rc = field->read(&inner, (char *)into + field->offset);
        } else if (field->required) {
            rc = json_at_error(at, "has no \"%s\"", field->key);
        }
    }
    if (rc == 0 && unknown == JSON_UNKNOWN_REFUSED && found < json_object_size(at->value))
        rc = refuse_unknown(at, fields);
    return rc;
}

int json_at_each(const struct json_at *at, int (*read)(const struct json_at *at, void *into), void *into)
{
    if (!json_is_array(at->value))
        return json_at_error(at, "is not an array");
    size_t count = json_array_size(at->value);
    for (size_t i = 0; i < count; i++) {
        struct json_at inner = json_at_index(at, i);
        int rc = read(&inner, into);
        if (rc < 0)
            return rc;
    }
    return 0;
}

int json_at_count(const struct json_at *at, uint64_t max, uint64_t *ret)
{
    json_int_t number = json_integer_value(at->value);
    if (!json_is_integer(at->value) || number < 0 || (uint64_t)number > max)
        return json_at_error(at, "is not a whole number from 0 to %" PRIu64, max);
    *ret = (uint64_t)number;
    return 0;
}

int json_at_text(const struct json_at *at, const char **ret, size_t *ret_length)
{
    if (!json_is_string(at->value))
        return json_at_error(at, "is not a string");
    const char *text = json_string_value(at->value);
    size_t length = json_string_length(at->value);
    if (memchr(text, '\0', length))
        return json_at_error(at, "holds a NUL byte");
    *ret = text;
    if (ret_length)
        *ret_length = length;
    return 0;
}

int json_read_u64(const struct json_at *at, void *into)
{
    return json_at_count(at, INT64_MAX, into);
}

int json_read_u32(const struct json_at *at, void *into)
{
    uint64_t number = 0;
    int rc = json_at_count(at, UINT32_MAX, &number);
    if (rc == 0)
        *(uint32_t *)into = (uint32_t)number;
    return rc;
}

int json_read_i64(const struct json_at *at, void *into)
{
    if (!json_is_integer(at->value))
        return json_at_error(at, "is not a whole number");
    *(int64_t *)into = json_integer_value(at->value);
    return 0;
}

int json_read_bool(const struct json_at *at, void *into)
{
    if (!json_is_boolean(at->value))
        return json_at_error(at, "is neither true nor false");
    *(bool *)into = json_is_true(at->value);
    return 0;
}
