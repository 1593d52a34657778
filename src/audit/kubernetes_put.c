#include "audit/kubernetes.h"

const char *kubernetes_text(const struct node *node)
{
    const char *text = node_text(node);
    return text && *text ? text : NULL;
}

void kubernetes_put_node(struct arena *arena, struct node *map, const char *key, const struct node *node)
{
    if (!node)
        return;
    struct node *copy = node_copy(arena, node);
    copy->origin = copy->line ? copy->origin : NULL; /* a constant stands nowhere, its copy too */
    node_put(arena, map, key, copy);
}

void kubernetes_put_text(struct arena *arena, struct node *map, const char *key, const struct node *text)
{
    if (kubernetes_text(text))
        node_put(arena, map, key, node_copy(arena, text));
}

void kubernetes_put_bool(struct arena *arena, struct node *map, const char *key, const struct node *boolean)
{
    if (node_is(boolean, NODE_BOOL))
        node_put(arena, map, key, node_copy(arena, boolean));
}

void kubernetes_put_int(struct arena *arena, struct node *map, const char *key, const struct node *integer)
{
    if (node_is(integer, NODE_INT))
        node_put(arena, map, key, node_copy(arena, integer));
}

void kubernetes_put_word(struct arena *arena, struct node *map, const char *key, const char *word)
{
    node_put(arena, map, key, node_new_text(arena, word, NULL));
}

static bool all_texts(const struct node *map)
{
    for (const struct node *entry = node_first(map); entry; entry = entry->next)
        if (!node_text(entry))
            return false;
    return true;
}

void kubernetes_put_texts(struct arena *arena, struct node *map, const char *key, const struct node *texts)
{
    if (!node_is(texts, NODE_MAP))
        return;
    if (all_texts(texts)) {
        kubernetes_put_node(arena, map, key, texts);
        return;
    }
    struct node *kept = node_new_map(arena, texts);
    for (const struct node *entry = node_first(texts); entry; entry = entry->next)
        if (node_text(entry))
            node_put(arena, kept, entry->key, node_copy(arena, entry));
    node_put(arena, map, key, kept);
}

struct node *kubernetes_list(struct arena *arena, struct node *map, const char *key, const struct node *where,
                             struct node **list)
{
    if (!*list) {
        *list = node_new_list(arena, where);
        node_put(arena, map, key, *list);
    }
    return *list;
}

struct subject kubernetes_subject(const struct kubernetes_object *object, enum subject_kind kind, struct node *facts,
                                  const struct node *where)
{
    struct arena *arena = object->walk->arena;
    kubernetes_put_word(arena, facts, "format", "kubernetes");
    kubernetes_put_node(arena, facts, "raw", node_origin(where));
    kubernetes_put_node(arena, facts, "object", object->root);
    return (struct subject){
        .kind = kind,
        .names = object->names,
        .format = "kubernetes",
        .facts = facts,
        .where = node_origin(where),
        .metadata = object->metadata,
    };
}
