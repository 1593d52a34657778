#include <string.h>

#include "audit/kubernetes.h"

static void put_name(const struct kubernetes_object *object, struct node *facts)
{
    kubernetes_put_text(object->walk->arena, facts, "name", node_get(object->metadata, "name"));
    kubernetes_put_texts(object->walk->arena, facts, "labels", node_get(object->metadata, "labels"));
    kubernetes_put_texts(object->walk->arena, facts, "annotations", node_get(object->metadata, "annotations"));
}

static void add(const struct kubernetes_object *object, enum subject_kind kind, struct node *facts)
{
    struct subject subject = kubernetes_subject(object, kind, facts, object->root);
    object->walk->collector->add(object->walk->collector, &subject);
}

/* ---- RuntimeClass ---------------------------------------------------------------------------------------------- */

void kubernetes_runtime_class(const struct kubernetes_object *object)
{
    struct arena *arena = object->walk->arena;
    struct node *facts = node_new_map(arena, object->root);
    const struct node *overhead = node_get(object->root, "overhead");
    const struct node *scheduling = node_get(object->root, "scheduling");
    const struct node *handler = node_get(object->root, "handler");
    handler = handler ? handler : node_at(object->root, "spec.runtimeHandler"); /* v1alpha1 */
    put_name(object, facts);
    kubernetes_put_text(arena, facts, "handler", handler);
    node_put(arena, facts, "overhead", node_new_bool(arena, node_is(overhead, NODE_MAP), overhead));
    node_put(arena, facts, "scheduling", node_new_bool(arena, node_is(scheduling, NODE_MAP), scheduling));
    if (object->names.name) {
        const char *value = kubernetes_text(handler);
        context_add(object->walk->collector->context, CONTEXT_RUNTIME_CLASS, "", object->names.name, value ? value : "");
    }
    add(object, SUBJECT_RUNTIME_CLASS, facts);
}

/* ---- Namespace ------------------------------------------------------------------------------------------------- */

static void put_pod_security(struct arena *arena, const struct node *labels, struct node *facts)
{
    static const char *const keys[][2] = {
        {"enforce", "pod-security.kubernetes.io/enforce"},
        {"enforce_version", "pod-security.kubernetes.io/enforce-version"},
        {"audit", "pod-security.kubernetes.io/audit"},
        {"audit_version", "pod-security.kubernetes.io/audit-version"},
        {"warn", "pod-security.kubernetes.io/warn"},
        {"warn_version", "pod-security.kubernetes.io/warn-version"},
    };
    struct node *security = NULL;
    for (size_t i = 0; i < ARRAY_COUNT(keys); i++) {
        const struct node *label = node_get(labels, keys[i][1]);
        if (!kubernetes_text(label))
            continue;
        if (!security) {
            security = node_new_map(arena, label);
            node_put(arena, facts, "pod_security", security);
        }
        kubernetes_put_text(arena, security, keys[i][0], label);
    }
}

void kubernetes_namespace(const struct kubernetes_object *object)
{
    struct arena *arena = object->walk->arena;
    struct node *facts = node_new_map(arena, object->root);
    const struct node *labels = node_get(object->metadata, "labels");
    const char *enforced = kubernetes_text(node_get(labels, "pod-security.kubernetes.io/enforce"));
    put_name(object, facts);
    put_pod_security(arena, labels, facts);
    if (object->names.name)
        context_add(object->walk->collector->context, CONTEXT_NAMESPACE, "", object->names.name, enforced ? enforced : "");
    add(object, SUBJECT_NAMESPACE, facts);
}

/* ---- any other ------------------------------------------------------------------------------------------------- */

void kubernetes_plain_object(const struct kubernetes_object *object)
{
    struct arena *arena = object->walk->arena;
    struct node *facts = node_new_map(arena, object->root);
    put_name(object, facts);
    node_put(arena, facts, "api_version",
             node_new_text(arena, object->api_version, node_get(object->root, "apiVersion")));
    node_put(arena, facts, "kind", node_new_text(arena, object->names.kind, node_get(object->root, "kind")));
    add(object, SUBJECT_OBJECT, facts);
}
