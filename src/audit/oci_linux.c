#include "audit/oci_config.h"

#include <string.h>

/* ---- mounts -------------------------------------------------------------------------------------------- */

static const char *joined(struct arena *arena, const struct node *options)
{
    AUTO_BUF struct buf text = BUF_INIT;
    for (const struct node *one = node_first(options); one; one = one->next) {
        if (text.length)
            buf_add_char(&text, ',');
        buf_add_text(&text, node_text(one) ? node_text(one) : "");
    }
    return text.length ? arena_strdup(arena, buf_text(&text)) : NULL;
}

static void put_mounts(struct arena *arena, struct node *facts, const struct node *mounts)
{
    for (const struct node *one = node_first(mounts); one; one = one->next) {
        const char *type = node_text_at(one, "type"), *source = node_text_at(one, "source");
        const char *target = node_text_at(one, "destination");
        const char *options = joined(arena, node_get(one, "options"));
        if (!target)
            continue;
        bool bind = options && (options_have(options, "bind") || options_have(options, "rbind"));
        struct mount_row mount = {
            .source = facts_path(arena, source ? source : ""),
            .target = facts_path(arena, target),
            .kind = bind || !type || strcmp(type, "none") == 0 ? "bind" : type,
            .options = options,
            .propagation = options ? options_propagation(options) : NULL,
            .read_only = options && (options_have(options, "ro") || options_have(options, "rro")),
        };
        rows_add_mount(arena, facts, &mount, one);
    }
}

/* ---- namespaces ---------------------------------------------------------------------------------------- */

static const struct node *find_namespace(const struct node *list, const char *type)
{
    for (const struct node *one = node_first(list); one; one = one->next)
        if (node_is_text(node_get(one, "type"), type))
            return one;
    return NULL;
}

/* A namespace that is joined: that of the first process is the host's. */
static const char *joined_namespace(struct arena *arena, const char *path)
{
    return strncmp(path, "/proc/1/ns/", 11) == 0 ? "host" : arena_printf(arena, "container:%s", path);
}

static bool maps_host_root(const struct node *mappings, const struct node **ret_where)
{
    for (const struct node *one = node_first(mappings); one; one = one->next) {
        int64_t outside = 1, size = 0;
        (void)node_integer(node_get(one, "hostID"), &outside);
        (void)node_integer(node_get(one, "size"), &size);
        if (outside == 0 && size > 0) {
            *ret_where = one;
            return true;
        }
    }
    return false;
}

/* A namespace that is not listed is the one the runtime itself is in: the host's. */
static void put_namespaces(struct arena *arena, struct node *facts, const struct node *system)
{
    static const char *const types[] = {"network", "pid", "ipc", "uts", "user", "cgroup"};
    const struct node *list = node_get(system, "namespaces");
    struct node *namespaces = node_new_map(arena, list ? list : system);
    for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
        const struct node *one = find_namespace(list, types[i]), *where = one ? one : list ? list : system;
        const char *path = node_text_at(one, "path");
        const char *kind = !one ? "host" : path && *path ? joined_namespace(arena, path) : "private";
        if (strcmp(types[i], "user") == 0 && one && maps_host_root(node_get(system, "uidMappings"), &where))
            kind = "host";
        node_put(arena, namespaces, types[i], node_new_text(arena, kind, where));
    }
    node_put(arena, facts, "namespaces", namespaces);
}

/* ---- seccomp, paths, devices ------------------------------------------------------------------------------ */

/* The profile stands in the file itself. One that allows by default and names no call is none. */
static void put_seccomp(struct arena *arena, struct node *facts, const struct node *system)
{
    const struct node *given = node_get(system, "seccomp"), *where = given ? given : system;
    bool idle = node_is_text(node_get(given, "defaultAction"), "SCMP_ACT_ALLOW") &&
                node_count(node_get(given, "syscalls")) == 0;
    struct node *seccomp = node_new_map(arena, where);
    node_put(arena, seccomp, "type", node_new_text(arena, given && !idle ? "localhost" : "unconfined", where));
    node_put(arena, facts, "seccomp", seccomp);
}

static void put_proc_mount(struct arena *arena, struct node *facts, const struct node *system)
{
    const struct node *masked = node_get(system, "maskedPaths");
    bool unmasked = node_count(masked) == 0;
    node_put(arena, facts, "proc_mount", node_new_text(arena, unmasked ? "Unmasked" : "Default", masked ? masked : system));
}

static void put_devices(struct arena *arena, struct node *facts, const struct node *devices)
{
    for (const struct node *one = node_first(devices); one; one = one->next) {
        const struct node *path = node_get(one, "path");
        if (!node_text(path))
            continue;
        struct node *row = node_new_map(arena, one);
        node_put(arena, row, "source", node_copy(arena, path));
        node_put(arena, row, "target", node_copy(arena, path));
        node_append(rows_list(arena, facts, "devices"), row);
    }
}

static void put_sysctls(struct arena *arena, struct node *facts, const struct node *sysctls)
{
    for (const struct node *one = node_is(sysctls, NODE_MAP) ? node_first(sysctls) : NULL; one; one = one->next)
        rows_add_named(arena, rows_list(arena, facts, "sysctls"), one->key, node_text(one), one);
}

void oci_put_linux(struct arena *arena, struct node *facts, const struct node *root)
{
    const struct node *system = node_get(root, "linux");
    put_mounts(arena, facts, node_get(root, "mounts"));
    if (!node_is(system, NODE_MAP))
        return;
    put_namespaces(arena, facts, system);
    put_seccomp(arena, facts, system);
    put_proc_mount(arena, facts, system);
    put_devices(arena, facts, node_get(system, "devices"));
    put_sysctls(arena, facts, node_get(system, "sysctl"));
}
