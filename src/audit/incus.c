/* Keys: the instance options and device types of the Incus and LXD documentation. */
#include "audit/incus.h"

#include <string.h>

#include "audit/facts_rows.h"
#include "audit/lxc_facts.h"

/* ---- recognising --------------------------------------------------------------------------------------- */

static bool is_option(const char *key)
{
    static const char *const groups[] = {"boot.",   "cloud-init.", "cluster.", "environment.", "image.",    "limits.",
                                         "linux.",  "migration.",  "nvidia.",  "raw.",         "security.", "snapshots.",
                                         "volatile."};
    for (size_t i = 0; i < ARRAY_COUNT(groups); i++)
        if (strncmp(key, groups[i], strlen(groups[i])) == 0)
            return true;
    return false;
}

bool incus_recognises(const struct node *root)
{
    const struct node *config = node_get(root, "config"), *devices = node_get(root, "devices");
    bool shape = node_is(config, NODE_MAP) && !node_find(root, "apiVersion") && (!devices || node_is(devices, NODE_MAP));
    for (const struct node *entry = shape ? node_first(config) : NULL; entry; entry = entry->next)
        if (is_option(entry->key))
            return true;
    return false;
}

/* ---- settings ------------------------------------------------------------------------------------------ */

static bool is_true(const struct node *node)
{
    const char *text = node_text(node);
    return text && (strcasecmp(text, "true") == 0 || strcmp(text, "1") == 0 || strcasecmp(text, "yes") == 0 ||
                    strcasecmp(text, "on") == 0);
}

static void add(struct lxc_config *config, const char *key, const char *value, const struct node *where)
{
    node_put(config->arena, config->entries, key, node_new_text(config->arena, value, where));
}

/* An instance has a map of its own, unless it is privileged. */
static void add_user_map(struct lxc_config *config, const struct node *options)
{
    const struct node *privileged = node_get(options, "security.privileged");
    if (!is_true(privileged))
        add(config, "lxc.idmap", "u 0 1000000 1000000000", privileged ? privileged : options);
}

static void add_option(struct lxc_config *config, const struct node *option)
{
    const char *text = node_text(option), *name = option->key;
    if (!text)
        return;
    if (strncmp(name, "environment.", 12) == 0)
        add(config, "lxc.environment", arena_printf(config->arena, "%s=%s", name + 12, text), option);
    else if (strncmp(name, "limits.kernel.", 14) == 0)
        add(config, arena_printf(config->arena, "lxc.prlimit.%s", name + 14), text, option);
    else if (strncmp(name, "linux.sysctl.", 13) == 0)
        add(config, arena_printf(config->arena, "lxc.sysctl.%s", name + 13), text, option);
    else if (strcmp(name, "limits.processes") == 0)
        add(config, "lxc.cgroup2.pids.max", text, option);
    else if (strcmp(name, "limits.memory") == 0)
        add(config, "lxc.cgroup2.memory.max", text, option);
    else if (strcmp(name, "security.syscalls.deny_default") == 0 && !is_true(option))
        add(config, "lxc.seccomp.profile", "", option);
    add(config, name, text, option);
}

void incus_add_settings(struct lxc_config *config, const struct node *root)
{
    const struct node *options = node_get(root, "config");
    add_user_map(config, options);
    for (const struct node *option = node_first(options); option; option = option->next) {
        if (strcmp(option->key, "raw.lxc") == 0)
            lxc_config_add_text(config, option);
        else
            add_option(config, option);
    }
}

/* ---- facts ----------------------------------------------------------------------------------------------- */

/* "2" processors, or a set of them: "0-3,7". */
static int64_t count_processors(const char *text)
{
    unsigned first = 0, last = 0;
    int64_t count = 0;
    if (!strpbrk(text, "-,"))
        return sscanf(text, "%4u", &first) == 1 ? (int64_t)first : 0;
    for (const char *at = text; *at; at += strcspn(at, ","), at += *at == ',') {
        int read = sscanf(at, "%4u-%4u", &first, &last);
        count += read == 2 && last >= first ? (int64_t)last - first + 1 : read >= 1;
    }
    return count;
}

static void put_cpu(const struct lxc_config *config, struct node *facts, const struct node *options)
{
    const struct node *limit = node_get(options, "limits.cpu");
    int64_t count = node_text(limit) ? count_processors(node_text(limit)) : 0;
    if (count <= 0)
        return;
    struct node *cpu = node_new_map(config->arena, limit);
    node_put(config->arena, cpu, "limit", node_new_int(config->arena, count * 1000, limit));
    node_put(config->arena, facts, "cpu", cpu);
}

/* A source without a pool is a path of the host. */
static void add_disk(const struct lxc_config *config, struct node *facts, const struct node *device)
{
    const char *source = node_text_at(device, "source"), *target = node_text_at(device, "path");
    const char *pool = node_text_at(device, "pool");
    if (!source || !target)
        return;
    struct mount_row mount = {
        .source = facts_path(config->arena, source),
        .target = facts_path(config->arena, target),
        .kind = pool || source[0] != '/' ? "volume" : "bind",
        .propagation = node_text_at(device, "propagation"),
        .read_only = is_true(node_get(device, "readonly")),
    };
    rows_add_mount(config->arena, facts, &mount, device);
}

static void add_device(const struct lxc_config *config, struct node *facts, const struct node *device)
{
    const char *source = node_text_at(device, "source"), *path = node_text_at(device, "path");
    const char *type = node_text_at(device, "type");
    struct node *row = node_new_map(config->arena, device);
    source = source ? source : path ? path : type;
    node_put(config->arena, row, "source", node_new_text(config->arena, source, device));
    node_put(config->arena, row, "target", node_new_text(config->arena, path ? path : source, device));
    node_append(rows_list(config->arena, facts, "devices"), row);
}

void incus_put_facts(const struct lxc_config *config, struct node *facts, const struct node *root)
{
    const struct node *devices = node_get(root, "devices");
    put_cpu(config, facts, node_get(root, "config"));
    for (const struct node *device = node_first(devices); device; device = device->next) {
        const char *type = node_text_at(device, "type");
        if (type && strcmp(type, "disk") == 0)
            add_disk(config, facts, device);
        else if (type && (strncmp(type, "unix-", 5) == 0 || strcmp(type, "gpu") == 0 || strcmp(type, "usb") == 0 ||
                          strcmp(type, "pci") == 0))
            add_device(config, facts, device);
    }
}
