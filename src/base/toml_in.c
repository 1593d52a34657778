#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/node_in.h"
#include "base/text.h"
#include "base/toml_part.h"

static int fail_at(struct toml_in *in, int code, uint32_t line, uint32_t column, const char *why)
{
    in->error_line = line;
    in->error_column = column;
    return err_set(in->err, code, "%s:%u:%u: %s", in->name, line, column, why);
}

int toml_fail(struct toml_in *in, int code, const char *at, const char *format, ...)
{
    char why[ERR_SENTENCE_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    return fail_at(in, code, in->line, (uint32_t)(at - in->line_start) + 1, why);
}

int toml_fail_key(struct toml_in *in, const struct toml_key *key, const char *why, const struct node *first)
{
    enum { SHOWN = 60 };
    AUTO_BUF struct buf text = BUF_INIT;
    text_escape(&text, key->text, key->length < SHOWN ? key->length : SHOWN);
    AUTO_FREE char *sentence =
        mem_printf("not valid TOML: \"%s\" %s (line %u)", buf_text(&text), why, first->line);
    return fail_at(in, -EINVAL, key->line, key->column, sentence);
}

bool toml_is_next(const struct toml_in *in, char c)
{
    return in->at < in->end && *in->at == c;
}

bool toml_take(struct toml_in *in, const char *text)
{
    size_t length = strlen(text);
    if ((size_t)(in->end - in->at) < length || memcmp(in->at, text, length) != 0)
        return false;
    in->at += length;
    return true;
}

void toml_skip_blanks(struct toml_in *in)
{
    while (toml_is_next(in, ' ') || toml_is_next(in, '\t'))
        in->at++;
}

static int skip_comment(struct toml_in *in)
{
    while (in->at < in->end && *in->at != '\n') {
        unsigned char c = (unsigned char)*in->at;
        size_t length = text_utf8_length(in->at, (size_t)(in->end - in->at));
        bool ends = c == '\r' && in->at + 1 < in->end && in->at[1] == '\n';
        if (ends)
            return 0;
        if (length == 0 || (c < 0x20 && c != '\t') || c == 0x7f)
            return toml_fail(in, -EINVAL, in->at, "not valid TOML: here is %s",
                             length == 0 ? "a byte that is not valid UTF-8" : "a control character");
        in->at += length;
    }
    return 0;
}

int toml_skip_lines(struct toml_in *in)
{
    for (;;) {
        toml_skip_blanks(in);
        int rc = toml_is_next(in, '#') ? skip_comment(in) : 0;
        if (rc < 0 || (!toml_take(in, "\r\n") && !toml_take(in, "\n")))
            return rc;
        in->line++;
        in->line_start = in->at;
    }
}

/* What may stand behind a header or a pair on its line. */
static int end_line(struct toml_in *in)
{
    uint32_t line = in->line;
    int rc = toml_skip_lines(in);
    if (rc == 0 && in->line == line && in->at < in->end)
        rc = toml_fail(in, -EINVAL, in->at, "not valid TOML: the line should end here");
    return rc;
}

struct node *toml_node(struct toml_in *in, enum node_kind kind)
{
    if (++in->total > NODE_COUNT_MAX) {
        (void)toml_fail(in, -E2BIG, in->at, "more than %d values", NODE_COUNT_MAX);
        return NULL;
    }
    struct node *node = arena_alloc(in->arena, sizeof(*node));
    node->kind = (uint8_t)kind;
    node->value_line = node->line = in->line;
    node->value_column = node->column = (uint32_t)(in->at - in->line_start) + 1;
    return node;
}

/* ---- keys and headers ---------------------------------------------------------------------------- */

static size_t bare_length(const struct toml_in *in)
{
    size_t length = 0;
    while (in->at + length < in->end) {
        char c = in->at[length];
        bool is_bare = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        if (!is_bare)
            break;
        length++;
    }
    return length;
}

int toml_key_read(struct toml_in *in, struct toml_key *ret)
{
    *ret = (struct toml_key){.line = in->line, .column = (uint32_t)(in->at - in->line_start) + 1};
    if (toml_is_next(in, '"') || toml_is_next(in, '\'')) {
        int rc = toml_text_read(in, false, &ret->text, &ret->length);
        if (rc < 0)
            return rc;
    } else {
        ret->length = bare_length(in);
        if (ret->length == 0)
            return toml_fail(in, -EINVAL, in->at, "not valid TOML: a key is missing here");
        ret->text = arena_dup(in->arena, in->at, ret->length);
        in->at += ret->length;
    }
    toml_skip_blanks(in);
    return 0;
}

/* Reads a key with dots and goes down to the table in which its last part, ret, is to stand. */
static int read_path(struct toml_in *in, uint32_t *table, struct toml_key *ret, enum toml_how make)
{
    for (;;) {
        int rc = toml_key_read(in, ret);
        if (rc < 0 || !toml_take(in, "."))
            return rc;
        toml_skip_blanks(in);
        rc = toml_table_descend(in, table, ret, make);
        if (rc < 0)
            return rc;
    }
}

int toml_pair_read(struct toml_in *in, uint32_t table)
{
    struct toml_key key;
    int rc = read_path(in, &table, &key, TOML_DOTTED);
    if (rc < 0)
        return rc;
    if (!toml_take(in, "="))
        return toml_fail(in, -EINVAL, in->at, "not valid TOML: = is missing here");
    toml_skip_blanks(in);
    struct toml_slot *slot = toml_table_slot(in, table, &key);
    if (slot->how != TOML_NONE)
        return toml_fail_key(in, &key, "is there already", slot->node);
    struct node *value = NULL;
    rc = toml_value_read(in, in->tables[table].depth, &value);
    if (rc < 0)
        return rc;
    toml_table_put(in, table, &key, value);
    slot = toml_table_slot(in, table, &key);
    slot->how = TOML_VALUE;
    slot->node = value;
    return 0;
}

static int open_table(struct toml_in *in, uint32_t *table, const struct toml_key *key)
{
    struct toml_slot *slot = toml_table_slot(in, *table, key);
    if (slot->how == TOML_NONE)
        return toml_table_descend(in, table, key, TOML_HEADER);
    if (slot->how != TOML_IMPLICIT)
        return toml_fail_key(in, key, "is there already", slot->node);
    slot->how = TOML_HEADER;
    slot->node->value_line = slot->node->line = key->line;
    slot->node->value_column = slot->node->column = key->column;
    *table = slot->table;
    return 0;
}

static int open_array_item(struct toml_in *in, uint32_t *table, const struct toml_key *key)
{
    enum toml_how how = toml_table_slot(in, *table, key)->how;
    unsigned depth = in->tables[*table].depth + 2;
    if (how != TOML_NONE && how != TOML_ARRAY)
        return toml_fail_key(in, key, "is there already, and no array of tables",
                             toml_table_slot(in, *table, key)->node);
    if (depth > NODE_DEPTH_MAX)
        return toml_fail(in, -E2BIG, in->at, "nests deeper than %d levels", NODE_DEPTH_MAX);
    struct node *item = toml_node(in, NODE_MAP);
    struct node *list = how == TOML_ARRAY ? toml_table_slot(in, *table, key)->node : toml_node(in, NODE_LIST);
    if (!item || !list)
        return -E2BIG;
    item->value_line = item->line = list->value_line = key->line;
    item->value_column = item->column = list->value_column = key->column;
    if (how == TOML_NONE)
        toml_table_put(in, *table, key, list);
    node_append(list, item);
    struct toml_slot *slot = toml_table_slot(in, *table, key);
    *slot = (struct toml_slot){.how = TOML_ARRAY, .table = toml_table_add(in, item, depth), .node = list};
    *table = slot->table;
    return 0;
}

/* [a.b] or [[a.b]]; gives the table that the pairs behind it belong to. */
static int read_header(struct toml_in *in, uint32_t *ret_table)
{
    bool is_array = toml_take(in, "[[");
    if (!is_array)
        in->at++;
    toml_skip_blanks(in);
    uint32_t table = 0;
    struct toml_key key;
    int rc = read_path(in, &table, &key, TOML_IMPLICIT);
    if (rc < 0)
        return rc;
    if (!toml_take(in, is_array ? "]]" : "]"))
        return toml_fail(in, -EINVAL, in->at, "not valid TOML: %s is missing here", is_array ? "]]" : "]");
    *ret_table = table;
    return is_array ? open_array_item(in, ret_table, &key) : open_table(in, ret_table, &key);
}

static int read_lines(struct toml_in *in)
{
    uint32_t table = 0;
    for (;;) {
        int rc = toml_skip_lines(in);
        if (rc < 0 || in->at == in->end)
            return rc;
        rc = toml_is_next(in, '[') ? read_header(in, &table) : toml_pair_read(in, table);
        if (rc == 0)
            rc = end_line(in);
        if (rc < 0)
            return rc;
    }
}

int toml_read(const char *name, const char *bytes, size_t length, struct arena *arena, struct node_stream *ret,
              struct err *err)
{
    *ret = (struct node_stream){0};
    if (length > NODE_BYTES_MAX)
        return err_set(err, -E2BIG, "%s: larger than %d MiB", name, NODE_BYTES_MAX >> 20);
    size_t skipped = length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    struct toml_in in = {.name = name, .arena = arena, .err = err, .at = bytes + skipped, .end = bytes + length,
                         .line_start = bytes + skipped, .line = 1, .keys = intern_new()};
    struct node *root = toml_node(&in, NODE_MAP);
    (void)toml_table_add(&in, root, 1);
    int rc = read_lines(&in);
    ret->documents = arena_alloc(arena, sizeof(*ret->documents));
    ret->documents[0] = root;
    ret->count = rc == 0 && root->count > 0;
    ret->empty_count = rc == 0 && root->count == 0;
    ret->error_line = in.error_line;
    ret->error_column = in.error_column;
    intern_free(in.keys);
    free(in.tables);
    free(in.slots);
    buf_done(&in.scratch);
    return rc;
}
