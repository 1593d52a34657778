#include "audit/embedded_text.h"

#include <errno.h>
#include <string.h>

#include "audit/apparmor_text.h"
#include "audit/source.h"

/* ---- places ------------------------------------------------------------------------------------------ */

/* Where the text of a literal block begins in the file. */
struct block {
    uint32_t line;   /* the one before its first */
    uint32_t indent; /* bytes */
};

/* "|", "|-", "|2+" at the end of a line, but for blanks and a comment. */
static bool ends_in_bar(const char *text, size_t length)
{
    const char *bar = NULL;
    for (size_t i = 0; i < length && text[i] != '#'; i++)
        bar = text[i] == '|' ? text + i : bar;
    if (!bar)
        return false;
    const char *at = bar + 1;
    while (at < text + length && strchr("+-123456789 \t\r", *at))
        at++;
    return at == text + length || *at == '#';
}

static size_t line_length(const char *text)
{
    size_t length = strcspn(text, "\n");
    return length - (length > 0 && text[length - 1] == '\r');
}

/* The first line that is not empty has to be the same here and there. */
static bool find_block(struct source *source, const struct node *scalar, struct block *ret)
{
    size_t length = 0;
    const char *text = node_text(scalar);
    const char *line = source && scalar->value_line > 0 ? source_line(source, scalar->value_line, &length) : NULL;
    if (!text || !line || scalar->value_column > length || !ends_in_bar(line + scalar->value_column - 1, length + 1 - scalar->value_column))
        return false;
    uint32_t number = scalar->value_line + 1;
    for (; *text == '\n'; text++)
        number++;
    line = source_line(source, number, &length);
    size_t own = line_length(text);
    if (!line || length < own || own == 0 || memcmp(line + length - own, text, own) != 0)
        return false;
    *ret = (struct block){.line = scalar->value_line, .indent = (uint32_t)(length - own)};
    return true;
}

static void move(const struct node *tree, const struct block *block)
{
    struct node *node = (struct node *)(uintptr_t)tree; /* of the arena, made by the reader for us alone */
    node->line += block->line;
    node->value_line += block->line;
    node->column += block->indent;
    node->value_column += block->indent;
    for (const struct node *entry = node_first(tree); entry; entry = entry->next)
        move(entry, block);
}

void embedded_stands_at(const struct node *tree, const struct node *where)
{
    struct node *node = (struct node *)(uintptr_t)tree;
    const struct node *origin = node_origin(where);
    node->origin = origin;
    node->line = origin->line;
    node->column = origin->column;
    node->value_line = origin->value_line;
    node->value_column = origin->value_column;
    for (const struct node *entry = node_first(tree); entry; entry = entry->next)
        embedded_stands_at(entry, where);
}

/* The tree takes the place of the scalar, so that ways to its nodes begin at the document's root. */
static void place(const struct collector *collector, const struct node *tree, const struct node *scalar)
{
    struct node *root = (struct node *)(uintptr_t)tree;
    struct block block;
    if (scalar->origin || !find_block(collector->source, scalar, &block)) {
        embedded_stands_at(tree, scalar);
        return;
    }
    move(tree, &block);
    root->parent = scalar->parent;
    root->key = scalar->key;
    root->key_length = scalar->key_length;
}

/* ---- reading ----------------------------------------------------------------------------------------- */

int embedded_json(const struct collector *collector, const struct node *scalar, const char *name, const struct node **ret, struct err *err)
{
    struct node_stream stream = {0};
    int failed = json_read(name, scalar->text, scalar->length, collector->arena, &stream, err);
    if (failed < 0)
        return failed;
    if (stream.count != 1)
        return err_set(err, -EINVAL, "%s is not one JSON object", name);
    place(collector, stream.documents[0], scalar);
    *ret = stream.documents[0];
    return 0;
}

int embedded_apparmor(const struct collector *collector, const struct node *scalar, const char *name, const struct node **ret, struct err *err)
{
    struct node *list = node_new_list(collector->arena, NULL);
    int failed = apparmor_statements(collector->arena, name, scalar->text, scalar->length, list, NULL, err);
    list->line = list->column = list->value_line = list->value_column = 1;
    place(collector, list, scalar);
    *ret = list;
    return failed;
}

/* ---- base64 ------------------------------------------------------------------------------------------ */

static int digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

const char *embedded_base64(struct arena *arena, const char *text, size_t *ret_length)
{
    char *bytes = arena_alloc(arena, strlen(text) / 4 * 3 + 4);
    size_t length = 0, digits = 0;
    unsigned held = 0;
    for (; *text && *text != '='; text++) {
        if (strchr(" \t\r\n", *text))
            continue;
        int value = digit(*text);
        if (value < 0)
            return NULL;
        held = (held << 6 | (unsigned)value) & 0xffffff;
        if (++digits % 4 != 1)
            bytes[length++] = (char)(held >> (digits % 4 == 2 ? 4 : digits % 4 == 3 ? 2 : 0) & 0xff);
    }
    if (text[strspn(text, "= \t\r\n")] != '\0' || digits % 4 == 1)
        return NULL;
    *ret_length = length;
    return bytes;
}
