/* Source: spark-operator's SparkApplication (v1beta2), and Spark's own pods (KubernetesUtils, BasicDriverFeatureStep): memory is
 * request and limit alike, 1g when nobody says otherwise. */
#include <string.h>

#include "audit/kubernetes.h"

static void put_key(struct arena *arena, struct node *map, const char *key, const struct node *from, const char *from_key)
{
    kubernetes_put_node(arena, map, key, node_get(from, from_key));
}

static int64_t memory_of(const struct node *part)
{
    const char *text = kubernetes_text(node_get(part, "memory")); /* "512m" is 512 MiB here, not half a byte */
    int64_t bytes;
    return text && facts_bytes(text, &bytes) && bytes > 0 ? bytes : 1 << 30;
}

static struct node *resources_of(struct arena *arena, const struct node *part)
{
    const struct node *memory = node_get(part, "memory");
    const struct node *where = memory ? memory : part;
    struct node *resources = node_new_map(arena, part);
    struct node *requests = node_new_map(arena, part);
    struct node *limits = node_new_map(arena, part);
    node_put(arena, requests, "memory", node_new_int(arena, memory_of(part), where));
    node_put(arena, limits, "memory", node_new_int(arena, memory_of(part), where));
    put_key(arena, requests, "cpu", part, node_get(part, "coreRequest") ? "coreRequest" : "cores");
    put_key(arena, limits, "cpu", part, "coreLimit");
    node_put(arena, resources, "requests", requests);
    node_put(arena, resources, "limits", limits);
    return resources;
}

static struct node *container_of_part(struct arena *arena, const struct node *part, const struct node *application)
{
    static const char *const keys[] = {"env", "envFrom", "lifecycle", "ports", "securityContext", "volumeMounts"};
    struct node *container = node_new_map(arena, part);
    const char *name = strcmp(part->key, "driver") == 0 ? "spark-kubernetes-driver" : "spark-kubernetes-executor";
    node_put(arena, container, "name", node_new_text(arena, name, part));
    put_key(arena, container, "image", node_get(part, "image") ? part : application, "image");
    put_key(arena, container, "imagePullPolicy", application, "imagePullPolicy");
    for (size_t i = 0; i < ARRAY_COUNT(keys); i++)
        put_key(arena, container, keys[i], part, keys[i]);
    node_put(arena, container, "resources", resources_of(arena, part));
    return container;
}

const struct node *kubernetes_spark(const struct kubernetes_object *object, const struct node *part,
                                    const struct node *application)
{
    struct arena *arena = object->walk->arena;
    struct node *pod = node_new_map(arena, part);
    struct node *containers = node_new_list(arena, part);
    node_append(containers, container_of_part(arena, part, application));
    for (const struct node *item = kubernetes_items(node_get(part, "sidecars")); item; item = item->next)
        node_append(containers, node_copy(arena, item));
    put_key(arena, pod, "initContainers", part, "initContainers");
    node_put(arena, pod, "containers", containers);
    put_key(arena, pod, "securityContext", part, "podSecurityContext");
    put_key(arena, pod, "hostNetwork", part, "hostNetwork");
    put_key(arena, pod, "shareProcessNamespace", part, "shareProcessNamespace");
    put_key(arena, pod, "serviceAccountName", part, "serviceAccount");
    put_key(arena, pod, "volumes", application, "volumes");
    return pod;
}
