#include <string.h>

#include "audit/kubernetes.h"

static void tell(const struct kubernetes_object *object, enum context_fact fact, const char *name, const char *value)
{
    const char *namespace_ = object->names.namespace_;
    context_add(object->walk->collector->context, fact, namespace_ ? namespace_ : "", name, value);
}

/* ---- LimitRange ------------------------------------------------------------------------------------------------ */

static const struct node *first_of(const struct node *limit, const char *const keys[static 3], const char *resource)
{
    const struct node *amount = NULL;
    for (size_t i = 0; i < 3 && keys[i] && !amount; i++)
        amount = node_get(node_get(limit, keys[i]), resource);
    return amount;
}

/* SetDefaults_LimitRangeItem (pkg/apis/core/v1/defaults.go): the greatest is the default limit when there is none; the default
 * request is the default limit or the least. */
static void tell_limits(const struct kubernetes_object *object, const struct node *limit)
{
    static const char *const limit_keys[] = {"default", "max", NULL};
    static const char *const request_keys[2][3] = {{"defaultRequest", "default", "max"}, {"min", NULL, NULL}};
    static const char *const resources[][2] = {
        {"memory", "memory"}, {"cpu", "cpu"}, {"ephemeral-storage", "ephemeral_storage"}};
    for (size_t i = 0; i < ARRAY_COUNT(resources); i++) {
        const char *limit_text = kubernetes_text(first_of(limit, limit_keys, resources[i][0]));
        const char *request_text = kubernetes_text(first_of(limit, request_keys[0], resources[i][0]));
        request_text = request_text ? request_text : kubernetes_text(first_of(limit, request_keys[1], resources[i][0]));
        struct arena *arena = object->walk->arena;
        if (limit_text)
            tell(object, CONTEXT_LIMIT_RANGE, arena_printf(arena, "%s.limit", resources[i][1]), limit_text);
        if (request_text)
            tell(object, CONTEXT_LIMIT_RANGE, arena_printf(arena, "%s.request", resources[i][1]), request_text);
    }
}

void kubernetes_limit_range(const struct kubernetes_object *object)
{
    const struct node *limits = node_at(object->root, "spec.limits");
    for (const struct node *limit = kubernetes_items(limits); limit; limit = limit->next)
        if (node_is_text(node_get(limit, "type"), "Container"))
            tell_limits(object, limit);
    tell(object, CONTEXT_LIMIT_RANGE, CONTEXT_ANY, "");
}

/* ---- ResourceQuota --------------------------------------------------------------------------------------------- */

void kubernetes_resource_quota(const struct kubernetes_object *object)
{
    const struct node *hard = node_at(object->root, "spec.hard");
    for (const struct node *entry = kubernetes_entries(hard); entry; entry = entry->next)
        if (kubernetes_text(entry))
            tell(object, CONTEXT_RESOURCE_QUOTA, entry->key, node_text(entry));
    tell(object, CONTEXT_RESOURCE_QUOTA, CONTEXT_ANY, "");
}

/* ---- NetworkPolicy --------------------------------------------------------------------------------------------- */

static bool lists(const struct node *list, const char *word)
{
    for (const struct node *item = kubernetes_items(list); item; item = item->next)
        if (node_is_text(item, word))
            return true;
    return false;
}

static bool is_empty(const struct node *node)
{
    return !node || ((node->kind == NODE_LIST || node->kind == NODE_MAP) && node->count == 0);
}

/* Of all pods of the namespace, and letting nothing in (or out): ingress is meant when no types are named. */
void kubernetes_network_policy(const struct kubernetes_object *object)
{
    const struct node *spec = node_get(object->root, "spec");
    const struct node *types = node_get(spec, "policyTypes");
    const struct node *selector = node_get(spec, "podSelector");
    bool in = (is_empty(types) || lists(types, "Ingress")) && is_empty(node_get(spec, "ingress"));
    bool out = lists(types, "Egress") && is_empty(node_get(spec, "egress"));
    bool all = is_empty(node_get(selector, "matchLabels")) && is_empty(node_get(selector, "matchExpressions")) &&
               (!selector || selector->kind == NODE_MAP);
    if (!object->names.name || !node_is(spec, NODE_MAP))
        return;
    tell(object, CONTEXT_NETWORK_POLICY, CONTEXT_ANY, "");
    if (all && (in || out))
        tell(object, CONTEXT_NETWORK_POLICY, object->names.name, in && out ? "ingress,egress" : in ? "ingress" : "egress");
}

/* ---- ServiceAccount -------------------------------------------------------------------------------------------- */

void kubernetes_service_account(const struct kubernetes_object *object)
{
    bool none = node_is_false(node_get(object->root, "automountServiceAccountToken"));
    if (object->names.name)
        tell(object, CONTEXT_SERVICE_ACCOUNT, object->names.name, none ? "false" : "");
}
