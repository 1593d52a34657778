#include "base/yaml_out.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/yaml_scalar.h"

enum { WIDTH = 110, CHARACTERS_LEAST = 20 };

/* ---- characters --------------------------------------------------------------------------------- */

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* The code point of a valid UTF-8 character. */
static uint32_t decode(const char *bytes, size_t length)
{
    const unsigned char *at = (const unsigned char *)bytes;
    uint32_t value = length == 1 ? at[0] : at[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++)
        value = value << 6 | (at[i] & 0x3fu);
    return value;
}

/* YAML's c-printable without what some versions of YAML end lines with, and without the byte order mark. */
static bool is_shown(uint32_t character)
{
    return (character >= 0x20 && character < 0x7f) || (character >= 0xa0 && character < 0x2028) ||
           (character > 0x2029 && character < 0xfeff) || (character > 0xfeff && character < 0xfffe) || character > 0xffff;
}

/* ---- scalars ------------------------------------------------------------------------------------ */

static bool is_plain(const char *text)
{
    size_t length = strlen(text);
    struct node node = {.text = text, .length = length};
    if (length == 0 || !strchr("_/.0123456789", text[0]) == !strchr(letters, text[0]))
        return false;
    for (const char *c = text; *c; c++)
        if (!strchr(letters, *c) && !strchr("0123456789_./@+=:-", *c))
            return false;
    /* Numbers, dates and sexagesimal numbers of YAML 1.1 have no letter but those of an exponent; times with letters have a colon. */
    bool has_letter = strcspn(text, letters) < length && text[strspn(text, "0123456789_.:+-eE")] != '\0';
    if (strchr(".0123456789", text[0]) && (!has_letter || strchr(text, ':')))
        return false;
    yaml_scalar_resolve(&node);
    return node.kind == NODE_STRING && text[length - 1] != ':';
}

static void add_escaped(struct buf *out, uint32_t character)
{
    if (character == '"' || character == '\\')
        buf_printf(out, "\\%c", (int)character);
    else if (character == '\n')
        buf_add_text(out, "\\n");
    else if (character == '\t')
        buf_add_text(out, "\\t");
    else if (character < 0x100)
        buf_printf(out, "\\x%02" PRIx32, character);
    else
        buf_printf(out, "\\u%04" PRIx32, character);
}

void yaml_out_scalar(struct buf *out, const char *text)
{
    if (is_plain(text)) {
        buf_add_text(out, text);
        return;
    }
    size_t left = strlen(text);
    buf_add_char(out, '"');
    while (left > 0) {
        size_t length = text_utf8_length(text, left);
        uint32_t character = length ? decode(text, length) : 0;
        if (length == 0)
            buf_printf(out, "\\\\x%02x", (unsigned char)*text);
        else if (is_shown(character) && character != '"' && character != '\\')
            buf_add(out, text, length);
        else
            add_escaped(out, character);
        length = length ? length : 1;
        text += length;
        left -= length;
    }
    buf_add_char(out, '"');
}

/* ---- structure ---------------------------------------------------------------------------------- */

void yaml_out_init(struct yaml_out *yaml, struct buf *buf)
{
    *yaml = (struct yaml_out){.buf = buf};
}

static void indent(struct yaml_out *yaml, unsigned depth)
{
    for (unsigned i = 0; i < depth; i++)
        buf_add_text(yaml->buf, "  ");
}

static void begin_line(struct yaml_out *yaml)
{
    if (yaml->after_dash) {
        indent(yaml, yaml->depth - 1);
        buf_add_text(yaml->buf, "- ");
        yaml->after_dash = false;
        return;
    }
    indent(yaml, yaml->depth);
}

static void add_key(struct yaml_out *yaml, const char *key)
{
    begin_line(yaml);
    yaml_out_scalar(yaml->buf, key);
    buf_add_char(yaml->buf, ':');
}

static void push(struct yaml_out *yaml)
{
    assert(yaml->depth < YAML_OUT_DEPTH_MAX);
    yaml->depth++;
}

void yaml_out_open(struct yaml_out *yaml, const char *key)
{
    add_key(yaml, key);
    buf_add_char(yaml->buf, '\n');
    push(yaml);
}

void yaml_out_item(struct yaml_out *yaml)
{
    push(yaml);
    yaml->after_dash = true;
}

void yaml_out_end(struct yaml_out *yaml)
{
    assert(yaml->depth > 0 && !yaml->after_dash);
    yaml->depth--;
}

void yaml_out_item_text(struct yaml_out *yaml, const char *text)
{
    begin_line(yaml);
    buf_add_text(yaml->buf, "- ");
    yaml_out_scalar(yaml->buf, text);
    buf_add_char(yaml->buf, '\n');
}

void yaml_out_text(struct yaml_out *yaml, const char *key, const char *text)
{
    add_key(yaml, key);
    buf_add_char(yaml->buf, ' ');
    yaml_out_scalar(yaml->buf, text);
    buf_add_char(yaml->buf, '\n');
}

void yaml_out_u64(struct yaml_out *yaml, const char *key, uint64_t number)
{
    add_key(yaml, key);
    buf_printf(yaml->buf, " %" PRIu64 "\n", number);
}

void yaml_out_bool(struct yaml_out *yaml, const char *key, bool value)
{
    add_key(yaml, key);
    buf_printf(yaml->buf, " %s\n", value ? "true" : "false");
}

void yaml_out_flow(struct yaml_out *yaml, const char *key, const char *const *texts, size_t count)
{
    add_key(yaml, key);
    buf_add_text(yaml->buf, " [");
    size_t column = 2 * (size_t)yaml->depth + strlen(key) + 3;
    for (size_t i = 0; i < count; i++) {
        AUTO_BUF struct buf scalar = BUF_INIT;
        yaml_out_scalar(&scalar, texts[i]);
        if (i > 0)
            buf_add_char(yaml->buf, ',');
        if (column + scalar.length + 2 > WIDTH && i > 0) {
            buf_add_char(yaml->buf, '\n');
            indent(yaml, yaml->depth + 1);
            column = 2 * ((size_t)yaml->depth + 1);
        } else if (i > 0) {
            buf_add_char(yaml->buf, ' ');
        }
        buf_add(yaml->buf, scalar.data, scalar.length);
        column += scalar.length + 2;
    }
    buf_add_text(yaml->buf, "]\n");
}

/* ---- lines as they are -------------------------------------------------------------------------- */

/* A literal block keeps its lines when none begins the block with a blank and it ends with just one newline. */
static bool is_block(const char *text)
{
    size_t length = strlen(text);
    if (length < 2 || text[0] == ' ' || text[0] == '\t' || text[0] == '\n' || text[length - 1] != '\n' ||
        text[length - 2] == '\n')
        return false;
    for (size_t at = 0, step; at < length; at += step) {
        step = text_utf8_length(text + at, length - at);
        if (step == 0 || (text[at] != '\n' && text[at] != '\t' && !is_shown(decode(text + at, step))))
            return false;
    }
    return true;
}

void yaml_out_block(struct yaml_out *yaml, const char *key, const char *text)
{
    if (!is_block(text)) {
        yaml_out_text(yaml, key, text);
        return;
    }
    add_key(yaml, key);
    buf_add_text(yaml->buf, " |\n");
    while (*text) {
        size_t length = strcspn(text, "\n");
        if (length > 0)
            indent(yaml, yaml->depth + 1);
        buf_add(yaml->buf, text, length + 1);
        text += length + 1;
    }
}

/* ---- comments ----------------------------------------------------------------------------------- */

/* One line of text, in which nothing can end the comment. */
static void add_comment_text(struct buf *out, const char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        size_t length = text_utf8_length(text, left);
        if (length > 0 && is_shown(decode(text, length)))
            buf_add(out, text, length);
        else
            for (size_t i = 0; i < (length ? length : 1); i++)
                buf_printf(out, "\\x%02x", (unsigned char)text[i]);
        length = length ? length : 1;
        text += length;
        left -= length;
    }
}

void yaml_out_comment(struct yaml_out *yaml, const char *text)
{
    AUTO_BUF struct buf words = BUF_INIT;
    unsigned depth = yaml->depth - yaml->after_dash;
    size_t room = WIDTH - 2 * (size_t)depth - 2;
    add_comment_text(&words, text);
    for (const char *at = buf_text(&words); *at;) {
        size_t length = strlen(at);
        if (length > room) {
            const char *cut = memrchr(at, ' ', room + 1);
            cut = cut && cut - at > CHARACTERS_LEAST ? cut : strchr(at + room, ' ');
            length = cut ? (size_t)(cut - at) : length;
        }
        indent(yaml, depth);
        buf_printf(yaml->buf, "# %.*s\n", (int)length, at);
        at += length + strspn(at + length, " ");
    }
}

void yaml_out_commentf(struct yaml_out *yaml, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AUTO_FREE char *text = mem_vprintf(format, arguments);
    va_end(arguments);
    yaml_out_comment(yaml, text);
}
