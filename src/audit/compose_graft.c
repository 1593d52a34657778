/* Parts of one file that come to stand in another. */
#include <string.h>

#include "audit/compose.h"

static struct node *graft_alone(struct arena *arena, const struct node *node, const struct node *anchor)
{
    const struct node *origin = node_origin(anchor);
    struct node *copy = node_copy(arena, node);
    copy->origin = origin;
    copy->line = origin->line;
    copy->column = origin->column;
    copy->value_line = origin->value_line;
    copy->value_column = origin->value_column;
    if (node_is(node, NODE_LIST) || node_is(node, NODE_MAP)) {
        copy->first = copy->last = NULL;
        copy->count = 0;
    }
    return copy;
}

const struct node *compose_graft(struct compose_reader *reader, const struct node *node, const struct node *anchor,
                                 const struct node *onto)
{
    struct node *copy = graft_alone(reader->arena, node, onto ? onto : anchor);
    if (!compose_spend(reader, (node_count(node) + 1) * COMPOSE_COPY))
        return copy;
    for (const struct node *entry = node_first(node); entry; entry = entry->next) {
        const struct node *there = entry->key && node_is(onto, NODE_MAP) ? node_find(onto, entry->key) : NULL;
        const struct node *child = compose_graft(reader, entry, onto ? onto : anchor, there);
        struct node *own = (struct node *)(uintptr_t)child; /* made by the line before */
        if (entry->key)
            node_put(reader->arena, copy, entry->key, own);
        else
            node_append(copy, own);
    }
    return copy;
}

/* ---- relative paths ------------------------------------------------------------------------------------------ */

static bool is_relative(const char *text, bool dotted)
{
    return dotted ? text[0] == '.' && (text[1] == '/' || text[1] == '\0' || strncmp(text, "..", 2) == 0)
                  : text[0] != '/' && text[0] != '~' && text[0] != '$';
}

/* dotted: only what begins with a dot is a path, as in volumes, where another word is a volume's name. */
static struct node *rebase_text(struct arena *arena, const struct node *node, const char *prefix, bool dotted)
{
    struct node *copy = node_copy(arena, node);
    if (!node_text(node) || !is_relative(node_text(node), dotted))
        return copy;
    const char *joined = compose_join(arena, prefix, node_text(node));
    /* A word without a dot in front would be a volume's name. */
    copy->text = dotted && joined[0] != '/' && joined[0] != '.' ? arena_printf(arena, "./%s", joined) : joined;
    copy->length = strlen(copy->text);
    return copy;
}

/* A scalar, or a map whose path is at key. */
static struct node *rebase_item(struct arena *arena, const struct node *item, const char *prefix, const char *key,
                                bool dotted)
{
    if (!node_is(item, NODE_MAP))
        return rebase_text(arena, item, prefix, dotted);
    struct node *map = node_new_map(arena, item);
    for (const struct node *entry = node_first(item); entry; entry = entry->next) {
        bool path = strcmp(entry->key, key) == 0;
        node_put(arena, map, entry->key,
                 path ? rebase_text(arena, entry, prefix, dotted) : node_copy(arena, entry));
    }
    return map;
}

static struct node *rebase_list(struct arena *arena, const struct node *value, const char *prefix, const char *key,
                                bool dotted)
{
    if (!node_is(value, NODE_LIST))
        return rebase_text(arena, value, prefix, dotted);
    struct node *list = node_new_list(arena, value);
    list->tag = value->tag;
    for (const struct node *item = node_first(value); item; item = item->next)
        node_append(list, rebase_item(arena, item, prefix, key, dotted));
    return list;
}

const struct node *compose_rebase(struct compose_reader *reader, const struct node *service, const char *prefix)
{
    size_t paths = node_count(node_get(service, "env_file")) + node_count(node_get(service, "volumes"));
    if (!*prefix || !node_is(service, NODE_MAP) || !compose_spend(reader, (node_count(service) + paths) * COMPOSE_COPY))
        return service;
    struct arena *arena = reader->arena;
    struct node *map = node_new_map(arena, service);
    for (const struct node *entry = node_first(service); entry; entry = entry->next) {
        struct node *value = strcmp(entry->key, "env_file") == 0 ? rebase_list(arena, entry, prefix, "path", false)
                             : strcmp(entry->key, "volumes") == 0 ? rebase_list(arena, entry, prefix, "source", true)
                                                                  : node_copy(arena, entry);
        node_put(arena, map, entry->key, value);
    }
    return map;
}
