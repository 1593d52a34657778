/* Sources: Tekton's TaskSpec (v1, v1beta1) and its merging of steps (container merge, strategic by field); Argo
 * Workflows' Template and WorkflowSpec. */
#include "audit/kubernetes.h"

/* What a step takes from stepTemplate when it has none of its own; securityContext field by field, env from both. */
static const char *const step_keys[] = {"image",         "command", "args",         "envFrom", "resources", "computeResources",
                                        "volumeMounts", "workingDir", "imagePullPolicy"};

/* What stands beside the containers in a pod. */
static const char *const pod_keys[] = {
    "securityContext", "hostNetwork",        "hostPID",        "hostIPC",          "hostUsers",
    "os",              "runtimeClassName",   "serviceAccountName", "automountServiceAccountToken", "shareProcessNamespace",
};

/* Where objects have more of it; the task itself comes first. */
static const char *const pod_paths[] = {
    "spec.podTemplate", "spec.taskRunTemplate.podTemplate", "spec.taskRunTemplate", "spec", "spec.workflowSpec",
};

enum { CONTEXT_KEYS_MAX = 64 }; /* more than a securityContext has; bounds the work of merging two */

static bool is_list(const struct node *node)
{
    return node_is(node, NODE_LIST);
}

static void append_all(struct arena *arena, struct node *list, const struct node *from)
{
    for (const struct node *item = kubernetes_items(from); item; item = item->next)
        node_append(list, node_copy(arena, item));
}

static struct node *merged_context(struct arena *arena, const struct node *own, const struct node *other)
{
    struct node *context = node_new_map(arena, own);
    for (const struct node *entry = node_first(own); entry; entry = entry->next)
        kubernetes_put_node(arena, context, entry->key, entry);
    for (const struct node *entry = node_first(other); entry; entry = entry->next)
        if (!node_get(own, entry->key))
            kubernetes_put_node(arena, context, entry->key, entry);
    return context;
}

static void put_context(struct arena *arena, struct node *step, const struct node *own, const struct node *other)
{
    if (node_is(own, NODE_MAP) && node_is(other, NODE_MAP) && own->count <= CONTEXT_KEYS_MAX &&
        other->count <= CONTEXT_KEYS_MAX)
        node_put(arena, step, "securityContext", merged_context(arena, own, other));
    else
        kubernetes_put_node(arena, step, "securityContext", own ? own : other);
}

static void put_env(struct arena *arena, struct node *step, const struct node *own, const struct node *other)
{
    if (!is_list(own) && !is_list(other))
        return;
    struct node *env = node_new_list(arena, is_list(own) ? own : other);
    append_all(arena, env, other);
    append_all(arena, env, own);
    node_put(arena, step, "env", env);
}

static struct node *step_of(struct arena *arena, const struct node *own, const struct node *template)
{
    struct node *step = node_new_map(arena, own);
    kubernetes_put_node(arena, step, "name", node_get(own, "name"));
    kubernetes_put_node(arena, step, "script", node_get(own, "script"));
    for (size_t i = 0; i < ARRAY_COUNT(step_keys); i++) {
        const struct node *value = node_get(own, step_keys[i]);
        kubernetes_put_node(arena, step, step_keys[i], value ? value : node_get(template, step_keys[i]));
    }
    if (!node_get(step, "resources"))
        kubernetes_put_node(arena, step, "resources", node_get(step, "computeResources"));
    put_context(arena, step, node_get(own, "securityContext"), node_get(template, "securityContext"));
    put_env(arena, step, node_get(own, "env"), node_get(template, "env"));
    return step;
}

static struct node *containers_of(struct kubernetes_walk *walk, const struct node *task)
{
    const struct node *steps = node_get(task, "steps");
    const struct node *one = node_get(task, "container");
    const struct node *template = node_get(task, "stepTemplate");
    one = one ? one : node_get(task, "script");
    struct node *containers = node_new_list(walk->arena, is_list(steps) ? steps : one);
    for (const struct node *step = kubernetes_items(steps); step; step = step->next)
        if (step->kind == NODE_MAP && kubernetes_has_room(walk, step))
            node_append(containers, step_of(walk->arena, step, template));
    if (!is_list(steps) && node_is(one, NODE_MAP))
        node_append(containers, node_copy(walk->arena, one));
    append_all(walk->arena, containers, node_get(task, "sidecars"));
    return containers;
}

static void put_pod_level(struct arena *arena, struct node *pod, struct node *volumes, const struct node *from)
{
    for (size_t i = 0; i < ARRAY_COUNT(pod_keys); i++)
        if (!node_get(pod, pod_keys[i]))
            kubernetes_put_node(arena, pod, pod_keys[i], node_get(from, pod_keys[i]));
    append_all(arena, volumes, node_get(from, "volumes"));
}

const struct node *kubernetes_steps(const struct kubernetes_object *object, const struct node *task)
{
    struct arena *arena = object->walk->arena;
    struct node *pod = node_new_map(arena, task);
    kubernetes_put_node(arena, pod, "initContainers", node_get(task, "initContainers"));
    node_put(arena, pod, "containers", containers_of(object->walk, task));
    const struct node *own_volumes = node_get(task, "volumes");
    struct node *volumes = node_new_list(arena, own_volumes ? own_volumes : task);
    put_pod_level(arena, pod, volumes, task);
    for (size_t i = 0; i < ARRAY_COUNT(pod_paths); i++) {
        const struct node *level = node_at(object->root, pod_paths[i]);
        if (level != task)
            put_pod_level(arena, pod, volumes, level);
    }
    if (volumes->count)
        node_put(arena, pod, "volumes", volumes);
    return pod;
}
