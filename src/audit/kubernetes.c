#include <stdio.h>
#include <string.h>

#include "audit/kubernetes.h"

/*
 * Facts are several times as large as what they are made of, and aliases make containers that cost a file nothing. So the
 * memory for facts is bounded by what really stands in the document (a real cluster's pods need a tenth), and in all: 100 MB
 * of pods as kubectl prints them need half of that.
 */
enum { ARENA_MAX = 1 << 30, FACTS_LEAST = 64 << 10, FACTS_PER_NODE = 4 << 10 };

/* ---- kinds ----------------------------------------------------------------------------------------------------- */

struct kind_row {
    const char *kind;
    const char *group;
    const char *template; /* where the pod template is, "" for the object itself; NULL: it has none */
    void (*note)(const struct kubernetes_object *object); /* what else there is to do; may be NULL */
    void (*offer)(const struct kubernetes_object *object); /* the profiles in it; NULL: there are none */
};

/* The kinds with a pod template, and those the cluster is made of, by kind. Sources: the API reference of Kubernetes 1.34,
 * with the groups that served these kinds before; security-profiles-operator's API. */
static const struct kind_row kind_rows[] = {
    {"AppArmorProfile", "security-profiles-operator.x-k8s.io", NULL, kubernetes_judge_profiles, kubernetes_offer_apparmor_profile},
    {"ConfigMap", "", NULL, kubernetes_judge_profiles, kubernetes_offer_config_map},
    {"CronJob", "batch", "spec.jobTemplate.spec.template", NULL, NULL},
    {"DaemonSet", "apps", "spec.template", NULL, NULL},
    {"DaemonSet", "extensions", "spec.template", NULL, NULL},
    {"Deployment", "apps", "spec.template", NULL, NULL},
    {"Deployment", "extensions", "spec.template", NULL, NULL},
    {"Job", "batch", "spec.template", NULL, NULL},
    {"LimitRange", "", NULL, kubernetes_limit_range, NULL},
    {"Namespace", "", NULL, kubernetes_namespace, NULL},
    {"NetworkPolicy", "extensions", NULL, kubernetes_network_policy, NULL},
    {"NetworkPolicy", "networking.k8s.io", NULL, kubernetes_network_policy, NULL},
    {"Pod", "", "", NULL, NULL},
    {"PodTemplate", "", "template", NULL, NULL},
    {"ReplicaSet", "apps", "spec.template", NULL, NULL},
    {"ReplicaSet", "extensions", "spec.template", NULL, NULL},
    {"ReplicationController", "", "spec.template", NULL, NULL},
    {"ResourceQuota", "", NULL, kubernetes_resource_quota, NULL},
    {"RuntimeClass", "node.k8s.io", NULL, kubernetes_runtime_class, NULL},
    {"SeccompProfile", "security-profiles-operator.x-k8s.io", NULL, kubernetes_judge_profiles, kubernetes_offer_seccomp_profile},
    {"ServiceAccount", "", NULL, kubernetes_service_account, NULL},
    {"StatefulSet", "apps", "spec.template", NULL, NULL},
};

/* Groups whose objects hold schemas or patterns of pods, which no cluster ever runs. */
static const char *const pattern_groups[] = {
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "gatekeeper.sh",
    "kyverno.io",
};

bool kubernetes_group_is(const struct kubernetes_object *object, const char *group)
{
    const char *slash = strchr(object->api_version, '/');
    size_t length = slash ? (size_t)(slash - object->api_version) : 0;
    return strlen(group) == length && memcmp(object->api_version, group, length) == 0;
}

bool kubernetes_group_ends(const struct kubernetes_object *object, const char *group)
{
    const char *slash = strchr(object->api_version, '/');
    size_t length = slash ? (size_t)(slash - object->api_version) : 0;
    size_t wanted = strlen(group);
    const char *end = object->api_version + length - (length >= wanted ? wanted : 0);
    return length >= wanted && memcmp(end, group, wanted) == 0 && (length == wanted || end[-1] == '.');
}

static const struct kind_row *row_of(const struct kubernetes_object *object)
{
    for (size_t i = 0; i < ARRAY_COUNT(kind_rows); i++)
        if (strcmp(kind_rows[i].kind, object->names.kind) == 0 && kubernetes_group_is(object, kind_rows[i].group))
            return &kind_rows[i];
    return NULL;
}

static bool holds_patterns(const struct kubernetes_object *object)
{
    for (size_t i = 0; i < ARRAY_COUNT(pattern_groups); i++)
        if (kubernetes_group_ends(object, pattern_groups[i]))
            return true;
    return false;
}

/* ---- one object ------------------------------------------------------------------------------------------------ */

static const struct node *map_or_null(const struct node *node)
{
    return node_is(node, NODE_MAP) ? node : NULL;
}

static const char *kind_word(const struct node *node)
{
    static const char *const words[] = {[NODE_NULL] = "nothing",     [NODE_BOOL] = "a boolean", [NODE_INT] = "a number",
                                        [NODE_FLOAT] = "a number",   [NODE_STRING] = "a text",  [NODE_LIST] = "a list",
                                        [NODE_MAP] = "a map"};
    return words[node->kind];
}

/* A template without a pod is nothing (a patch that changes the number of replicas); one that is no map cannot be read. */
static bool collect_template(const struct kubernetes_object *object, const char *path)
{
    const struct node *template = *path ? node_at(object->root, path) : object->root;
    const struct node *spec = node_get(template, "spec");
    const struct node *bad = template && template->kind != NODE_MAP ? template : spec && spec->kind != NODE_MAP ? spec : NULL;
    if (bad) {
        struct collector *collector = object->walk->collector;
        collector->miss(collector, bad, "the pod of %s %s is %s, not a map", object->names.kind,
                        object->names.name ? object->names.name : "without a name", kind_word(bad));
    }
    if (bad || !spec)
        return false;
    const struct node *metadata = map_or_null(node_get(template, "metadata"));
    kubernetes_pod(object, &(struct kubernetes_template){
                               .metadata = template == object->root ? NULL : metadata,
                               .labelled = metadata,
                               .spec = spec,
                           });
    return true;
}

static void collect_object(const struct kubernetes_object *object)
{
    const struct kind_row *row = row_of(object);
    if (object->walk->offering) {
        if (row && row->offer)
            row->offer(object);
        return;
    }
    bool runs = row && row->template && collect_template(object, row->template);
    if (!row && !holds_patterns(object))
        runs = kubernetes_shape(object) > 0;
    if (row && row->note)
        row->note(object);
    if (!runs && (!row || (row->note != kubernetes_runtime_class && row->note != kubernetes_namespace)))
        kubernetes_plain_object(object);
}

/* ---- objects of a document --------------------------------------------------------------------------------------- */

static const char *object_name(struct arena *arena, const struct node *metadata)
{
    const char *name = kubernetes_text(node_get(metadata, "name"));
    const char *start = name ? NULL : kubernetes_text(node_get(metadata, "generateName"));
    return start ? arena_printf(arena, "%s*", start) : name;
}

/* The items of a list, NULL when the object is none: a List of anything, an OpenShift Template. */
static const struct node *items_of(const struct node *root, const char *kind)
{
    size_t length = strlen(kind);
    const char *key = strcmp(kind, "Template") == 0 ? "objects" : "items";
    if (*key == 'i' && (length < 4 || strcmp(kind + length - 4, "List") != 0))
        return NULL;
    const struct node *items = node_get(root, key);
    return node_is(items, NODE_LIST) ? items : NULL;
}

/* What the items of a PodList are that do not say so themselves, as the API server writes them: Pod. */
static const char *kind_of_items(struct arena *arena, const char *kind)
{
    size_t length = strlen(kind);
    bool typed = length > 4 && strcmp(kind + length - 4, "List") == 0;
    return typed ? arena_dup(arena, kind, length - 4) : NULL;
}

static void collect_items(struct kubernetes_walk *walk, const struct node *items, const char *api_version, const char *kind);

bool kubernetes_has_room(struct kubernetes_walk *walk, const struct node *where)
{
    if (!walk->full && arena_used(walk->arena) > walk->arena_limit) {
        walk->full = true;
        walk->collector->miss(walk->collector, where, "more pods and containers than can be looked at; the rest was left out");
    }
    return !walk->full;
}

/* The two words are those of the list the object stands in; NULL outside of one, or when its items are of any kind. */
static void collect_root(struct kubernetes_walk *walk, const struct node *root, const char *api_version, const char *kind)
{
    const char *own_version = kubernetes_text(node_get(root, "apiVersion"));
    const char *own_kind = kubernetes_text(node_get(root, "kind"));
    if (own_kind || own_version || !kind) {
        api_version = own_version;
        kind = own_kind;
    }
    if (root->kind != NODE_MAP || !kind || !api_version) {
        if (!walk->offering)
            walk->collector->miss(walk->collector, root, "an item that is no Kubernetes object: apiVersion and kind are missing");
        return;
    }
    const struct node *items = items_of(root, kind);
    if (items) {
        collect_items(walk, items, api_version, kind_of_items(walk->arena, kind));
        return;
    }
    if (!walk->offering && !kubernetes_has_room(walk, root))
        return;
    const struct node *metadata = map_or_null(node_get(root, "metadata"));
    collect_object(&(struct kubernetes_object){
        .walk = walk,
        .root = root,
        .metadata = metadata,
        .api_version = api_version,
        .names = {.kind = kind,
                  .namespace_ = kubernetes_text(node_get(metadata, "namespace")),
                  .name = object_name(walk->arena, metadata)},
    });
}

/* As deep as the reader lets lists stand in each other (NODE_DEPTH_MAX). */
static void collect_items(struct kubernetes_walk *walk, const struct node *items, const char *api_version, const char *kind)
{
    for (const struct node *item = node_first(items); item && !walk->full; item = item->next)
        if (item->kind != NODE_NULL)
            collect_root(walk, item, api_version, kind);
}

static bool is_object(const struct node *root)
{
    const struct node *version = node_get(root, "apiVersion");
    const struct node *kind = version ? node_get(root, "kind") : NULL;
    return node_is(version, NODE_STRING) && node_is(kind, NODE_STRING) && kubernetes_text(version) && kubernetes_text(kind);
}

/* A list of objects too, as `jq .items` leaves it. */
static bool recognises(const struct node *root)
{
    return is_object(node_is(root, NODE_LIST) ? node_first(root) : root);
}

/* Nodes that stand in the document, each once. */
static size_t count_nodes(const struct node *node)
{
    size_t count = 1;
    for (const struct node *entry = node_first(node); entry; entry = entry->next)
        count += entry->aliased ? 1 : count_nodes(entry);
    return count;
}

static void walk_document(struct kubernetes_walk *walk, const struct node *root)
{
    if (node_is(root, NODE_LIST))
        collect_items(walk, root, NULL, NULL);
    else
        collect_root(walk, root, NULL, NULL);
}

static void offer(struct collector *collector, const struct node *root)
{
    struct kubernetes_walk walk = {.collector = collector, .arena = collector->arena, .offering = true};
    walk_document(&walk, root);
}

static void collect(struct collector *collector, const struct node *root)
{
    size_t limit = arena_used(collector->arena) + FACTS_LEAST + FACTS_PER_NODE * count_nodes(root);
    struct kubernetes_walk walk = {
        .collector = collector,
        .arena = collector->arena,
        .arena_limit = limit < ARENA_MAX ? limit : ARENA_MAX,
    };
    walk_document(&walk, root);
}

const struct document_kind document_kind_kubernetes = {
    .name = "kubernetes",
    .recognises = recognises,
    .offer = offer,
    .collect = collect,
};
