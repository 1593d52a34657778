#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/node.h"

static struct node *new_node(struct arena *arena, enum node_kind kind, const struct node *where)
{
    struct node *node = arena_alloc(arena, sizeof(*node));
    node->kind = (uint8_t)kind;
    if (where) {
        node->line = where->line;
        node->column = where->column;
        node->value_line = where->value_line;
        node->value_column = where->value_column;
        node->origin = node_origin(where);
    }
    return node;
}

static void set_text(struct arena *arena, struct node *node, const char *text)
{
    node->length = strlen(text);
    node->text = arena_dup(arena, text, node->length);
}

struct node *node_new_map(struct arena *arena, const struct node *where)
{
    return new_node(arena, NODE_MAP, where);
}

struct node *node_new_list(struct arena *arena, const struct node *where)
{
    return new_node(arena, NODE_LIST, where);
}

struct node *node_new_text(struct arena *arena, const char *text, const struct node *where)
{
    struct node *node = new_node(arena, NODE_STRING, where);
    set_text(arena, node, text);
    return node;
}

struct node *node_new_int(struct arena *arena, int64_t integer, const struct node *where)
{
    struct node *node = new_node(arena, NODE_INT, where);
    char text[32];
    (void)snprintf(text, sizeof(text), "%" PRId64, integer);
    set_text(arena, node, text);
    node->integer = integer;
    return node;
}

struct node *node_new_bool(struct arena *arena, bool value, const struct node *where)
{
    struct node *node = new_node(arena, NODE_BOOL, where);
    set_text(arena, node, value ? "true" : "false");
    node->integer = value;
    return node;
}

struct node *node_copy(struct arena *arena, const struct node *node)
{
    struct node *copy = arena_alloc(arena, sizeof(*copy));
    *copy = *node;
    copy->origin = node_origin(node);
    copy->key = NULL;
    copy->key_length = 0;
    copy->next = NULL;
    copy->parent = NULL;
    return copy;
}

void node_append(struct node *list, struct node *value)
{
    assert((list->kind == NODE_LIST || list->kind == NODE_MAP) && !value->next && !value->parent);
    /* The last entry is one that hangs here already; only what stands behind it changes. */
    struct node *last = (struct node *)(uintptr_t)list->last;
    if (last)
        last->next = value;
    else
        list->first = value;
    list->last = value;
    list->count++;
    value->parent = list;
}

void node_put(struct arena *arena, struct node *map, const char *key, struct node *value)
{
    assert(map->kind == NODE_MAP);
    value->key_length = (uint32_t)strlen(key);
    value->key = arena_dup(arena, key, value->key_length);
    node_append(map, value);
}
