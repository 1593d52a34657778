/* Compose files: known by their services; each service is a container. */
#include "audit/compose.h"

#include <string.h>

static int compare_setting(const void *key, const void *row)
{
    return strcmp(key, *(const char *const *)row);
}

/* The settings of a service (compose-spec 05-services.md @ 17009809, 2026-06-23): what other programs call services has
 * others. */
static bool is_setting(const char *key)
{
    static const char *const settings[] = {
        "annotations", "attach", "blkio_config", "build", "cap_add", "cap_drop", "cgroup", "cgroup_parent",
        "command", "configs", "container_name", "cpu_count", "cpu_percent", "cpu_period", "cpu_quota",
        "cpu_rt_period", "cpu_rt_runtime", "cpu_shares", "cpus", "cpuset", "credential_spec", "depends_on",
        "deploy", "develop", "device_cgroup_rules", "devices", "dns", "dns_opt", "dns_search", "domainname",
        "entrypoint", "env_file", "environment", "expose", "extends", "extra_hosts", "gpus", "group_add",
        "healthcheck", "hostname", "image", "init", "ipc", "isolation", "label_file", "labels", "links", "logging",
        "mac_address", "mem_limit", "mem_reservation", "mem_swappiness", "memswap_limit", "models", "network_mode",
        "networks", "oom_kill_disable", "oom_score_adj", "pid", "pids_limit", "platform", "ports", "post_start",
        "pre_stop", "privileged", "profiles", "provider", "pull_policy", "read_only", "restart", "runtime", "scale",
        "secrets", "security_opt", "shm_size", "stdin_open", "stop_grace_period", "stop_signal", "storage_opt",
        "sysctls", "tmpfs", "tty", "ulimits", "use_api_socket", "user", "userns_mode", "uts", "volumes",
        "volumes_from", "working_dir",
    };
    return bsearch(key, settings, ARRAY_COUNT(settings), sizeof(*settings), compare_setting);
}

static bool has_setting(const struct node *service)
{
    enum { LOOKED_AT = 50 };
    unsigned looked = 0;
    for (const struct node *entry = node_first(service); entry && looked < LOOKED_AT; entry = entry->next, looked++)
        if (is_setting(entry->key))
            return true;
    return false;
}

static bool are_services(const struct node *services)
{
    enum { LOOKED_AT = 20 };
    unsigned looked = 0;
    bool any = false;
    if (!node_is(services, NODE_MAP))
        return false;
    for (const struct node *entry = node_first(services); entry && looked < LOOKED_AT; entry = entry->next, looked++) {
        if (!node_is(entry, NODE_MAP) && !node_is(entry, NODE_NULL))
            return false;
        any = any || has_setting(entry);
    }
    return any;
}

/* A file may do no more than include others; what other programs include does not look like { path }, or like the name
 * of a YAML file with nothing else beside it. */
static bool only_includes(const struct node *root)
{
    static const char *const beside[] = {"include", "name", "version", "volumes", "networks", "secrets", "configs"};
    const struct node *first = node_first(node_is(root, NODE_MAP) ? node_get(root, "include") : NULL);
    const char *text = node_text(first);
    const char *dot = text ? strrchr(text, '.') : NULL;
    if (!node_get(first, "path") && !(dot && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0)))
        return false;
    for (const struct node *entry = node_first(root); entry; entry = entry->next) {
        bool known = strncmp(entry->key, "x-", 2) == 0;
        for (size_t i = 0; i < ARRAY_COUNT(beside); i++)
            known = known || strcmp(beside[i], entry->key) == 0;
        if (!known)
            return false;
    }
    return node_is(node_get(root, "include"), NODE_LIST);
}

static bool recognises(const struct node *root)
{
    if (node_get(root, "apiVersion") && node_get(root, "kind"))
        return false;
    return are_services(node_get(root, "services")) || only_includes(root);
}

/* ---- variables without a value ------------------------------------------------------------------------------ */

static const struct node *find_open(const struct node *node)
{
    if (node->tag == NODE_TAG_OPEN)
        return node;
    for (const struct node *entry = node_first(node); entry; entry = entry->next) {
        const struct node *found = find_open(entry);
        if (found)
            return found;
    }
    return NULL;
}

/* Settings that decide how isolated the service is. Elsewhere an open variable stays as it is written. */
static void tell_open(struct compose_reader *reader, const struct compose_service *service)
{
    static const char *const deciding[] = {
        "privileged", "cap_add",     "cap_drop", "security_opt",        "user",    "network_mode",   "pid",
        "ipc",        "userns_mode", "cgroup",   "device_cgroup_rules", "devices", "use_api_socket", "volumes",
        "read_only",  "runtime",     "uts",
    };
    for (size_t i = 0; i < ARRAY_COUNT(deciding); i++) {
        const struct node *value = compose_get(service->node, deciding[i]);
        const struct node *open = value ? find_open(value) : NULL;
        if (open)
            compose_miss(reader, open, "%s of service %s depends on a variable that has no value here: %.200s",
                         deciding[i], service->name, node_text(open));
    }
}

/* A service's facts are a few nodes for each of its own, and the capabilities. */
static bool spend_facts(struct compose_reader *reader, const struct node *node)
{
    if (!compose_spend(reader, 2 * COMPOSE_COPY))
        return false;
    for (const struct node *entry = node_first(node); entry; entry = entry->next)
        if (!spend_facts(reader, entry))
            return false;
    return true;
}

static void add_service(struct compose_reader *reader, const struct node *root, const struct compose_project *project,
                        const struct compose_service *service)
{
    struct arena *arena = reader->arena;
    struct collector *collector = reader->collector;
    struct node *facts = compose_facts(reader, project, service);
    node_put(arena, facts, "raw", node_copy(arena, service->node));
    node_put(arena, facts, "object", node_copy(arena, root));
    const struct subject subject = {
        .kind = SUBJECT_CONTAINER,
        .names = {.kind = "compose service", .name = service->name},
        .format = "compose",
        .facts = facts,
        .where = node_origin(service->node),
        .metadata = facts,
    };
    tell_open(reader, service);
    collector->add(collector, &subject);
}

static void collect(struct collector *collector, const struct node *root)
{
    struct compose_reader reader = {.collector = collector, .arena = collector->arena};
    const char *base = compose_overridden(reader.arena, collector->path);
    if (base && collector->skip) {
        collector->skip(collector, "it overrides %s and is judged as part of it", base);
        return;
    }
    struct compose_project project;
    compose_project_read(&reader, collector->path, root, &project);
    enum { ALWAYS_THERE = 48 };
    reader.work = 0;
    for (const struct compose_service *service = project.first; service; service = service->next)
        if (compose_spend(&reader, ALWAYS_THERE * COMPOSE_COPY) && spend_facts(&reader, service->node))
            add_service(&reader, root, &project, service);
}

const struct document_kind document_kind_compose = {
    .name = "compose",
    .recognises = recognises,
    .collect = collect,
};
