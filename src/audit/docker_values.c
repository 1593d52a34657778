/* The plain values: text, numbers, lists, pairs. */
#include "audit/docker_facts.h"

#include <string.h>
#include <strings.h>

void docker_put_text(struct arena *arena, struct node *map, const char *key, const struct node *value)
{
    const char *text = node_text(value);
    if (text && *text)
        node_put(arena, map, key, node_new_text(arena, text, value));
}

struct node *docker_map_at(struct arena *arena, struct node *map, const char *key, const struct node *where)
{
    const struct node *there = node_find(map, key);
    if (there)
        return (struct node *)(uintptr_t)there; /* the map is being built here, and so was this entry */
    struct node *made = node_new_map(arena, where);
    node_put(arena, map, key, made);
    return made;
}

struct node *docker_list_at(struct arena *arena, struct node *map, const char *key, const struct node *where)
{
    const struct node *there = node_find(map, key);
    if (there)
        return (struct node *)(uintptr_t)there;
    struct node *made = node_new_list(arena, where);
    node_put(arena, map, key, made);
    return made;
}

void docker_put_texts(struct arena *arena, struct node *map, const char *key, const struct node *list)
{
    if (!list)
        return;
    struct node *texts = docker_list_at(arena, map, key, list);
    if (node_text(list))
        node_append(texts, node_new_text(arena, node_text(list), list));
    for (const struct node *item = node_is(list, NODE_LIST) ? node_first(list) : NULL; item; item = item->next)
        if (node_text(item))
            node_append(texts, node_new_text(arena, node_text(item), item));
}

bool docker_bool(const struct node *value, bool *ret)
{
    static const char *const yes[] = {"true", "yes", "y", "on", "t", "1"};
    static const char *const no[] = {"false", "no", "n", "off", "f", "0"};
    const char *text = node_text(value);
    if (!text)
        return false;
    if (node_is(value, NODE_BOOL)) {
        *ret = value->integer != 0;
        return true;
    }
    for (size_t i = 0; i < ARRAY_COUNT(yes); i++) {
        if (strcasecmp(text, yes[i]) == 0 || strcasecmp(text, no[i]) == 0) {
            *ret = strcasecmp(text, yes[i]) == 0;
            return true;
        }
    }
    return false;
}

void docker_put_bool(struct arena *arena, struct node *map, const char *key, const struct node *value)
{
    bool truth;
    if (docker_bool(value, &truth))
        node_put(arena, map, key, node_new_bool(arena, truth, value));
}

void docker_put_int(struct arena *arena, struct node *map, const char *key, const struct node *value)
{
    int64_t integer;
    if (node_integer(value, &integer))
        node_put(arena, map, key, node_new_int(arena, integer, value));
}

void docker_put_bytes(struct arena *arena, struct node *map, const char *key, const struct node *value, bool unlimited)
{
    const char *text = node_text(value);
    int64_t bytes;
    if (text && facts_bytes(text, &bytes) && (bytes > 0 || (unlimited && bytes == -1)))
        node_put(arena, map, key, node_new_int(arena, bytes, value));
}

/* The name of an entry of a map, or of "NAME=VALUE" and "NAME"; ret_value NULL when there is none. */
static const char *pair_of(struct arena *arena, const struct node *item, const char **ret_value)
{
    *ret_value = NULL;
    if (item->key) {
        *ret_value = item->tag == NODE_TAG_OPEN ? NULL : node_text(item);
        return item->key;
    }
    const char *text = node_text(item);
    const char *equals = text ? strchr(text, '=') : NULL;
    if (!equals)
        return text;
    *ret_value = item->tag == NODE_TAG_OPEN ? NULL : equals + 1;
    return arena_dup(arena, text, (size_t)(equals - text));
}

void docker_put_pairs(struct arena *arena, struct node *facts, const char *key, const struct node *pairs)
{
    if (!node_is(pairs, NODE_MAP) && !node_is(pairs, NODE_LIST))
        return;
    struct node *list = docker_list_at(arena, facts, key, pairs);
    for (const struct node *item = node_first(pairs); item; item = item->next) {
        const char *value;
        const char *name = pair_of(arena, item, &value);
        if (!name)
            continue;
        struct node *pair = node_new_map(arena, item);
        node_put(arena, pair, "name", node_new_text(arena, name, item));
        if (value)
            node_put(arena, pair, "value", node_new_text(arena, value, item));
        node_append(list, pair);
    }
}

void docker_put_labels(struct arena *arena, struct node *facts, const char *key, const struct node *labels)
{
    if (!node_is(labels, NODE_MAP) && !node_is(labels, NODE_LIST))
        return;
    struct node *map = docker_map_at(arena, facts, key, labels);
    for (const struct node *item = node_first(labels); item; item = item->next) {
        const char *value;
        const char *name = pair_of(arena, item, &value);
        if (name)
            node_put(arena, map, name, node_new_text(arena, value ? value : "", item));
    }
}

/* "host=ip" as "host:ip", as Compose hands it on. */
static void add_host(struct arena *arena, struct node *list, const char *host, const char *address,
                     const struct node *where, bool *gateway)
{
    *gateway |= strcmp(address, "host-gateway") == 0;
    node_append(list, node_new_text(arena, arena_printf(arena, "%s:%s", host, address), where));
}

static void add_host_entry(struct arena *arena, struct node *list, const struct node *item, bool *gateway)
{
    const char *text = node_text(item);
    if (item->key && text)
        add_host(arena, list, item->key, text, item, gateway);
    for (const struct node *each = item->key && !text ? node_first(item) : NULL; each; each = each->next)
        if (node_text(each))
            add_host(arena, list, item->key, node_text(each), each, gateway);
    if (item->key || !text)
        return;
    size_t length = strcspn(text, "=:");
    if (text[length])
        add_host(arena, list, arena_dup(arena, text, length), text + length + 1, item, gateway);
}

void docker_put_hosts(struct arena *arena, struct node *facts, const struct node *hosts)
{
    if (node_count(hosts) == 0)
        return;
    bool gateway = false;
    struct node *list = docker_list_at(arena, facts, "extra_hosts", hosts);
    for (const struct node *item = node_first(hosts); item; item = item->next)
        add_host_entry(arena, list, item, &gateway);
    node_put(arena, facts, "host_gateway", node_new_bool(arena, gateway, hosts));
}

void docker_put_restart(struct arena *arena, struct node *facts, const struct node *policy)
{
    const char *text = node_text(policy);
    if (!text || !*text)
        return;
    if (node_is(policy, NODE_BOOL)) /* `restart: no` without quotes */
        text = policy->integer ? "always" : "no";
    const char *colon = strchr(text, ':');
    struct node *restart = node_new_map(arena, policy);
    const char *word = colon ? arena_dup(arena, text, (size_t)(colon - text)) : text;
    node_put(arena, restart, "policy", node_new_text(arena, word, policy));
    char *end;
    long attempts = colon ? strtol(colon + 1, &end, 10) : -1;
    if (colon && attempts >= 0 && end != colon + 1 && *end == '\0')
        node_put(arena, restart, "max_attempts", node_new_int(arena, attempts, policy));
    node_put(arena, facts, "restart", restart);
}
