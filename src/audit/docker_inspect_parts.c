/* What is attached to a container, and how much of the machine it may use. */
#include <ctype.h>
#include <string.h>

#include "audit/docker_facts.h"
#include "audit/docker_inspect.h"

/* ---- mounts ---------------------------------------------------------------------------------------------- */

/* A volume of the local driver that is a directory of the host: HostConfig.Mounts[].VolumeOptions says it. */
static const char *bound_directory(const struct node *options)
{
    const char *how = node_text(node_get(options, "o"));
    return how && strstr(how, "bind") ? node_text(node_get(options, "device")) : NULL;
}

static const char *volume_directory(const struct node *host, const char *name)
{
    enum { COMPARED_MAX = 1000 };
    const struct node *mounts = node_get(host, "Mounts");
    for (const struct node *item = node_first(mounts); name && item && node_count(mounts) <= COMPARED_MAX;
         item = item->next)
        if (node_is_text(node_get(item, "Source"), name))
            return bound_directory(node_at(item, "VolumeOptions.DriverConfig.Options"));
    return NULL;
}

static void put_mounted(struct arena *arena, struct node *facts, const struct node *host, const struct node *item)
{
    const char *name = node_text(node_get(item, "Name"));
    const char *mode = node_text(node_get(item, "Mode"));
    struct docker_mount mount = {.kind = node_text(node_get(item, "Type"))};
    docker_mount_options(arena, mode ? mode : "", &mount);
    mount.source = node_text(node_get(item, "Source"));
    mount.target = node_text(node_get(item, "Destination"));
    mount.propagation = node_text(node_get(item, "Propagation"));
    bool writable;
    if (docker_bool(node_get(item, "RW"), &writable))
        mount.read_only = !writable;
    bool bind = mount.kind && strcmp(mount.kind, "bind") == 0;
    mount.host = bind ? mount.source : volume_directory(host, name);
    mount.volume = bind ? NULL : name;
    docker_put_mount(arena, facts, &mount, item);
}

static void put_specified(struct arena *arena, struct node *facts, const struct node *item)
{
    struct docker_mount mount = {
        .kind = node_text(node_get(item, "Type")),
        .source = node_text(node_get(item, "Source")),
        .target = node_text(node_get(item, "Target")),
        .propagation = node_text_at(item, "BindOptions.Propagation"),
        .read_only = node_is_true(node_get(item, "ReadOnly")),
    };
    bool bind = mount.kind && strcmp(mount.kind, "bind") == 0;
    mount.host = bind ? mount.source : bound_directory(node_at(item, "VolumeOptions.DriverConfig.Options"));
    mount.volume = bind ? NULL : mount.source;
    docker_put_mount(arena, facts, &mount, item);
}

/* "/src:/dst:ro" */
static void put_bind(struct arena *arena, struct node *facts, const struct node *item)
{
    const char *text = node_text(item);
    const char *colon = text ? strchr(text, ':') : NULL;
    if (!colon)
        return;
    const char *second = strchr(colon + 1, ':');
    struct docker_mount mount = {.kind = *text == '/' ? "bind" : "volume"};
    docker_mount_options(arena, second ? second + 1 : "", &mount);
    mount.source = arena_dup(arena, text, (size_t)(colon - text));
    mount.target = second ? arena_dup(arena, colon + 1, (size_t)(second - colon - 1)) : colon + 1;
    mount.host = *text == '/' ? mount.source : NULL;
    docker_put_mount(arena, facts, &mount, item);
}

/* Mounts is what came of Binds and HostConfig.Mounts, which therefore count only where it is missing. */
static void put_mounts(struct arena *arena, struct node *facts, const struct node *container)
{
    const struct node *host = node_get(container, "HostConfig");
    const struct node *mounts = node_get(container, "Mounts");
    for (const struct node *item = node_first(mounts); item; item = item->next)
        put_mounted(arena, facts, host, item);
    for (const struct node *item = node_first(node_get(host, "Binds")); item && !node_count(mounts); item = item->next)
        put_bind(arena, facts, item);
    for (const struct node *item = node_first(node_get(host, "Mounts")); item && !node_count(mounts); item = item->next)
        put_specified(arena, facts, item);
    for (const struct node *item = node_first(node_get(host, "Tmpfs")); item; item = item->next)
        if (item->key)
            docker_put_tmpfs(arena, facts, item->key, node_text(item) ? node_text(item) : "", item);
}

/* ---- devices --------------------------------------------------------------------------------------------- */

static void put_device(struct arena *arena, struct node *facts, const struct node *item)
{
    if (!node_is(item, NODE_MAP)) /* a CDI name, in Podman's list */
        return docker_put_device(arena, facts, item);
    struct node *device = node_new_map(arena, item);
    docker_put_text(arena, device, "source", node_get(item, "PathOnHost"));
    docker_put_text(arena, device, "target", node_get(item, "PathInContainer"));
    docker_put_text(arena, device, "permissions", node_get(item, "CgroupPermissions"));
    node_append(docker_list_at(arena, facts, "devices", item), device);
}

static void put_devices(struct arena *arena, struct node *facts, const struct node *host)
{
    for (const struct node *item = node_first(node_get(host, "Devices")); item; item = item->next)
        put_device(arena, facts, item);
    for (const struct node *item = node_first(node_get(host, "DeviceRequests")); item; item = item->next)
        docker_put_device_request(arena, facts, node_get(item, "Count"), node_get(item, "DeviceIDs"), item);
    docker_put_texts(arena, facts, "device_rules", node_get(host, "DeviceCgroupRules"));
}

/* ---- ports ----------------------------------------------------------------------------------------------- */

/* "80/tcp" */
static struct node *new_port(struct arena *arena, const struct node *entry)
{
    char *end;
    struct node *port = node_new_map(arena, entry);
    long number = entry->key ? strtol(entry->key, &end, 10) : -1;
    if (number < 0 || number > 65535 || end == entry->key)
        return port;
    node_put(arena, port, "container", node_new_int(arena, number, entry));
    node_put(arena, port, "protocol", node_new_text(arena, *end == '/' ? end + 1 : "tcp", entry));
    return port;
}

static void put_bound_port(struct arena *arena, struct node *facts, const struct node *entry,
                           const struct node *binding)
{
    struct node *port = new_port(arena, entry);
    const struct node *number = node_get(binding, "HostPort");
    int64_t host = 0; /* none asked for: any that is free */
    (void)node_integer(number, &host);
    node_put(arena, port, "host", node_new_int(arena, host, number ? number : binding));
    const char *address = node_text(node_get(binding, "HostIp"));
    if (address && *address)
        docker_put_text(arena, port, "address", node_get(binding, "HostIp"));
    node_append(docker_list_at(arena, facts, "ports", entry), port);
}

static void put_ports(struct arena *arena, struct node *facts, const struct node *container)
{
    const struct node *bindings = node_at(container, "HostConfig.PortBindings");
    enum { COMPARISONS_MAX = 1 << 24 };
    bool all = node_is_true(node_at(container, "HostConfig.PublishAllPorts"));
    for (const struct node *entry = node_first(bindings); entry; entry = entry->next)
        for (const struct node *binding = node_first(entry); binding; binding = binding->next)
            put_bound_port(arena, facts, entry, binding);
    const struct node *exposed = node_at(container, "Config.ExposedPorts");
    bool comparable = node_count(exposed) * node_count(bindings) <= COMPARISONS_MAX;
    for (const struct node *entry = node_first(exposed); entry && comparable; entry = entry->next) {
        if (!entry->key || node_count(node_get(bindings, entry->key)))
            continue;
        struct node *port = new_port(arena, entry);
        if (all)
            node_put(arena, port, "host", node_new_int(arena, 0, entry));
        node_append(docker_list_at(arena, facts, "ports", entry), port);
    }
}

void docker_inspect_put_attached(struct arena *arena, struct node *facts, const struct node *container)
{
    const struct node *host = node_get(container, "HostConfig");
    put_mounts(arena, facts, container);
    put_devices(arena, facts, host);
    put_ports(arena, facts, container);
    docker_put_pairs(arena, facts, "sysctls", node_get(host, "Sysctls"));
}

/* ---- limits ---------------------------------------------------------------------------------------------- */

static void put_cpu(struct arena *arena, struct node *facts, const struct node *host)
{
    const struct node *nano = node_get(host, "NanoCpus");
    int64_t billionths;
    if (node_integer(nano, &billionths) && billionths > 0)
        node_put(arena, docker_map_at(arena, facts, "cpu", nano), "limit",
                 node_new_int(arena, billionths / 1000000 > 0 ? billionths / 1000000 : 1, nano));
    docker_put_cpu(arena, facts,
                   &(struct docker_cpu){.quota = node_get(host, "CpuQuota"),
                                        .period = node_get(host, "CpuPeriod"),
                                        .shares = node_get(host, "CpuShares"),
                                        .set = node_get(host, "CpusetCpus")});
}

static void put_ulimit(struct arena *arena, struct node *facts, const struct node *item)
{
    const char *name = node_text(node_get(item, "Name"));
    if (!name)
        return;
    char *lower = arena_strdup(arena, strncmp(name, "RLIMIT_", 7) == 0 ? name + 7 : name);
    for (char *at = lower; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    struct node *ulimit = node_new_map(arena, item);
    node_put(arena, ulimit, "name", node_new_text(arena, lower, item));
    docker_put_int(arena, ulimit, "soft", node_get(item, "Soft"));
    docker_put_int(arena, ulimit, "hard", node_get(item, "Hard"));
    node_append(docker_list_at(arena, facts, "ulimits", item), ulimit);
}

static void put_memory(struct arena *arena, struct node *facts, const struct node *host)
{
    const struct node *limit = node_get(host, "Memory");
    const struct node *request = node_get(host, "MemoryReservation");
    struct node *memory = node_new_map(arena, limit ? limit : host);
    docker_put_bytes(arena, memory, "limit", limit, false);
    docker_put_bytes(arena, memory, "request", request, false);
    if (node_count(memory))
        node_put(arena, facts, "memory", memory);
    docker_put_bytes(arena, facts, "memory_swap", node_get(host, "MemorySwap"), true);
    int64_t swappiness;
    if (node_integer(node_get(host, "MemorySwappiness"), &swappiness) && swappiness >= 0)
        docker_put_int(arena, facts, "swappiness", node_get(host, "MemorySwappiness"));
    docker_put_bytes(arena, facts, "shm_size", node_get(host, "ShmSize"), false);
    docker_put_storage(arena, facts, node_at(host, "StorageOpt.size"));
}

void docker_inspect_put_limits(struct arena *arena, struct node *facts, const struct node *host)
{
    put_memory(arena, facts, host);
    put_cpu(arena, facts, host);
    docker_put_pids(arena, facts, node_get(host, "PidsLimit"));
    for (const struct node *item = node_first(node_get(host, "Ulimits")); item; item = item->next)
        put_ulimit(arena, facts, item);
    docker_put_bool(arena, facts, "oom_kill_disable", node_get(host, "OomKillDisable"));
    docker_put_int(arena, facts, "oom_score_adj", node_get(host, "OomScoreAdj"));
}
