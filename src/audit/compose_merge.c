/*
 * Two services made one, by section "Merge" of the Compose specification and, where that is silent, as compose-go
 * (override/merge.go, override/uncity.go) does it.
 */
#include <string.h>

#include "audit/compose.h"

enum merge_rule {
    MERGE_BY_KIND,  /* maps by key, lists appended without repeats, anything else replaced */
    MERGE_REPLACE,  /* shell commands */
    MERGE_PAIRS,    /* NAME=VALUE lists and maps alike, by name */
    MERGE_LIST,     /* a scalar is a list of one */
    MERGE_TARGETS,  /* by where it is mounted */
};

static const struct {
    const char *path; /* below the service, sorted */
    enum merge_rule rule;
} rules[] = {
    {"annotations", MERGE_PAIRS},     {"build.args", MERGE_PAIRS},   {"build.labels", MERGE_PAIRS},
    {"command", MERGE_REPLACE},       {"configs", MERGE_TARGETS},    {"deploy.labels", MERGE_PAIRS},
    {"devices", MERGE_TARGETS},       {"dns", MERGE_LIST},           {"dns_search", MERGE_LIST},
    {"entrypoint", MERGE_REPLACE},    {"env_file", MERGE_LIST},      {"environment", MERGE_PAIRS},
    {"healthcheck.test", MERGE_REPLACE}, {"label_file", MERGE_LIST}, {"labels", MERGE_PAIRS},
    {"secrets", MERGE_TARGETS},       {"sysctls", MERGE_PAIRS},      {"tmpfs", MERGE_LIST},
    {"volumes", MERGE_TARGETS},
};

const struct node *compose_get(const struct node *map, const char *path)
{
    const struct node *found = node_at(map, path);
    return found && found->tag == NODE_TAG_RESET ? NULL : found;
}

static enum merge_rule rule_of(const char *path)
{
    for (size_t i = 0; i < ARRAY_COUNT(rules); i++)
        if (strcmp(rules[i].path, path) == 0)
            return rules[i].rule;
    return MERGE_BY_KIND;
}

/* ---- lists --------------------------------------------------------------------------------------------------- */

/* What may be in a list once: of a mount or a device the place in the container, of a port the whole of it. */
static const char *identity(struct arena *arena, const struct node *item, enum merge_rule rule)
{
    if (node_is(item, NODE_MAP)) {
        const char *target = node_text(node_get(item, "target"));
        const char *source = node_text(node_get(item, "source"));
        const char *published = node_text(node_get(item, "published"));
        const char *address = node_text(node_get(item, "host_ip"));
        const char *protocol = node_text(node_get(item, "protocol"));
        if (rule == MERGE_TARGETS)
            return target ? target : source;
        return target ? arena_printf(arena, "%s:%s:%s/%s", address ? address : "", published ? published : "", target,
                                     protocol ? protocol : "tcp")
                      : NULL;
    }
    const char *text = node_text(item);
    if (rule != MERGE_TARGETS || !text)
        return text;
    struct compose_volume volume = compose_volume_split(arena, text);
    return volume.target ? volume.target : text;
}

struct merged_list {
    struct arena *arena;
    enum merge_rule rule;
    const struct node **items;
    const char **identities; /* NULL when there are too many to compare each with each */
    size_t count;
};

/* The later one takes the place of the earlier. */
static void add_item(struct merged_list *merged, const struct node *item)
{
    const char *own = merged->identities ? identity(merged->arena, item, merged->rule) : NULL;
    size_t at = 0;
    while (own && at < merged->count && !(merged->identities[at] && strcmp(merged->identities[at], own) == 0))
        at++;
    if (!own || at == merged->count)
        at = merged->count++;
    merged->items[at] = item;
    if (merged->identities)
        merged->identities[at] = own;
}

static void add_items(struct merged_list *merged, const struct node *value)
{
    if (!node_is(value, NODE_LIST) && !node_is(value, NODE_NULL))
        add_item(merged, value);
    for (const struct node *item = node_is(value, NODE_LIST) ? node_first(value) : NULL; item; item = item->next)
        add_item(merged, item);
}

static struct node *merge_lists(struct compose_reader *reader, enum merge_rule rule, const struct node *base,
                                const struct node *over)
{
    enum { COMPARED_MAX = 1000 };
    struct arena *arena = reader->arena;
    size_t count = node_count(base) + node_count(over) + 2;
    bool compared = count <= COMPARED_MAX;
    if (!compose_spend(reader, count * COMPOSE_COPY + (compared ? count * count : 0)))
        return node_copy(arena, over);
    struct merged_list merged = {.arena = arena, .rule = rule};
    merged.items = arena_alloc(arena, count * sizeof(*merged.items));
    if (compared)
        merged.identities = arena_alloc(arena, count * sizeof(*merged.identities));
    add_items(&merged, base);
    add_items(&merged, over);
    struct node *list = node_new_list(arena, over);
    for (size_t i = 0; i < merged.count; i++)
        node_append(list, node_copy(arena, merged.items[i]));
    return list;
}

/* ---- maps ---------------------------------------------------------------------------------------------------- */

static struct node *merge_maps(struct compose_reader *reader, const char *path, const struct node *base,
                               const struct node *over);

/* "NAME=VALUE" and "NAME" as entries of a map. */
static const struct node *as_map(struct compose_reader *reader, const struct node *pairs)
{
    if (!node_is(pairs, NODE_LIST) || !compose_spend(reader, node_count(pairs) * COMPOSE_COPY))
        return pairs;
    struct arena *arena = reader->arena;
    struct node *map = node_new_map(arena, pairs);
    for (const struct node *item = node_first(pairs); item; item = item->next) {
        const char *text = node_text(item);
        const char *equals = text ? strchr(text, '=') : NULL;
        if (!text)
            continue;
        struct node *value = node_new_text(arena, equals ? equals + 1 : "", item);
        value->kind = equals ? NODE_STRING : NODE_NULL;
        value->tag = item->tag;
        node_put(arena, map, equals ? arena_dup(arena, text, (size_t)(equals - text)) : text, value);
    }
    return map;
}

static struct node *merge_values(struct compose_reader *reader, const char *path, const struct node *base,
                                 const struct node *over)
{
    enum merge_rule rule = rule_of(path);
    if (over->tag == NODE_TAG_OVERRIDE || rule == MERGE_REPLACE)
        return node_copy(reader->arena, over);
    if (rule == MERGE_PAIRS) {
        base = as_map(reader, base);
        over = as_map(reader, over);
    }
    bool both_lists = node_is(base, NODE_LIST) && node_is(over, NODE_LIST);
    if (both_lists || rule == MERGE_LIST || rule == MERGE_TARGETS)
        return merge_lists(reader, rule, base, over);
    if (node_is(base, NODE_MAP) && node_is(over, NODE_MAP))
        return merge_maps(reader, path, base, over);
    return node_copy(reader->arena, over);
}

static void merge_entry(struct compose_reader *reader, const char *path, struct node *into, const struct node *base,
                        const struct node *over)
{
    if (over && over->tag == NODE_TAG_RESET)
        return;
    const char *below = *path ? arena_printf(reader->arena, "%s.%s", path, base->key) : base->key;
    /* Nothing says nothing, but of a variable it says that the shell has its value. */
    bool says = over && (!node_is(over, NODE_NULL) || rule_of(path) == MERGE_PAIRS);
    node_put(reader->arena, into, base->key,
             says ? merge_values(reader, below, base, over) : node_copy(reader->arena, base));
}

static struct node *merge_maps(struct compose_reader *reader, const char *path, const struct node *base,
                               const struct node *over)
{
    size_t base_count = node_count(base), over_count = node_count(over);
    if (!compose_spend(reader, (base_count + over_count) * COMPOSE_COPY + 2 * base_count * over_count))
        return node_copy(reader->arena, over);
    struct node *into = node_new_map(reader->arena, over);
    for (const struct node *entry = node_first(base); entry; entry = entry->next)
        merge_entry(reader, path, into, entry, node_find(over, entry->key));
    for (const struct node *entry = node_first(over); entry; entry = entry->next) {
        /* extends has been followed; a value to be reset is gone. */
        bool followed = !*path && strcmp(entry->key, "extends") == 0;
        if (!followed && entry->tag != NODE_TAG_RESET && !node_find(base, entry->key))
            node_put(reader->arena, into, entry->key, node_copy(reader->arena, entry));
    }
    return into;
}

const struct node *compose_merge(struct compose_reader *reader, const char *path, const struct node *base,
                                 const struct node *over)
{
    if (!node_is(base, NODE_MAP) || !node_is(over, NODE_MAP))
        return over;
    return merge_maps(reader, path, base, over);
}
