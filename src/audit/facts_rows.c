#include "audit/facts_rows.h"

#include <string.h>

enum { DOCUMENT_NODES_MAX = 500000 }; /* facts are a few times as large */

/* Up to the limit, and beyond it when there is an alias. */
static size_t count_nodes(const struct node *node)
{
    size_t count = 1;
    for (const struct node *entry = node_first(node); entry && count <= DOCUMENT_NODES_MAX; entry = entry->next)
        count += entry->aliased ? DOCUMENT_NODES_MAX : count_nodes(entry);
    return count;
}

bool rows_bounded(struct collector *collector, const struct node *root)
{
    if (count_nodes(root) <= DOCUMENT_NODES_MAX)
        return true;
    collector->miss(collector, root, "this document has aliases, or is larger than any real one of its kind");
    return false;
}

struct node *rows_list(struct arena *arena, struct node *facts, const char *key)
{
    for (const struct node *entry = facts->first; entry; entry = entry->next)
        if (strcmp(entry->key, key) == 0)
            return (struct node *)(uintptr_t)entry; /* made here, so it may be added to */
    struct node *list = node_new_list(arena, NULL);
    node_put(arena, facts, key, list);
    return list;
}

void rows_add_named(struct arena *arena, struct node *list, const char *name, const char *value, const struct node *where)
{
    struct node *row = node_new_map(arena, where);
    node_put(arena, row, "name", node_new_text(arena, name, where));
    if (value)
        node_put(arena, row, "value", node_new_text(arena, value, where));
    node_append(list, row);
}

static struct node *new_mount(struct arena *arena, const struct mount_row *mount, const struct node *where)
{
    struct node *row = node_new_map(arena, where);
    node_put(arena, row, "source", node_new_text(arena, mount->source, where));
    node_put(arena, row, "target", node_new_text(arena, mount->target, where));
    node_put(arena, row, "read_only", node_new_bool(arena, mount->read_only, where));
    if (mount->propagation)
        node_put(arena, row, "propagation", node_new_text(arena, mount->propagation, where));
    return row;
}

void rows_add_mount(struct arena *arena, struct node *facts, const struct mount_row *mount, const struct node *where)
{
    struct node *row = new_mount(arena, mount, where);
    node_put(arena, row, "kind", node_new_text(arena, mount->kind, where));
    if (mount->options)
        node_put(arena, row, "options", node_new_text(arena, mount->options, where));
    node_append(rows_list(arena, facts, "mounts"), row);
    if (strcmp(mount->kind, "bind") == 0 && mount->source[0] == '/')
        node_append(rows_list(arena, facts, "host_paths"), new_mount(arena, mount, where));
}

bool options_have(const char *options, const char *option)
{
    size_t length = strlen(option);
    for (const char *at = options; *at; at += *at == ',') {
        size_t here = strcspn(at, ",");
        if (here == length && strncmp(at, option, length) == 0)
            return true;
        at += here;
    }
    return false;
}

const char *options_propagation(const char *options)
{
    static const char *const words[] = {"shared", "rshared", "slave", "rslave", "private", "rprivate", "unbindable"};
    for (size_t i = 0; i < ARRAY_COUNT(words); i++)
        if (options_have(options, words[i]))
            return words[i];
    return NULL;
}

void rows_put_selinux(struct arena *arena, struct node *facts, const struct node *label)
{
    static const char *const parts[] = {"user", "role", "type", "level"};
    const char *at = node_text(label);
    if (!at || !*at)
        return;
    struct node *selinux = node_new_map(arena, label);
    for (size_t i = 0; i < ARRAY_COUNT(parts) && *at; i++) {
        size_t length = i + 1 < ARRAY_COUNT(parts) ? strcspn(at, ":") : strlen(at);
        node_put(arena, selinux, parts[i], node_new_text(arena, arena_dup(arena, at, length), label));
        at += length + (at[length] == ':');
    }
    node_put(arena, facts, "selinux", selinux);
}

void rows_put_limit(struct arena *arena, struct node *facts, const char *key, int64_t limit, const struct node *where)
{
    struct node *map = node_new_map(arena, where);
    node_put(arena, map, "limit", node_new_int(arena, limit, where));
    node_put(arena, facts, key, map);
}
