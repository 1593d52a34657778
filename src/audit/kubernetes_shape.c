#include <string.h>

#include "audit/kubernetes.h"

/* What makes a named map a container although its image comes from elsewhere (a controller's default): Flink's
 * flink-main-container. What only reports on containers (PodMetrics) has none of these. */
static bool is_container(const struct node *node)
{
    static const char *const keys[] = {"image", "command", "args", "env", "envFrom", "securityContext", "volumeMounts", "ports",
                                       "imagePullPolicy", "resources"};
    if (!node_is(node, NODE_MAP) || (!node_get(node, "name") && !node_get(node, "image")))
        return false;
    if (node_get(node, "image") && !kubernetes_text(node_get(node, "image")))
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(keys); i++)
        if (node_get(node, keys[i]))
            return true;
    return false;
}

static bool has_container(const struct node *list)
{
    for (const struct node *item = kubernetes_items(list); item; item = item->next)
        if (is_container(item))
            return true;
    return false;
}

enum shape { SHAPE_NONE, SHAPE_POD, SHAPE_STEPS, SHAPE_SPARK };

static bool key_is(const struct node *entry, const char *key, size_t length)
{
    return entry->key_length == length && memcmp(entry->key, key, length) == 0;
}

#define KEY_IS(entry, word) key_is((entry), (word), sizeof(word) - 1)

/* With a template of its own it has a pod like any other. */
static bool is_spark_part(const struct kubernetes_object *object, const struct node *map)
{
    return map->key && (KEY_IS(map, "driver") || KEY_IS(map, "executor")) && kubernetes_group_is(object, "sparkoperator.k8s.io") &&
           !node_get(map, "template");
}

static enum shape shape_of(const struct kubernetes_object *object, const struct node *map)
{
    enum shape shape = SHAPE_NONE;
    if (is_spark_part(object, map))
        return SHAPE_SPARK;
    for (const struct node *entry = map->first; entry; entry = entry->next) {
        if ((KEY_IS(entry, "containers") || KEY_IS(entry, "initContainers")) && has_container(entry))
            return SHAPE_POD;
        if ((KEY_IS(entry, "steps") && has_container(entry)) ||
            ((KEY_IS(entry, "container") || KEY_IS(entry, "script")) && is_container(entry) &&
             kubernetes_group_is(object, "argoproj.io")))
            shape = SHAPE_STEPS;
    }
    return shape;
}

struct shape_walk {
    const struct kubernetes_object *object;
    size_t found;
};

static const struct node *spec_of(const struct kubernetes_object *object, enum shape shape, const struct node *node,
                                  const struct node *parent)
{
    if (shape == SHAPE_SPARK)
        return kubernetes_spark(object, node, parent);
    return shape == SHAPE_STEPS ? kubernetes_steps(object, node) : node;
}

static void found(struct shape_walk *walk, enum shape shape, const struct node *node, const struct node *parent)
{
    const struct kubernetes_object *object = walk->object;
    const struct node *metadata = parent == object->root ? NULL : node_get(parent, "metadata");
    walk->found++;
    if (!kubernetes_has_room(object->walk, node))
        return;
    if (shape == SHAPE_SPARK) /* which has labels and annotations right inside */
        metadata = node;
    if (!node_is(metadata, NODE_MAP))
        metadata = NULL;
    kubernetes_pod(object, &(struct kubernetes_template){
                               .metadata = metadata,
                               .labelled = metadata,
                               .spec = spec_of(object, shape, node, parent),
                           });
}

/* As deep as the reader lets maps stand in each other (NODE_DEPTH_MAX); never into a pod that was found. */
static void visit(struct shape_walk *walk, const struct node *node, const struct node *parent)
{
    if (node->kind == NODE_LIST)
        for (const struct node *item = node->first; item; item = item->next)
            visit(walk, item, node);
    if (node->kind != NODE_MAP)
        return;
    enum shape shape = shape_of(walk->object, node);
    if (shape != SHAPE_NONE) {
        found(walk, shape, node, parent);
        return;
    }
    bool root = node == walk->object->root;
    for (const struct node *entry = node->first; entry; entry = entry->next)
        if (!root || !(KEY_IS(entry, "metadata") || KEY_IS(entry, "status")))
            visit(walk, entry, node);
}

size_t kubernetes_shape(const struct kubernetes_object *object)
{
    struct shape_walk walk = {.object = object};
    visit(&walk, object->root, NULL);
    return walk.found;
}
