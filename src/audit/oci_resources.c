#include <inttypes.h>
#include <string.h>

#include "audit/oci_config.h"

/* -1 is unlimited, and 0 is as good as not set. */
static void put_memory(struct arena *arena, struct node *facts, const struct node *memory)
{
    const struct node *limit = node_get(memory, "limit"), *request = node_get(memory, "reservation");
    const struct node *swap = node_get(memory, "swap"), *killer = node_get(memory, "disableOOMKiller");
    const struct node *swappiness = node_get(memory, "swappiness");
    int64_t bytes = 0, reserved = 0, value = 0;
    bool limited = node_integer(limit, &bytes) && bytes > 0;
    bool requested = node_integer(request, &reserved) && reserved > 0;
    struct node *map = node_new_map(arena, limited ? limit : request);
    if (requested)
        node_put(arena, map, "request", node_new_int(arena, reserved, request));
    if (limited)
        node_put(arena, map, "limit", node_new_int(arena, bytes, limit));
    if (map->count)
        node_put(arena, facts, "memory", map);
    if (node_integer(swap, &value) && value != 0)
        node_put(arena, facts, "memory_swap", node_new_int(arena, value, swap));
    if (node_integer(swappiness, &value))
        node_put(arena, facts, "swappiness", node_new_int(arena, value, swappiness));
    if (node_is(killer, NODE_BOOL))
        node_put(arena, facts, "oom_kill_disable", node_copy(arena, killer));
}

static void put_cpu(struct arena *arena, struct node *facts, const struct node *cpu)
{
    const struct node *quota = node_get(cpu, "quota");
    int64_t microseconds = 0, period = 100000;
    (void)node_integer(node_get(cpu, "period"), &period);
    if (node_integer(quota, &microseconds) && microseconds > 0 && period > 0 && microseconds < INT64_MAX / 1000)
        rows_put_limit(arena, facts, "cpu", microseconds * 1000 / period, quota);
}

static void put_pids(struct arena *arena, struct node *facts, const struct node *limit)
{
    int64_t count = 0;
    if (node_integer(limit, &count))
        rows_put_limit(arena, facts, "pids", count > 0 ? count : -1, limit);
}

/* A number that is absent is all of them. */
static const char *number_or_all(struct arena *arena, const struct node *number)
{
    int64_t value = -1;
    return node_integer(number, &value) && value >= 0 ? arena_printf(arena, "%" PRId64, value) : "*";
}

/* As the device cgroup writes it: "c 1:3 rwm". */
static void put_device_rules(struct arena *arena, struct node *facts, const struct node *devices)
{
    for (const struct node *one = node_first(devices); one; one = one->next) {
        const char *type = node_text_at(one, "type"), *access = node_text_at(one, "access");
        if (!node_is_true(node_get(one, "allow")))
            continue;
        const char *rule = arena_printf(arena, "%s %s:%s %s", type && *type ? type : "a",
                                        number_or_all(arena, node_get(one, "major")),
                                        number_or_all(arena, node_get(one, "minor")), access && *access ? access : "rwm");
        node_append(rows_list(arena, facts, "device_rules"), node_new_text(arena, rule, one));
    }
}

void oci_put_resources(struct arena *arena, struct node *facts, const struct node *resources)
{
    put_memory(arena, facts, node_get(resources, "memory"));
    put_cpu(arena, facts, node_get(resources, "cpu"));
    put_pids(arena, facts, node_at(resources, "pids.limit"));
    put_device_rules(arena, facts, node_get(resources, "devices"));
}
