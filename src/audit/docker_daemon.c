/* Docker's daemon.json, which nothing in it names: known by its own words (profiles/docker_daemon_keys.csv). */
#include <string.h>

#include "audit/facts_rows.h"
#include "data.h"

static int compare_key(const void *key, const void *row)
{
    return strcmp(key, ((const struct data_docker_daemon_keys *)row)->key);
}

/* The table is sorted; a unit test checks that. */
static const struct data_docker_daemon_keys *key_find(const char *key)
{
    return bsearch(key, data_docker_daemon_keys, data_docker_daemon_keys_count, sizeof(*data_docker_daemon_keys),
                   compare_key);
}

static bool is_of_type(const struct node *value, const char *type)
{
    static const struct {
        const char *name;
        enum node_kind kind;
    } types[] = {{"bool", NODE_BOOL}, {"int", NODE_INT}, {"text", NODE_STRING}, {"list", NODE_LIST}, {"map", NODE_MAP}};
    for (size_t i = 0; i < ARRAY_COUNT(types); i++)
        if (strcmp(types[i].name, type) == 0)
            return node_is(value, types[i].kind);
    return false;
}

/* Plain words that say no more than that something listens, or runs, tell by their values. */
static bool tells_by_value(const struct node *value)
{
    static const char *const schemes[] = {"unix://", "tcp://", "fd://", "npipe://", "ssh://"};
    const struct node *first = node_first(value);
    if (strcmp(value->key, "runtimes") == 0)
        return node_get(first, "path") || node_get(first, "runtimeType");
    for (size_t i = 0; strcmp(value->key, "hosts") == 0 && node_text(first) && i < ARRAY_COUNT(schemes); i++)
        if (strncmp(node_text(first), schemes[i], strlen(schemes[i])) == 0)
            return true;
    return false;
}

static bool recognises(const struct node *root)
{
    enum { LOOKED_AT = 200 };
    static const char *const foreign[] = {"apiVersion", "kind", "services", "ociVersion", "HostConfig"};
    for (size_t i = 0; i < ARRAY_COUNT(foreign); i++)
        if (node_find(root, foreign[i]))
            return false;
    size_t known = 0, others = 0;
    bool telling = false;
    for (const struct node *entry = node_is(root, NODE_MAP) ? node_first(root) : NULL;
         entry && known + others < LOOKED_AT; entry = entry->next) {
        const struct data_docker_daemon_keys *row = key_find(entry->key);
        bool own = row && is_of_type(entry, row->type);
        known += own;
        others += !own;
        telling = telling || (own && (strcmp(row->telling, "yes") == 0 || tells_by_value(entry)));
    }
    return telling && known >= others;
}

/* Docker resolves what it is given: a path, or a shim's type. */
static void put_runtimes(struct collector *collector, struct node *facts, const struct node *runtimes)
{
    struct arena *arena = collector->arena;
    if (!node_is(runtimes, NODE_MAP))
        return;
    struct node *list = node_new_list(arena, runtimes);
    for (const struct node *entry = node_first(runtimes); entry; entry = entry->next) {
        const struct node *path = node_get(entry, "path");
        const struct node *binary = path ? path : node_get(entry, "runtimeType");
        struct node *runtime = node_new_map(arena, entry);
        node_put(arena, runtime, "name", node_new_text(arena, entry->key, entry));
        const char *path_text = node_text(binary);
        if (path_text)
            node_put(arena, runtime, "path", node_new_text(arena, path_text, binary));
        node_append(list, runtime);
        if (collector->context)
            context_add(collector->context, CONTEXT_HANDLER, "", entry->key, path_text ? path_text : "");
    }
    node_put(arena, facts, "runtimes", list);
}

static void collect(struct collector *collector, const struct node *root)
{
    struct arena *arena = collector->arena;
    if (!rows_bounded(collector, root))
        return;
    struct node *facts = node_new_map(arena, root);
    struct node *unknown = node_new_list(arena, root);
    node_put(arena, facts, "format", node_new_text(arena, "daemon", root));
    for (const struct node *entry = node_first(root); entry; entry = entry->next) {
        if (!key_find(entry->key))
            node_append(unknown, node_new_text(arena, entry->key, entry));
        else if (strcmp(entry->key, "runtimes") != 0)
            node_put(arena, facts, entry->key, node_copy(arena, entry));
    }
    put_runtimes(collector, facts, node_get(root, "runtimes"));
    if (node_count(unknown))
        node_put(arena, facts, "unknown_keys", unknown);
    node_put(arena, facts, "raw", node_copy(arena, root));
    node_put(arena, facts, "object", node_copy(arena, root));
    const struct subject subject = {
        .kind = SUBJECT_DAEMON,
        .names = {.kind = "docker daemon"},
        .format = "daemon",
        .facts = facts,
        .where = root,
    };
    collector->add(collector, &subject);
}

const struct document_kind document_kind_daemon = {
    .name = "docker-daemon",
    .recognises = recognises,
    .collect = collect,
};
