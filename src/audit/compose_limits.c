/* Memory, processors, processes: the settings of the service, and those below deploy, which count more. */
#include <string.h>

#include "audit/compose.h"
#include "audit/docker_facts.h"

static const struct node *either(const struct node *one, const struct node *other)
{
    return one ? one : other;
}

static void put_memory(struct arena *arena, struct node *facts, const struct node *service)
{
    const struct node *limit =
        either(compose_get(service, "deploy.resources.limits.memory"), compose_get(service, "mem_limit"));
    const struct node *request =
        either(compose_get(service, "deploy.resources.reservations.memory"), compose_get(service, "mem_reservation"));
    struct node *memory = node_new_map(arena, either(limit, request));
    docker_put_bytes(arena, memory, "limit", limit, false);
    docker_put_bytes(arena, memory, "request", request, false);
    if (node_count(memory))
        node_put(arena, facts, "memory", memory);
    docker_put_bytes(arena, facts, "memory_swap", compose_get(service, "memswap_limit"), true);
    docker_put_int(arena, facts, "swappiness", compose_get(service, "mem_swappiness"));
    docker_put_bytes(arena, facts, "shm_size", compose_get(service, "shm_size"), false);
}

/* "0.5" processors; 0 is no limit. */
static void put_processors(struct arena *arena, struct node *facts, const char *key, const struct node *value)
{
    int64_t thousandths;
    if (node_text(value) && facts_quantity(node_text(value), &thousandths) && thousandths > 0)
        node_put(arena, docker_map_at(arena, facts, "cpu", value), key, node_new_int(arena, thousandths, value));
}

static void put_cpu(struct arena *arena, struct node *facts, const struct node *service)
{
    const struct node *limit =
        either(compose_get(service, "deploy.resources.limits.cpus"), compose_get(service, "cpus"));
    put_processors(arena, facts, "limit", either(limit, compose_get(service, "cpu_count")));
    put_processors(arena, facts, "request", compose_get(service, "deploy.resources.reservations.cpus"));
    docker_put_cpu(arena, facts,
                   &(struct docker_cpu){.quota = compose_get(service, "cpu_quota"),
                                        .period = compose_get(service, "cpu_period"),
                                        .shares = compose_get(service, "cpu_shares"),
                                        .set = compose_get(service, "cpuset")});
}

/* A number for both, or { soft, hard }. */
static void put_ulimits(struct arena *arena, struct node *facts, const struct node *ulimits)
{
    if (!node_is(ulimits, NODE_MAP))
        return;
    struct node *list = docker_list_at(arena, facts, "ulimits", ulimits);
    for (const struct node *entry = node_first(ulimits); entry; entry = entry->next) {
        bool both = !node_is(entry, NODE_MAP);
        struct node *ulimit = node_new_map(arena, entry);
        node_put(arena, ulimit, "name", node_new_text(arena, entry->key, entry));
        docker_put_int(arena, ulimit, "soft", both ? entry : compose_get(entry, "soft"));
        docker_put_int(arena, ulimit, "hard", both ? entry : compose_get(entry, "hard"));
        node_append(list, ulimit);
    }
}

void compose_put_limits(struct arena *arena, struct node *facts, const struct node *service)
{
    put_memory(arena, facts, service);
    put_cpu(arena, facts, service);
    docker_put_pids(arena, facts,
                    either(compose_get(service, "deploy.resources.limits.pids"), compose_get(service, "pids_limit")));
    put_ulimits(arena, facts, compose_get(service, "ulimits"));
    docker_put_bool(arena, facts, "oom_kill_disable", compose_get(service, "oom_kill_disable"));
    docker_put_int(arena, facts, "oom_score_adj", compose_get(service, "oom_score_adj"));
    docker_put_storage(arena, facts, compose_get(service, "storage_opt.size"));
}
