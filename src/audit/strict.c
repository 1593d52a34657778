#include "audit/strict.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"

static int complain(const char *file, uint32_t line, uint32_t column, struct err *err, const char *sentence)
{
    if (line == 0)
        return err_set(err, -EINVAL, "%s: %s", file, sentence);
    return err_set(err, -EINVAL, "%s:%u:%u: %s", file, line, column, sentence);
}

int strict_read(const char *file, size_t limit, struct arena *arena, struct node_stream *ret, struct err *err)
{
    AUTO_BUF struct buf bytes = BUF_INIT;
    struct node_stream stream = {0};
    int rc = file_read(file, limit, &bytes, err);
    if (rc < 0)
        return rc;
    /* The tree borrows the bytes. */
    rc = yaml_read(file, arena_dup(arena, buf_text(&bytes), bytes.length), bytes.length, arena, &stream, err);
    if (rc < 0)
        return rc;
    if (stream.duplicates)
        return err_set(err, -EINVAL, "%s:%u:%u: the key stands here twice, first on line %u", file,
                       stream.duplicates->line, stream.duplicates->column, stream.duplicates->first_line);
    *ret = stream;
    return 0;
}

int strict_error(const char *file, const struct node *where, struct err *err, const char *format, ...)
{
    char sentence[ERR_SENTENCE_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof(sentence), format, arguments);
    va_end(arguments);
    uint32_t line = where ? where->value_line ? where->value_line : where->line : 0;
    uint32_t column = where ? where->value_line ? where->value_column : where->column : 0;
    return complain(file, line, column, err, sentence);
}

const char *strict_quote(const char *text, char buffer[static STRICT_QUOTE_MAX])
{
    enum { KEEP = 60 };
    AUTO_BUF struct buf escaped = BUF_INIT;
    size_t length = strlen(text);
    text_escape(&escaped, text, length < STRICT_QUOTE_MAX ? length : STRICT_QUOTE_MAX);
    size_t shown = escaped.length;
    if (shown > KEEP)
        for (shown = KEEP; shown > 0 && (buf_text(&escaped)[shown] & 0xc0) == 0x80;)
            shown--;
    (void)snprintf(buffer, STRICT_QUOTE_MAX, "'%.*s'%s", (int)shown, buf_text(&escaped),
                   shown < escaped.length ? "…" : "");
    return buffer;
}

const char *strict_nearest(const char *typed, const char *const *names)
{
    size_t length = strlen(typed);
    size_t best = 2 + length / 3; /* the edits that a slip explains, and one */
    const char *nearest = NULL;
    for (; length < STRICT_QUOTE_MAX && *names; names++) {
        size_t distance = text_distance(typed, *names);
        if (distance < best && distance < strlen(*names)) {
            best = distance;
            nearest = *names;
        }
    }
    return nearest;
}

static bool is_among(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (**names == *name && strcmp(*names, name) == 0)
            return true;
    return false;
}

int strict_keys(const char *file, const struct node *map, const char *const *names, struct err *err)
{
    for (const struct node *entry = node_first(map); entry; entry = entry->next) {
        if (is_among(entry->key, names))
            continue;
        char quoted[STRICT_QUOTE_MAX];
        char sentence[ERR_SENTENCE_MAX];
        const char *nearest = strict_nearest(entry->key, names);
        (void)snprintf(sentence, sizeof(sentence), "there is no key %s here%s%s%s", strict_quote(entry->key, quoted),
                       nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
        return complain(file, entry->line, entry->column, err, sentence);
    }
    return 0;
}

int strict_text(const char *file, const struct node *node, const char *name, struct err *err)
{
    const char *text = node_text(node);
    if (!text || node->length == 0)
        return strict_error(file, node, err, "%s must be a text", name);
    if (strlen(text) != node->length)
        return strict_error(file, node, err, "%s holds a NUL character", name);
    return 0;
}

int strict_list(const char *file, const struct node *node, const char *name, struct err *err)
{
    if (!node_is(node, NODE_LIST) || node_count(node) == 0)
        return strict_error(file, node, err, "%s must be a list with at least one item", name);
    return 0;
}

int strict_map(const char *file, const struct node *node, const char *name, struct err *err)
{
    if (!node_is(node, NODE_MAP) || node_count(node) == 0)
        return strict_error(file, node, err, "%s must be a map of keys and values", name);
    return 0;
}
