#include <string.h>

#include "audit/kubernetes_pod.h"

/* ---- reading --------------------------------------------------------------------------------------------------- */

static const char *normal_path(struct arena *arena, const struct node *path)
{
    const char *text = kubernetes_text(path);
    return text ? facts_path(arena, text) : NULL;
}

/* Two sources are rejected by the API server; the one from the host counts here. */
static const struct node *source_of(const struct node *volume)
{
    const struct node *source = node_get(volume, "hostPath");
    for (const struct node *entry = source ? NULL : node_first(volume); entry && !source; entry = entry->next)
        if (entry->kind != NODE_NULL && strcmp(entry->key, "name") != 0)
            source = entry;
    return source;
}

static struct kubernetes_volume volume_of(struct arena *arena, const struct node *node)
{
    const struct node *source = source_of(node);
    bool host = source && strcmp(source->key, "hostPath") == 0;
    return (struct kubernetes_volume){
        .node = node,
        .source = source,
        .kind = source ? source->key : "emptyDir",
        .host_path = host ? normal_path(arena, node_get(source, "path")) : NULL,
    };
}

static void read_list(struct kubernetes_pod *pod, const struct node *list)
{
    pod->volume_list = arena_alloc(pod->arena, node_count(list) * sizeof(*pod->volume_list));
    pod->volumes.items = arena_alloc(pod->arena, node_count(list) * sizeof(*pod->volumes.items));
    for (const struct node *node = node_first(list); node; node = node->next) {
        if (node->kind != NODE_MAP)
            continue;
        struct kubernetes_volume *volume = &pod->volume_list[pod->volume_count++];
        *volume = volume_of(pod->arena, node);
        const char *name = kubernetes_text(node_get(node, "name"));
        if (name) {
            size_t order = pod->volumes.count++;
            pod->volumes.items[order] = (struct kubernetes_named){name, order, volume};
        }
    }
    kubernetes_index_sort(&pod->volumes);
}

static struct kubernetes_volume *volume_mounted(const struct kubernetes_pod *pod, const struct node *mount)
{
    const char *name = kubernetes_text(node_get(mount, "name"));
    return name ? kubernetes_index_find(&pod->volumes, name) : NULL;
}

static void join_mount(const struct kubernetes_pod *pod, const struct node *mount)
{
    struct kubernetes_volume *volume = volume_mounted(pod, mount);
    if (!volume)
        return;
    const struct node *propagation = node_get(mount, "mountPropagation");
    volume->mount = volume->mount ? volume->mount : mount;
    if (!volume->writable && !node_is_true(node_get(mount, "readOnly")))
        volume->writable = mount;
    if (kubernetes_text(propagation) && (!volume->propagation || node_is_text(propagation, "Bidirectional")))
        volume->propagation = propagation;
}

void kubernetes_volumes_read(struct kubernetes_pod *pod)
{
    const struct node *list = node_get(pod->spec, "volumes");
    if (!node_is(list, NODE_LIST) || !node_count(list))
        return;
    read_list(pod, list);
    for (size_t i = 0; i < KUBERNETES_ROLES; i++) {
        const struct node *containers = node_get(pod->spec, kubernetes_roles[i].list);
        for (const struct node *item = kubernetes_items(containers); item; item = item->next) {
            const struct node *mounts = node_get(item, "volumeMounts");
            for (const struct node *mount = kubernetes_items(mounts); mount; mount = mount->next)
                join_mount(pod, mount);
        }
    }
}

/* ---- facts of the pod ------------------------------------------------------------------------------------------ */

static struct node *volume_fact(struct arena *arena, const struct kubernetes_volume *volume)
{
    struct node *fact = node_new_map(arena, volume->node);
    kubernetes_put_text(arena, fact, "name", node_get(volume->node, "name"));
    node_put(arena, fact, "kind", node_new_text(arena, volume->kind, volume->source ? volume->source : volume->node));
    if (strcmp(volume->kind, "emptyDir") != 0)
        return fact;
    const struct node *limit = node_get(volume->source, "sizeLimit");
    const char *text = kubernetes_text(limit);
    int64_t thousandths;
    kubernetes_put_text(arena, fact, "medium", node_get(volume->source, "medium"));
    if (text && facts_quantity(text, &thousandths) && thousandths >= 0)
        node_put(arena, fact, "size_limit", node_new_int(arena, thousandths / 1000 + (thousandths % 1000 != 0), limit));
    return fact;
}

static void put_target(struct arena *arena, struct node *fact, const struct node *mount)
{
    const struct node *path = node_get(mount, "mountPath");
    if (kubernetes_text(path))
        node_put(arena, fact, "target", node_new_text(arena, facts_path(arena, node_text(path)), path));
}

static struct node *host_path_fact(struct arena *arena, const struct kubernetes_volume *volume)
{
    struct node *fact = node_new_map(arena, volume->source);
    if (volume->host_path)
        node_put(arena, fact, "source", node_new_text(arena, volume->host_path, node_get(volume->source, "path")));
    put_target(arena, fact, volume->mount);
    if (volume->mount) {
        const struct node *decisive = volume->writable ? volume->writable : node_get(volume->mount, "readOnly");
        node_put(arena, fact, "read_only", node_new_bool(arena, !volume->writable, decisive));
    }
    kubernetes_put_text(arena, fact, "propagation", volume->propagation);
    kubernetes_put_text(arena, fact, "name", node_get(volume->node, "name"));
    return fact;
}

void kubernetes_put_volumes(const struct kubernetes_pod *pod, struct node *facts)
{
    struct node *host_paths = NULL, *volumes = NULL;
    const struct node *where = node_get(pod->spec, "volumes");
    for (size_t i = 0; i < pod->volume_count; i++) {
        const struct kubernetes_volume *volume = &pod->volume_list[i];
        node_append(kubernetes_list(pod->arena, facts, "volumes", where, &volumes), volume_fact(pod->arena, volume));
        if (strcmp(volume->kind, "hostPath") == 0 && node_is(volume->source, NODE_MAP))
            node_append(kubernetes_list(pod->arena, facts, "host_paths", where, &host_paths),
                        host_path_fact(pod->arena, volume));
    }
}

/* ---- facts of a container ---------------------------------------------------------------------------------------- */

static const char *mount_kind(const struct kubernetes_volume *volume)
{
    if (volume && volume->host_path)
        return "bind";
    return volume && node_is_text(node_get(volume->source, "medium"), "Memory") ? "tmpfs" : "volume";
}

/* The directory of the host with the part of it that is mounted; of other volumes the name. */
static struct node *mount_source(struct arena *arena, const struct kubernetes_volume *volume, const struct node *mount)
{
    const struct node *sub = node_get(mount, "subPath");
    sub = sub ? sub : node_get(mount, "subPathExpr");
    if (!volume || !volume->host_path)
        return node_copy(arena, node_get(mount, "name"));
    if (!kubernetes_text(sub))
        return node_new_text(arena, volume->host_path, node_get(volume->source, "path"));
    const char *path = facts_path(arena, arena_printf(arena, "%s/%s", volume->host_path, node_text(sub)));
    return node_new_text(arena, path, node_get(volume->source, "path"));
}

static struct node *mount_fact(const struct kubernetes_pod *pod, const struct node *mount)
{
    struct arena *arena = pod->arena;
    const struct kubernetes_volume *volume = volume_mounted(pod, mount);
    struct node *fact = node_new_map(arena, mount);
    if (kubernetes_text(node_get(mount, "name")))
        node_put(arena, fact, "source", mount_source(arena, volume, mount));
    put_target(arena, fact, mount);
    kubernetes_put_bool(arena, fact, "read_only", node_get(mount, "readOnly"));
    kubernetes_put_text(arena, fact, "propagation", node_get(mount, "mountPropagation"));
    kubernetes_put_word(arena, fact, "kind", mount_kind(volume));
    return fact;
}

void kubernetes_put_mounts(const struct kubernetes_pod *pod, const struct node *container, struct node *facts)
{
    const struct node *mounts = node_get(container, "volumeMounts");
    struct node *list = NULL;
    for (const struct node *mount = kubernetes_items(mounts); mount; mount = mount->next)
        if (mount->kind == NODE_MAP)
            node_append(kubernetes_list(pod->arena, facts, "mounts", mounts, &list), mount_fact(pod, mount));
}
