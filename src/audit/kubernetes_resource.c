#include <string.h>

#include "audit/kubernetes_pod.h"

struct resource {
    const char *written; /* what its name begins with */
    bool whole;          /* and ends with, too */
    const char *fact;
    int64_t unit; /* thousandths in what the fact counts */
};

static const struct resource resources_known[] = {
    {"cpu", true, "cpu", 1},
    {"ephemeral-storage", true, "ephemeral_storage", 1000},
    {"hugepages-", false, "hugepages", 1000}, /* of all sizes together */
    {"memory", true, "memory", 1000},
};
enum { RESOURCES = ARRAY_COUNT(resources_known) };

static size_t resource_of(const char *name)
{
    size_t i = 0;
    while (i < RESOURCES && (resources_known[i].whole ? strcmp(name, resources_known[i].written) != 0
                                                       : strncmp(name, resources_known[i].written,
                                                                 strlen(resources_known[i].written)) != 0))
        i++;
    return i;
}

/* A placeholder of envsubst, of an OpenShift Template or of Helm stands for a number that is not known here. */
static bool is_placeholder(const char *text)
{
    return strstr(text, "${") || strstr(text, "{{") || strstr(text, "$(");
}

struct amounts {
    bool known[RESOURCES];
    int64_t sum[RESOURCES];
    const struct node *where[RESOURCES];
};

static void read_amounts(const struct node *map, struct amounts *ret)
{
    *ret = (struct amounts){0};
    for (const struct node *entry = kubernetes_entries(map); entry; entry = entry->next) {
        size_t i = resource_of(entry->key);
        const char *text = i < RESOURCES ? kubernetes_text(entry) : NULL;
        int64_t thousandths;
        if (!text)
            continue;
        if (facts_quantity(text, &thousandths) && thousandths >= 0) {
            int64_t unit = resources_known[i].unit;
            int64_t amount = thousandths / unit + (thousandths % unit != 0);
            ret->sum[i] = amount > INT64_MAX - ret->sum[i] ? INT64_MAX : ret->sum[i] + amount;
            ret->known[i] = true;
        } else if (!is_placeholder(text)) {
            continue;
        }
        ret->where[i] = ret->where[i] ? ret->where[i] : entry;
    }
}

static void put_amount(struct arena *arena, struct node *fact, const char *key, const struct amounts *amounts, size_t i)
{
    if (amounts->known[i])
        node_put(arena, fact, key, node_new_int(arena, amounts->sum[i], amounts->where[i]));
    else
        kubernetes_put_text(arena, fact, key, amounts->where[i]);
}

void kubernetes_put_resources(struct arena *arena, const struct node *resources, struct node *facts)
{
    struct amounts requests, limits;
    if (!node_is(resources, NODE_MAP))
        return;
    read_amounts(node_get(resources, "requests"), &requests);
    read_amounts(node_get(resources, "limits"), &limits);
    for (size_t i = 0; i < RESOURCES; i++) {
        if (!requests.where[i] && !limits.where[i])
            continue;
        struct node *fact = node_new_map(arena, requests.where[i] ? requests.where[i] : limits.where[i]);
        put_amount(arena, fact, "request", &requests, i);
        put_amount(arena, fact, "limit", &limits, i);
        node_put(arena, facts, resources_known[i].fact, fact);
    }
}
