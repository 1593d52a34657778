#include <string.h>

#include "audit/facts_rows.h"
#include "audit/lxc_facts.h"
#include "base/num.h"

static void put_memory(const struct lxc_config *config, struct node *facts)
{
    const struct node *value = lxc_config_cgroup(config, "memory.max", "memory.limit_in_bytes");
    int64_t bytes = 0;
    if (value && facts_bytes(value->text, &bytes) && bytes > 0)
        rows_put_limit(config->arena, facts, "memory", bytes, value);
}

/* cpu.max is "quota period" in microseconds, the period 100000 unless said. */
static void put_cpu(const struct lxc_config *config, struct node *facts)
{
    const struct node *value = lxc_config_cgroup(config, "cpu.max", "cpu.cfs_quota_us");
    const struct node *other = lxc_config_get(config, "lxc.cgroup.cpu.cfs_period_us");
    unsigned long quota = 0, period = 100000;
    if (!value || sscanf(value->text, "%9lu %9lu", &quota, &period) < 1)
        return;
    if (other && lxc_config_tail(value, "lxc.cgroup.") && sscanf(other->text, "%9lu", &period) < 1)
        return;
    if (quota > 0 && period > 0)
        rows_put_limit(config->arena, facts, "cpu", (int64_t)(quota * 1000 / period), value);
}

static void put_pids(const struct lxc_config *config, struct node *facts)
{
    const struct node *value = lxc_config_cgroup(config, "pids.max", "pids.max");
    uint64_t count = 0;
    if (!value)
        return;
    if (strcmp(value->text, "max") == 0)
        rows_put_limit(config->arena, facts, "pids", -1, value);
    else if (num_parse_u64(value->text, INT64_MAX, &count))
        rows_put_limit(config->arena, facts, "pids", (int64_t)count, value);
}

static struct node *new_limit(struct arena *arena, const char *text, const struct node *where)
{
    uint64_t value = 0;
    if (num_parse_u64(text, INT64_MAX, &value))
        return node_new_int(arena, (int64_t)value, where);
    return node_new_int(arena, -1, where); /* unlimited */
}

/* lxc.prlimit.nofile = 1024:4096, or one number for both. */
static void add_ulimit(struct arena *arena, struct node *facts, const char *name, const struct node *value)
{
    const char *colon = strchr(value->text, ':');
    const char *soft = colon ? arena_dup(arena, value->text, (size_t)(colon - value->text)) : value->text;
    struct node *row = node_new_map(arena, value);
    node_put(arena, row, "name", node_new_text(arena, name, value));
    node_put(arena, row, "soft", new_limit(arena, soft, value));
    node_put(arena, row, "hard", new_limit(arena, colon ? colon + 1 : soft, value));
    node_append(rows_list(arena, facts, "ulimits"), row);
}

static void put_oom(struct arena *arena, struct node *facts, const struct node *entry)
{
    int64_t adjustment = 0;
    if (node_integer(entry, &adjustment))
        node_put(arena, facts, "oom_score_adj", node_new_int(arena, adjustment, entry));
}

static void add_environment(struct arena *arena, struct node *facts, const struct node *entry)
{
    const char *equals = strchr(entry->text, '=');
    const char *name = equals ? arena_dup(arena, entry->text, (size_t)(equals - entry->text)) : entry->text;
    rows_add_named(arena, rows_list(arena, facts, "environment"), name, equals ? equals + 1 : NULL, entry);
}

static void put_entry(struct arena *arena, struct node *facts, const struct node *entry)
{
    const char *name;
    if (!entry->text[0])
        return;
    if ((name = lxc_config_tail(entry, "lxc.prlimit.")))
        add_ulimit(arena, facts, name, entry);
    else if ((name = lxc_config_tail(entry, "lxc.sysctl.")))
        rows_add_named(arena, rows_list(arena, facts, "sysctls"), name, entry->text, entry);
    else if (strcmp(entry->key, "lxc.proc.oom_score_adj") == 0)
        put_oom(arena, facts, entry);
    else if (strcmp(entry->key, "lxc.environment") == 0)
        add_environment(arena, facts, entry);
    else if (strcmp(entry->key, "lxc.cgroup2.devices.allow") == 0 || strcmp(entry->key, "lxc.cgroup.devices.allow") == 0)
        node_append(rows_list(arena, facts, "device_rules"), node_new_text(arena, entry->text, entry));
}

void lxc_put_resources(const struct lxc_config *config, struct node *facts)
{
    put_memory(config, facts);
    put_cpu(config, facts);
    put_pids(config, facts);
    for (const struct node *entry = node_first(config->entries); entry; entry = entry->next)
        put_entry(config->arena, facts, entry);
    const struct node *init = lxc_config_get(config, "lxc.execute.cmd");
    init = init ? init : lxc_config_get(config, "lxc.init.cmd");
    struct node *command = facts_command(config->arena, init, NULL);
    if (command)
        node_put(config->arena, facts, "command", command);
}
