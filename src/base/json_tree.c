#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_text.h"
#include "base/mem.h"
#include "base/node_in.h"
#include "base/node_keys.h"

enum expected {
    EXPECT_DOCUMENT,
    EXPECT_VALUE,
    EXPECT_ITEM_OR_END, /* behind [ */
    EXPECT_KEY,
    EXPECT_KEY_OR_END, /* behind { */
    EXPECT_COLON,
    EXPECT_COMMA_OR_END,
};

struct json_tree {
    const char *name;
    struct arena *arena;
    struct err *err;
    const char *at, *end;
    const char *line_start;
    uint32_t line;
    enum expected expected;
    struct node *open[NODE_DEPTH_MAX]; /* lists and maps that have begun and not ended */
    size_t depth;
    struct node *root;
    size_t total;
    const char *key; /* waits for its value */
    uint32_t key_length, key_line, key_column;
    const struct node **documents;
    size_t count, capacity, empty_count;
    struct node_keys keys;
    uint32_t error_line, error_column;
};

static int __attribute__((format(printf, 4, 5)))
fail(struct json_tree *in, int code, const char *at, const char *format, ...)
{
    char why[ERR_SENTENCE_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    in->error_line = in->line;
    in->error_column = (uint32_t)(at - in->line_start) + 1;
    return err_set(in->err, code, "%s:%u:%u: %s", in->name, in->error_line, in->error_column, why);
}

static int malformed(struct json_tree *in, const char *at, const char *what)
{
    return fail(in, -EINVAL, at, "not valid JSON: here is %s", what);
}

/* What was expected is said, because what stands there can be seen. */
static int missing(struct json_tree *in, const char *what)
{
    return fail(in, -EINVAL, in->at, "not valid JSON: %s is missing here%s", what,
                in->at == in->end ? ", where the file ends" : "");
}

static void skip_space(struct json_tree *in)
{
    for (; in->at < in->end; in->at++) {
        char c = *in->at;
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
            return;
        if (c == '\n' || (c == '\r' && (in->at + 1 == in->end || in->at[1] != '\n'))) {
            in->line++;
            in->line_start = in->at + 1;
        }
    }
}

/* ---- nodes --------------------------------------------------------------------------------------- */

static int finish_document(struct json_tree *in)
{
    in->expected = EXPECT_DOCUMENT;
    if (in->root->kind == NODE_NULL) {
        in->empty_count++;
        return 0;
    }
    MEM_GROW(in->documents, in->count, in->capacity);
    in->documents[in->count++] = in->root;
    return 0;
}

static int finish_value(struct json_tree *in)
{
    in->expected = EXPECT_COMMA_OR_END;
    return in->depth == 0 ? finish_document(in) : 0;
}

/* A node that begins here hangs where the next one belongs. */
static int attach(struct json_tree *in, struct node *node, const char *at)
{
    if (++in->total > NODE_COUNT_MAX)
        return fail(in, -E2BIG, at, "more than %d values", NODE_COUNT_MAX);
    node->value_line = node->line = in->line;
    node->value_column = node->column = (uint32_t)(at - in->line_start) + 1;
    if (in->depth == 0) {
        in->root = node;
        return 0;
    }
    if (in->key) {
        node->key = in->key;
        node->key_length = in->key_length;
        node->line = in->key_line;
        node->column = in->key_column;
        in->key = NULL;
    }
    node_append(in->open[in->depth - 1], node);
    return 0;
}

static int begin(struct json_tree *in, enum node_kind kind, enum expected expected)
{
    if (in->depth == NODE_DEPTH_MAX)
        return fail(in, -E2BIG, in->at, "nests deeper than %d levels", NODE_DEPTH_MAX);
    struct node *node = arena_alloc(in->arena, sizeof(*node));
    node->kind = (uint8_t)kind;
    int rc = attach(in, node, in->at);
    in->open[in->depth++] = node;
    in->expected = expected;
    in->at++;
    return rc;
}

static int end(struct json_tree *in)
{
    struct node *node = in->open[--in->depth];
    if (node->kind == NODE_MAP)
        node_keys_last_wins(&in->keys, node);
    in->at++;
    return finish_value(in);
}

/* ---- scalars ------------------------------------------------------------------------------------- */

static int take_text(struct json_tree *in, const char **ret_text, size_t *ret_length)
{
    struct json_wrong wrong;
    size_t read = json_text_read(in->at + 1, (size_t)(in->end - in->at) - 1, in->arena, ret_text, ret_length, &wrong);
    if (read == 0)
        return malformed(in, in->at + 1 + wrong.offset, wrong.what);
    in->at += 1 + read;
    return 0;
}

static int take_string(struct json_tree *in)
{
    const char *from = in->at;
    struct node *node = arena_alloc(in->arena, sizeof(*node));
    node->kind = NODE_STRING;
    node->quoted = true;
    int rc = take_text(in, &node->text, &node->length);
    if (rc == 0)
        rc = attach(in, node, from);
    return rc < 0 ? rc : finish_value(in);
}

/* Whole numbers beyond 64 bits stay text. */
static bool parse_integer(const char *text, size_t length, int64_t *ret)
{
    bool negative = text[0] == '-';
    int64_t value = 0;
    for (size_t i = negative; i < length; i++) {
        int digit = text[i] - '0';
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, negative ? -digit : digit, &value))
            return false;
    }
    *ret = value;
    return true;
}

static bool runs_on(const struct json_tree *in)
{
    return in->at < in->end && (isalnum((unsigned char)*in->at) || (*in->at && strchr("+-._", *in->at)));
}

static int finish_scalar(struct json_tree *in, struct node *node, const char *from)
{
    if (runs_on(in))
        return malformed(in, from, "neither a value of JSON nor text in quotes");
    int rc = attach(in, node, from);
    return rc < 0 ? rc : finish_value(in);
}

static int take_number(struct json_tree *in)
{
    const char *from = in->at;
    bool is_whole = false;
    struct json_wrong wrong;
    size_t read = json_number_read(from, (size_t)(in->end - from), &is_whole, &wrong);
    if (read == 0)
        return malformed(in, from + wrong.offset, wrong.what);
    struct node *node = arena_alloc(in->arena, sizeof(*node));
    node->text = arena_dup(in->arena, from, read);
    node->length = read;
    node->kind = is_whole && parse_integer(from, read, &node->integer) ? NODE_INT : NODE_FLOAT;
    in->at += read;
    return finish_scalar(in, node, from);
}

static int take_word(struct json_tree *in)
{
    static const struct {
        const char *text;
        enum node_kind kind;
        bool is_true;
    } words[] = {{"true", NODE_BOOL, true}, {"false", NODE_BOOL, false}, {"null", NODE_NULL, false}};
    const char *from = in->at;
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        size_t length = strlen(words[i].text);
        if ((size_t)(in->end - from) < length || memcmp(from, words[i].text, length) != 0)
            continue;
        struct node *node = arena_alloc(in->arena, sizeof(*node));
        node->kind = (uint8_t)words[i].kind;
        node->text = words[i].text;
        node->length = length;
        node->integer = words[i].is_true;
        in->at += length;
        return finish_scalar(in, node, from);
    }
    return missing(in, "a value");
}

static int take_value(struct json_tree *in)
{
    switch (in->at < in->end ? *in->at : '\0') {
    case '{':
        return begin(in, NODE_MAP, EXPECT_KEY_OR_END);
    case '[':
        return begin(in, NODE_LIST, EXPECT_ITEM_OR_END);
    case '"':
        return take_string(in);
    case '-':
    case '0' ... '9':
        return take_number(in);
    default:
        return take_word(in);
    }
}

/* ---- what may come next -------------------------------------------------------------------------- */

static bool is_next(const struct json_tree *in, char c)
{
    return in->at < in->end && *in->at == c;
}

static int take_key(struct json_tree *in)
{
    if (!is_next(in, '"'))
        return missing(in, "a key in double quotes");
    in->key_line = in->line;
    in->key_column = (uint32_t)(in->at - in->line_start) + 1;
    size_t length = 0;
    int rc = take_text(in, &in->key, &length);
    in->key_length = (uint32_t)length;
    in->expected = EXPECT_COLON;
    return rc;
}

static int take_colon(struct json_tree *in)
{
    if (!is_next(in, ':'))
        return missing(in, "a colon behind the key");
    in->at++;
    in->expected = EXPECT_VALUE;
    return 0;
}

static int take_comma(struct json_tree *in)
{
    bool in_map = in->open[in->depth - 1]->kind == NODE_MAP;
    if (is_next(in, in_map ? '}' : ']'))
        return end(in);
    if (!is_next(in, ','))
        return missing(in, in_map ? "a comma or }" : "a comma or ]");
    in->at++;
    in->expected = in_map ? EXPECT_KEY : EXPECT_VALUE;
    return 0;
}

static int begin_document(struct json_tree *in)
{
    if (in->count + in->empty_count == NODE_DOCUMENTS_MAX)
        return fail(in, -E2BIG, in->at, "more than %d documents", NODE_DOCUMENTS_MAX);
    return take_value(in);
}

static int take_next(struct json_tree *in)
{
    switch (in->expected) {
    case EXPECT_DOCUMENT:
        return begin_document(in);
    case EXPECT_VALUE:
        return take_value(in);
    case EXPECT_ITEM_OR_END:
        return is_next(in, ']') ? end(in) : take_value(in);
    case EXPECT_KEY:
        return take_key(in);
    case EXPECT_KEY_OR_END:
        return is_next(in, '}') ? end(in) : take_key(in);
    case EXPECT_COLON:
        return take_colon(in);
    case EXPECT_COMMA_OR_END:
        return take_comma(in);
    }
    return 0;
}

static int read_documents(struct json_tree *in)
{
    for (;;) {
        skip_space(in);
        if (in->expected == EXPECT_DOCUMENT && in->at == in->end)
            return 0;
        int rc = take_next(in);
        if (rc < 0)
            return rc;
    }
}

int json_read(const char *name, const char *bytes, size_t length, struct arena *arena, struct node_stream *ret,
              struct err *err)
{
    *ret = (struct node_stream){0};
    if (length > NODE_BYTES_MAX)
        return err_set(err, -E2BIG, "%s: larger than %d MiB", name, NODE_BYTES_MAX >> 20);
    /* RFC 8259, 8.1: a byte order mark may be ignored. */
    size_t skipped = length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    struct json_tree in = {.name = name, .arena = arena, .err = err, .at = bytes + skipped, .end = bytes + length,
                           .line_start = bytes + skipped, .line = 1, .keys = {.arena = arena}};
    int rc = read_documents(&in);
    ret->documents = arena_alloc(arena, in.count * sizeof(*ret->documents));
    if (in.count > 0)
        memcpy(ret->documents, in.documents, in.count * sizeof(*ret->documents));
    ret->count = in.count;
    ret->empty_count = in.empty_count + (rc == 0 && in.count + in.empty_count == 0);
    ret->duplicates = in.keys.duplicates;
    ret->error_line = in.error_line;
    ret->error_column = in.error_column;
    free(in.documents);
    node_keys_done(&in.keys);
    return rc;
}
