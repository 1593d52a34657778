/* How much a container may use, and what it runs besides its command. */
#include <string.h>

#include "audit/docker_facts.h"

/* How many processors "0-3,5" names; 0 when it makes no sense. */
static int64_t cpuset_size(const char *text)
{
    int64_t count = 0;
    while (*text) {
        char *end;
        long first = strtol(text, &end, 10);
        long last = *end == '-' ? strtol(end + 1, &end, 10) : first;
        if (end == text || first < 0 || last < first || last > 65535 || (*end && *end != ','))
            return 0;
        count += last - first + 1;
        text = end + (*end == ',');
    }
    return count;
}

static void put_limit(struct arena *arena, struct node *facts, const char *key, int64_t thousandths,
                      const struct node *where)
{
    struct node *cpu = docker_map_at(arena, facts, "cpu", where);
    if (!node_get(cpu, key))
        node_put(arena, cpu, key, node_new_int(arena, thousandths, where));
}

void docker_put_cpu(struct arena *arena, struct node *facts, const struct docker_cpu *cpu)
{
    enum { PERIOD = 100000, SHARES = 1024, CARE = INT32_MAX };
    int64_t quota, period, shares;
    if (!node_integer(cpu->period, &period) || period <= 0)
        period = PERIOD;
    if (node_integer(cpu->quota, &quota) && quota > 0 && quota < CARE)
        put_limit(arena, facts, "limit", quota * 1000 / period, cpu->quota);
    int64_t processors = node_text(cpu->set) ? cpuset_size(node_text(cpu->set)) : 0;
    if (processors > 0)
        put_limit(arena, facts, "limit", processors * 1000, cpu->set);
    if (node_integer(cpu->shares, &shares) && shares > 0 && shares < CARE)
        put_limit(arena, facts, "request", shares * 1000 / SHARES, cpu->shares);
}

void docker_put_storage(struct arena *arena, struct node *facts, const struct node *size)
{
    struct node *storage = node_new_map(arena, size);
    docker_put_bytes(arena, storage, "limit", size, false);
    if (node_count(storage))
        node_put(arena, facts, "ephemeral_storage", storage);
}

void docker_put_pids(struct arena *arena, struct node *facts, const struct node *limit)
{
    int64_t number;
    if (!node_integer(limit, &number))
        return;
    struct node *pids = node_new_map(arena, limit);
    node_put(arena, pids, "limit", node_new_int(arena, number > 0 ? number : -1, limit));
    node_put(arena, facts, "pids", pids);
}

void docker_put_test(struct arena *arena, struct node *facts, const struct node *test)
{
    const struct node *words = test;
    const struct node *first = node_is(test, NODE_LIST) ? node_first(test) : NULL;
    if (node_is_text(first, "NONE"))
        return;
    if (first && (node_is_text(first, "CMD") || node_is_text(first, "CMD-SHELL"))) {
        struct node *rest = node_new_list(arena, test);
        for (const struct node *item = first->next; item; item = item->next)
            node_append(rest, node_copy(arena, item));
        words = rest;
    }
    struct node *command = facts_command(arena, words, NULL);
    if (command)
        node_append(docker_list_at(arena, facts, "commands", test), command);
}

void docker_put_device_request(struct arena *arena, struct node *facts, const struct node *count,
                               const struct node *ids, const struct node *where)
{
    struct node *devices = docker_list_at(arena, facts, "devices", where);
    for (const struct node *id = node_first(ids); id; id = id->next) {
        struct node *device = node_new_map(arena, id);
        docker_put_text(arena, device, "source", id);
        node_append(devices, device);
    }
    if (node_count(ids))
        return;
    int64_t number;
    bool some = node_integer(count, &number) && number >= 0;
    const char *source = some ? arena_printf(arena, "gpu:%lld", (long long)number) : "gpu:all";
    struct node *device = node_new_map(arena, where);
    node_put(arena, device, "source", node_new_text(arena, source, count ? count : where));
    node_append(devices, device);
}
