#include <errno.h>

#include "base/yaml_part.h"

const char yaml_merge_key[] = "<<";

static int merge_map(struct yaml_in *in, struct node *map, const struct node *source, const struct node *entry)
{
    if (source->kind != NODE_MAP)
        return yaml_fail_at(in, -EINVAL, entry->line, entry->column, "<< merges maps, and this is none");
    for (const struct node *from = source->first; from; from = from->next) {
        struct node *copy = arena_alloc(in->arena, sizeof(*copy));
        *copy = *from;
        copy->aliased = true;
        copy->next = NULL;
        copy->parent = NULL;
        node_append(map, copy);
    }
    return 0;
}

static int merge_entry(struct yaml_in *in, struct node *map, const struct node *entry)
{
    if (entry->kind != NODE_LIST)
        return merge_map(in, map, entry, entry);
    int rc = 0;
    for (const struct node *item = entry->first; item && rc == 0; item = item->next)
        rc = merge_map(in, map, item, entry);
    return rc;
}

int yaml_merge_resolve(struct yaml_in *in, struct node *map)
{
    struct node merges = {.kind = NODE_LIST};
    const struct node *entries = map->first;
    map->first = NULL;
    map->last = NULL;
    map->count = 0;
    for (struct node *entry = (struct node *)(uintptr_t)entries, *next; entry; entry = next) {
        next = (struct node *)(uintptr_t)entry->next;
        entry->next = NULL;
        entry->parent = NULL;
        node_append(entry->key == yaml_merge_key ? &merges : map, entry);
        entry->parent = map;
    }
    node_keys_last_wins(&in->keys, map);
    int rc = 0;
    for (const struct node *entry = merges.first; entry && rc == 0; entry = entry->next)
        rc = merge_entry(in, map, entry);
    node_keys_first_wins(&in->keys, map);
    return rc;
}
