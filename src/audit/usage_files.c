/* Where the workload writes, and what it did with each mount, device and token that it is given. */
#include <string.h>

#include "audit/usage_maker.h"

/* ---- the root file system --------------------------------------------------------------------------- */

static const char *const place_kinds[] = {
    [PLACE_DIRECTORY] = "directory", [PLACE_CROWDED] = "crowded", [PLACE_SYSTEM] = "system"};

/* NULL: an empty volume there is enough. */
static const char *obstacle_of(const struct usage_maker *maker, const struct need_place *place)
{
    if (place->kind == PLACE_SYSTEM)
        return arena_printf(maker->arena, "no empty volume can take the place of the directory of %s", place->path);
    return place->hides ? arena_printf(maker->arena, "an empty volume at %s would hide %s, which is used", place->path, place->hides)
                        : NULL;
}

static void put_place(const struct usage_maker *maker, struct node *list, const struct need_place *place)
{
    struct node *item = usage_item(maker, list, NULL);
    if (!item)
        return;
    usage_put_text(maker, item, "path", place->path);
    usage_put_text(maker, item, "kind", place_kinds[place->kind]);
    usage_put_text(maker, item, "evidence", usage_evidence(maker, &place->evidence));
    usage_put_int(maker, item, "paths", place->paths);
    const char *obstacle = obstacle_of(maker, place);
    const char *remedy = obstacle ? arena_printf(maker->arena, "Let the workload write elsewhere, for %s.", obstacle)
                                  : usage_mount_remedy(maker, place, 1, false);
    if (obstacle)
        usage_put_text(maker, item, "obstacle", obstacle);
    if (remedy)
        usage_put_text(maker, item, "remedy", remedy);
}

/* What it takes for the root file system to be read-only. */
static const char *remedy_of(const struct usage_maker *maker, const struct need_places *places)
{
    AUTO_BUF struct buf words = BUF_INIT;
    if (places->count == 0)
        return "was never written";
    buf_add_text(&words, "was written only where empty volumes can be mounted: ");
    for (size_t i = 0; i < places->count && i < USAGE_ITEMS_MAX; i++)
        buf_printf(&words, "%s%s", i ? ", " : "", places->items[i].path);
    return arena_strdup(maker->arena, buf_text(&words));
}

static void put_places(const struct usage_maker *maker)
{
    AUTO_NEED_PLACES struct need_places places = {0};
    workload_needs_places(maker->needs, &maker->mounts, &places);
    struct node *list = usage_list(maker, "writes", node_get(maker->facts, "read_only_root"));
    struct node *directories = usage_list(maker, "directories", NULL);
    for (size_t i = 0; i < places.count; i++) {
        put_place(maker, list, &places.items[i]);
        if (places.items[i].kind == PLACE_DIRECTORY && node_count(directories) < USAGE_ITEMS_MAX)
            node_append(directories, node_new_text(maker->arena, places.items[i].path, NULL));
    }
    usage_put_bool(maker, maker->used, "root_may_be_read_only", places.mountable);
    if (places.mountable)
        usage_put_text(maker, maker->used, "root", remedy_of(maker, &places));
}

/* ---- mounts ---------------------------------------------------------------------------------------------- */

static bool has_option(const char *options, const char *option)
{
    size_t length = strlen(option);
    for (const char *at = options; at && (at = strstr(at, option)); at += length)
        if ((at == options || strchr(", :", at[-1])) && (at[length] == '\0' || strchr(", :", at[length])))
            return true;
    return false;
}

/* Of Kubernetes: what is behind a mount. */
static const char *volume_kind(const struct usage_maker *maker, const struct node *mount)
{
    const char *name = node_text_at(mount, "source");
    for (const struct node *volume = node_first(node_at(maker->facts, "pod.volumes")); name && volume; volume = volume->next)
        if (node_is_text(node_get(volume, "name"), name))
            return node_text_at(volume, "kind");
    return NULL;
}

/* The kubelet mounts these so, whatever the manifest says. */
static bool is_always_read_only(const char *volume)
{
    static const char *const kinds[] = {"configMap", "secret", "projected", "downwardAPI"};
    for (size_t i = 0; volume && i < ARRAY_COUNT(kinds); i++)
        if (strcmp(volume, kinds[i]) == 0)
            return true;
    return false;
}

/* What every container has, of the runtime's own. */
static bool is_of_runtime(const char *target)
{
    static const char *const own[] = {"/dev", "/proc", "/sys"};
    static const char *const files[] = {"/etc/hosts", "/etc/hostname", "/etc/resolv.conf"};
    for (size_t i = 0; i < ARRAY_COUNT(own); i++)
        if (strncmp(target, own[i], strlen(own[i])) == 0 && (target[strlen(own[i])] == '/' || !target[strlen(own[i])]))
            return true;
    for (size_t i = 0; i < ARRAY_COUNT(files); i++)
        if (strcmp(target, files[i]) == 0)
            return true;
    return false;
}

static void put_use(const struct usage_maker *maker, struct node *item, const struct path_use *use)
{
    usage_put_bool(maker, item, "touched", use->did != 0);
    usage_put_bool(maker, item, "opened", use->opened);
    usage_put_bool(maker, item, "written", use->written);
    usage_put_bool(maker, item, "executed", use->executed);
    usage_put_bool(maker, item, "device_opened", use->device);
    if (use->opened)
        usage_put_text(maker, item, "opened_by", usage_evidence(maker, &use->opened_by));
    if (use->written)
        usage_put_text(maker, item, "written_by", usage_evidence(maker, &use->written_by));
    if (use->executed)
        usage_put_text(maker, item, "executed_by", usage_evidence(maker, &use->executed_by));
}

static void put_mount(const struct usage_maker *maker, struct node *list, const struct node *mount)
{
    const char *target = node_text_at(mount, "target");
    if (!target || target[0] != '/' || is_of_runtime(target))
        return;
    const char *volume = volume_kind(maker, mount);
    const char *options = node_text_at(mount, "options");
    struct path_use use;
    struct node *item = usage_item(maker, list, mount);
    if (!item)
        return;
    const char *path = facts_path(maker->arena, target);
    workload_needs_path(maker->needs, path, &maker->mounts, &use);
    usage_put_text(maker, item, "target", path);
    if (node_text_at(mount, "source"))
        usage_put_text(maker, item, "source", node_text_at(mount, "source"));
    if (node_text_at(mount, "kind"))
        usage_put_text(maker, item, "kind", node_text_at(mount, "kind"));
    if (volume)
        usage_put_text(maker, item, "volume", volume);
    usage_put_bool(maker, item, "read_only",
                   node_is_true(node_get(mount, "read_only")) || is_always_read_only(volume) || has_option(options, "ro"));
    usage_put_bool(maker, item, "noexec", has_option(options, "noexec"));
    put_use(maker, item, &use);
}

static void put_mounts(const struct usage_maker *maker)
{
    const struct node *mounts = node_get(maker->facts, "mounts");
    struct node *list = usage_list(maker, "mounts", mounts);
    for (const struct node *mount = node_first(mounts); mount; mount = mount->next)
        put_mount(maker, list, mount);
}

/* ---- devices and the token ---------------------------------------------------------------------------------- */

static void put_devices(const struct usage_maker *maker)
{
    const struct node *devices = node_get(maker->facts, "devices");
    struct node *list = usage_list(maker, "devices", devices);
    for (const struct node *device = node_first(devices); device; device = device->next) {
        const char *target = node_text_at(device, "target");
        target = target ? target : node_text_at(device, "source");
        if (!target || target[0] != '/')
            continue; /* a graphics card by name: which files it becomes is the runtime's secret */
        struct path_use use;
        struct node *item = usage_item(maker, list, device);
        if (!item)
            return;
        workload_needs_path(maker->needs, facts_path(maker->arena, target), NULL, &use);
        usage_put_text(maker, item, "target", target);
        usage_put_bool(maker, item, "touched", use.did != 0);
    }
}

static void put_token(const struct usage_maker *maker)
{
    static const char directory[] = "/var/run/secrets/kubernetes.io/serviceaccount";
    struct path_use use;
    if (strcmp(maker->container->format, "kubernetes") != 0)
        return;
    workload_needs_path(maker->needs, directory, NULL, &use);
    usage_put_bool(maker, maker->used, "token_touched", use.did != 0);
}

void usage_put_files(const struct usage_maker *maker)
{
    put_places(maker);
    put_mounts(maker);
    put_devices(maker);
    put_token(maker);
}
