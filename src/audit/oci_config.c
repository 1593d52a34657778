/*
 * The bundle configuration of the OCI runtime specification: what runc, crun and the others are given. Nothing is filled in
 * by a default there, so what is absent is not set.
 */
#include "audit/oci_config.h"

#include <string.h>

static bool recognises(const struct node *root)
{
    return node_text(node_get(root, "ociVersion")) &&
           (node_is(node_get(root, "process"), NODE_MAP) || node_is(node_get(root, "root"), NODE_MAP));
}

static void put_root(struct arena *arena, struct node *facts, const struct node *root)
{
    const struct node *read_only = node_at(root, "root.readonly");
    const struct node *propagation = node_at(root, "linux.rootfsPropagation");
    if (node_is(read_only, NODE_BOOL))
        node_put(arena, facts, "read_only_root", node_copy(arena, read_only));
    const char *path = node_text_at(root, "root.path");
    struct mount_row mount = {.source = path ? path : "", .target = "/", .kind = "rootfs",
                              .propagation = node_text(propagation), .read_only = node_is_true(read_only)};
    if (mount.propagation)
        rows_add_mount(arena, facts, &mount, propagation);
}

/* Programs that the runtime runs on the host. */
static void put_hooks(struct arena *arena, struct node *facts, const struct node *root)
{
    const struct node *hooks = node_get(root, "hooks");
    for (const struct node *stage = node_first(hooks); stage; stage = stage->next) {
        for (const struct node *hook = node_first(stage); hook; hook = hook->next) {
            const struct node *args = node_get(hook, "args");
            struct node *command = facts_command(arena, args ? args : node_get(hook, "path"), NULL);
            if (command)
                node_append(rows_list(arena, facts, "commands"), command);
        }
    }
}

static void collect(struct collector *collector, const struct node *root)
{
    struct arena *arena = collector->arena;
    if (!rows_bounded(collector, root))
        return;
    struct node *facts = node_new_map(arena, root);
    const struct node *name = node_get(root, "hostname"), *annotations = node_get(root, "annotations");
    node_put(arena, facts, "format", node_new_text(arena, "oci", NULL));
    node_put(arena, facts, "role", node_new_text(arena, "container", NULL));
    if (node_text(name))
        node_put(arena, facts, "name", node_copy(arena, name));
    oci_put_process(arena, facts, root);
    put_root(arena, facts, root);
    oci_put_linux(arena, facts, root);
    oci_put_resources(arena, facts, node_at(root, "linux.resources"));
    put_hooks(arena, facts, root);
    if (node_is(annotations, NODE_MAP))
        node_put(arena, facts, "annotations", node_copy(arena, annotations));
    node_put(arena, facts, "raw", node_copy(arena, root));
    node_put(arena, facts, "object", node_copy(arena, root));
    struct subject subject = {.kind = SUBJECT_CONTAINER,
                              .names = {.kind = "OCI container", .name = node_text(name)},
                              .format = "oci",
                              .facts = facts,
                              .where = root};
    collector->add(collector, &subject);
}

const struct document_kind document_kind_oci = {.name = "oci", .recognises = recognises, .collect = collect};
