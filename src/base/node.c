#include "base/node.h"

#include <string.h>

const struct node *node_find_key(const struct node *map, const char *key, size_t length)
{
    if (!map || map->kind != NODE_MAP)
        return NULL;
    for (const struct node *entry = map->first; entry; entry = entry->next)
        if (node_has_key(entry, key, length))
            return entry;
    return NULL;
}

static const struct node *unless_null(const struct node *node)
{
    return node_is(node, NODE_NULL) ? NULL : node;
}

const struct node *node_at(const struct node *map, const char *path)
{
    for (;;) {
        size_t length = strcspn(path, ".");
        map = unless_null(node_find_key(map, path, length));
        if (path[length] == '\0' || !map)
            return map;
        path += length + 1;
    }
}

const char *node_text(const struct node *node)
{
    if (!node || node->kind == NODE_NULL || node->kind == NODE_LIST || node->kind == NODE_MAP)
        return NULL;
    return node->text;
}

const char *node_text_at(const struct node *map, const char *path)
{
    return node_text(node_at(map, path));
}

bool node_is(const struct node *node, enum node_kind kind)
{
    return node && node->kind == kind;
}

bool node_is_true(const struct node *node)
{
    return node_is(node, NODE_BOOL) && node->integer == 1;
}

bool node_is_false(const struct node *node)
{
    return node_is(node, NODE_BOOL) && node->integer == 0;
}

bool node_is_text(const struct node *node, const char *text)
{
    const char *own = node_text(node);
    return own && node->length == strlen(text) && memcmp(own, text, node->length) == 0;
}

/* Decimal, with a sign or without, and nothing else. */
static bool parse_decimal(const char *text, size_t length, int64_t *ret)
{
    size_t i = length > 0 && (text[0] == '-' || text[0] == '+');
    bool negative = i == 1 && text[0] == '-';
    if (i == length)
        return false;
    int64_t value = 0;
    for (; i < length; i++) {
        int digit = text[i] - '0';
        if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, negative ? digit : -digit, &value))
            return false;
    }
    *ret = value;
    return true;
}

bool node_integer(const struct node *node, int64_t *ret)
{
    if (node_is(node, NODE_INT)) {
        *ret = node->integer;
        return true;
    }
    return node_is(node, NODE_STRING) && parse_decimal(node->text, node->length, ret);
}

const struct node *node_first(const struct node *node)
{
    return node_is(node, NODE_LIST) || node_is(node, NODE_MAP) ? node->first : NULL;
}

size_t node_count(const struct node *node)
{
    return node_is(node, NODE_LIST) || node_is(node, NODE_MAP) ? node->count : 0;
}

const struct node *node_origin(const struct node *node)
{
    return node && node->origin ? node->origin : node;
}
