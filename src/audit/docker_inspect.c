/* The output of `docker inspect` and `podman inspect`: of containers, and of what else these commands describe. */
#include "audit/docker_inspect.h"

#include <string.h>

#include "audit/docker_facts.h"

/* What an object is, by keys that it alone has. A container comes first: it is what is judged. */
struct shape {
    const char *word;
    const char *keys[3];
};
static const struct shape shapes[] = {
    {"containers", {"HostConfig", "Config"}},
    {"images", {"RepoTags", "RootFS"}},
    {"images", {"RepoDigests", "RootFS"}},
    {"networks", {"IPAM", "Driver", "Scope"}},
    {"networks", {"network_interface", "driver"}}, /* Podman */
    {"volumes", {"Mountpoint", "Driver", "Name"}},
};
enum { SHAPE_CONTAINER = 0, LOOKED_AT = 8, CONTAINERS_MAX = 20000, NODES_MAX = 1000000 };

static const struct shape *shape_of(const struct node *object)
{
    for (size_t i = 0; i < ARRAY_COUNT(shapes); i++) {
        bool all = true;
        for (size_t k = 0; k < ARRAY_COUNT(shapes[i].keys) && shapes[i].keys[k]; k++)
            all = all && node_find(object, shapes[i].keys[k]);
        if (all)
            return &shapes[i];
    }
    return NULL;
}

static bool recognises(const struct node *root)
{
    if (node_is(root, NODE_MAP))
        return shape_of(root) && !node_get(root, "apiVersion");
    size_t looked = 0;
    for (const struct node *item = node_is(root, NODE_LIST) ? node_first(root) : NULL; item && looked < LOOKED_AT;
         item = item->next, looked++)
        if (shape_of(item))
            return true;
    return false;
}

bool docker_inspect_is_podman(const struct node *container)
{
    return node_find(container, "OCIRuntime") || node_find(container, "EffectiveCaps") ||
           node_find(container, "BoundingCaps") || node_find(container, "ImageName");
}

static void add_container(struct collector *collector, const struct node *root, const struct node *container)
{
    struct arena *arena = collector->arena;
    struct node *facts = docker_inspect_facts(arena, container);
    node_put(arena, facts, "raw", node_copy(arena, container));
    node_put(arena, facts, "object", node_copy(arena, root));
    const struct subject subject = {
        .kind = SUBJECT_CONTAINER,
        .names = {.kind = docker_inspect_is_podman(container) ? "podman container" : "docker container",
                  .name = node_text(node_get(facts, "name"))},
        .format = "inspect",
        .facts = facts,
        .where = container,
        .metadata = facts,
    };
    collector->add(collector, &subject);
}

/* Facts are a few nodes for each one of the file. What is shared by aliases, which JSON has not, counts each time. */
static size_t count_nodes(const struct node *node, size_t limit)
{
    size_t count = 1;
    for (const struct node *entry = node_first(node); entry && count <= limit; entry = entry->next)
        count += count_nodes(entry, limit - count);
    return count;
}

static void collect(struct collector *collector, const struct node *root)
{
    size_t containers = 0, nodes = 0;
    const struct shape *other = NULL;
    for (const struct node *item = node_is(root, NODE_LIST) ? node_first(root) : root; item; item = item->next) {
        const struct shape *shape = shape_of(item);
        nodes += count_nodes(item, NODES_MAX - nodes);
        if (nodes > NODES_MAX || containers == CONTAINERS_MAX) {
            collector->miss(collector, item, "it describes more than is looked at: only what stands before is judged");
            return;
        }
        if (shape == &shapes[SHAPE_CONTAINER]) {
            containers++;
            add_container(collector, root, item);
        } else if (shape) {
            other = shape;
        } else {
            collector->miss(collector, item, "an object of docker inspect is no container, image, network or volume");
        }
        if (item == root)
            break;
    }
    if (containers == 0 && other && collector->skip)
        collector->skip(collector, "it describes %s as docker inspect prints them, and no container", other->word);
}

const struct document_kind document_kind_inspect = {
    .name = "inspect",
    .recognises = recognises,
    .collect = collect,
};
