/* Sources: maskedPaths and readonlyPaths of the default specification of Docker, containerd and CRI-O (the same in all); capabilities(7). */
#include "audit/apparmor_reach.h"

#include <string.h>

static const char *const masked[] = {"/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug",
                                     "/proc/scsi", "/proc/timer_list", "/proc/timer_stats"};
static const char *const read_only[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};

/* Is path the directory, or below it? */
static bool is_below(const char *path, const char *directory)
{
    size_t length = strlen(directory);
    if (length == 1)
        return true; /* "/" */
    return strncmp(path, directory, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static bool is_below_any(const char *path, const char *const *directories, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_below(path, directories[i]))
            return true;
    return false;
}

static bool writes(const char *access)
{
    return strpbrk(access, "wa");
}

/* ---- in the container itself -------------------------------------------------------------------------------- */

static bool is_kernels(const char *path)
{
    return is_below(path, "/proc") || is_below(path, "/sys");
}

static bool can_remount(const struct situation *s, bool remounts)
{
    return remounts && situation_has(s->reachable, "SYS_ADMIN");
}

/* Settings of the machine belong to its root; the root of another user namespace is none. */
static bool kernel_lets(const struct situation *s, bool remounts, const char *path, const char *access)
{
    bool open = s->privileged || can_remount(s, remounts);
    if (!s->may_be_root || s->user_namespace)
        return false;
    if (is_below(path, "/sys"))
        return open || !writes(access);
    if (!s->proc_unmasked && !open && is_below_any(path, masked, ARRAY_COUNT(masked)))
        return false;
    return s->proc_unmasked || open || !writes(access) || !is_below_any(path, read_only, ARRAY_COUNT(read_only));
}

static bool image_lets(const struct situation *s, const char *path, const char *access)
{
    if (is_below(path, "/run/secrets/kubernetes.io"))
        return node_is_true(node_at(s->facts, "pod.service_account_token"));
    if (is_below(path, "/run"))
        return false;
    if (is_below(path, "/dev"))
        return s->privileged;
    return s->may_be_root && (!writes(access) || !node_is_true(node_get(s->facts, "read_only_root")));
}

/* ---- through mounts and devices ------------------------------------------------------------------------------- */

static void add_place(struct reach *reach, const char *path, bool there)
{
    for (size_t i = 0; i < reach->count; i++) {
        if (strcmp(reach->places[i].path, path) == 0) {
            reach->places[i].host |= there;
            reach->places[i].there |= there;
            return;
        }
    }
    if (reach->count < REACH_PLACES_MAX)
        reach->places[reach->count++] = (struct reach_place){.path = path, .there = there, .host = true};
}

/* /var/run is a link to /run on every distribution. */
static const char *settled(const char *path)
{
    return is_below(path, "/var/run") ? path + 4 : path;
}

/* Does a mount or a device of the host show a path of it? ret_target: where; ret_rest: and what behind that. */
static bool shows(const struct node *mount, const char *path, const char **ret_target, const char **ret_rest)
{
    const char *source = node_text_at(mount, "source"), *target = node_text_at(mount, "target");
    if (!source || source[0] != '/' || !target || target[0] != '/' || !is_below(path, settled(source)))
        return false;
    size_t length = strlen(settled(source));
    *ret_rest = path + (length == 1 ? 0 : length);
    *ret_target = strcmp(target, "/") == 0 ? "" : target;
    return true;
}

/* Whether the image has the link too is not known. */
static void add_target(struct arena *arena, struct reach *reach, const char *target, const char *rest, bool there)
{
    add_place(reach, arena_printf(arena, "%s%s", target, rest), there);
    if (settled(target) != target)
        add_place(reach, arena_printf(arena, "%s%s", settled(target), rest), there);
}

/* A socket can be talked to through a mount that is read-only; what else needs root, and the host's files the host's. */
static bool mount_lets(const struct situation *s, const struct node *mount, const char *path, const char *access)
{
    size_t length = strlen(path);
    if (length > 5 && strcmp(path + length - 5, ".sock") == 0)
        return true;
    bool refused = writes(access) && node_is_true(node_get(mount, "read_only"));
    return !refused && s->may_be_root && !s->user_namespace;
}

static void add_mounts(struct arena *arena, const struct situation *s, const struct data_apparmor_probes *probe, struct reach *reach)
{
    const struct node *mounts = node_get(s->facts, "mounts");
    for (const struct node *mount = node_first(mounts); mount && reach->count < REACH_PLACES_MAX; mount = mount->next) {
        const char *target, *rest;
        if (shows(mount, probe->path, &target, &rest))
            add_target(arena, reach, target, rest, mount_lets(s, mount, probe->path, probe->access));
    }
}

static void add_devices(struct arena *arena, const struct situation *s, const struct data_apparmor_probes *probe, struct reach *reach)
{
    for (const struct node *device = node_first(node_get(s->facts, "devices")); device && reach->count < REACH_PLACES_MAX; device = device->next) {
        const char *target, *rest, *permissions = node_text_at(device, "permissions");
        bool refused = permissions && ((writes(probe->access) && !strchr(permissions, 'w')) || (strchr(probe->access, 'r') && !strchr(permissions, 'r')));
        if (shows(device, probe->path, &target, &rest))
            add_target(arena, reach, target, rest, !refused);
    }
}

void apparmor_reach_of(struct arena *arena, const struct situation *situation, bool remounts, const struct data_apparmor_probes *probe,
                       struct reach *ret)
{
    bool kernels = is_kernels(probe->path);
    ret->places[0] = (struct reach_place){
        .path = probe->path,
        .there = kernels ? kernel_lets(situation, remounts, probe->path, probe->access) : image_lets(situation, probe->path, probe->access),
    };
    ret->count = 1;
    add_mounts(arena, situation, probe, ret);
    add_devices(arena, situation, probe, ret);
    for (size_t i = 0; i < ret->count && *probe->needs; i++)
        ret->places[i].there &= situation_has(situation->reachable, probe->needs);
}
