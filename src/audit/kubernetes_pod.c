#include "audit/kubernetes_pod.h"

#include <string.h>

/* ---- facts of the pod ------------------------------------------------------------------------------------------ */

/* yes is the word for a setting that is true. */
static void put_namespace(struct arena *arena, struct node **namespaces, struct node *facts, const char *key,
                          const struct node *setting, const char *yes, const char *no)
{
    if (!node_is(setting, NODE_BOOL))
        return;
    if (!*namespaces) {
        *namespaces = node_new_map(arena, setting);
        node_put(arena, facts, "namespaces", *namespaces);
    }
    node_put(arena, *namespaces, key, node_new_text(arena, node_is_true(setting) ? yes : no, setting));
}

static void put_namespaces(const struct kubernetes_pod *pod, struct node *facts)
{
    static const char *const settings[][2] = {
        {"network", "hostNetwork"}, {"pid", "hostPID"}, {"ipc", "hostIPC"}, {"user", "hostUsers"}};
    struct node *namespaces = NULL;
    for (size_t i = 0; i < ARRAY_COUNT(settings); i++)
        put_namespace(pod->arena, &namespaces, facts, settings[i][0], node_get(pod->spec, settings[i][1]), "host", "private");
    kubernetes_put_bool(pod->arena, facts, "share_process_namespace", node_get(pod->spec, "shareProcessNamespace"));
    kubernetes_put_bool(pod->arena, facts, "host_users", node_get(pod->spec, "hostUsers"));
}

static void put_sysctls(const struct kubernetes_pod *pod, struct node *facts)
{
    const struct node *sysctls = node_get(pod->security, "sysctls");
    struct node *list = NULL;
    for (const struct node *sysctl = kubernetes_items(sysctls); sysctl; sysctl = sysctl->next) {
        if (!kubernetes_text(node_get(sysctl, "name")))
            continue;
        struct node *fact = node_new_map(pod->arena, sysctl);
        kubernetes_put_text(pod->arena, fact, "name", node_get(sysctl, "name"));
        kubernetes_put_text(pod->arena, fact, "value", node_get(sysctl, "value"));
        node_append(kubernetes_list(pod->arena, facts, "sysctls", sysctls, &list), fact);
    }
}

/* Without a word in the pod a token is mounted, unless the service account says otherwise, which is a question to the
 * context. */
static void put_service_account(const struct kubernetes_pod *pod, struct node *facts)
{
    const struct node *token = node_get(pod->spec, "automountServiceAccountToken");
    const struct node *name = node_get(pod->spec, "serviceAccountName");
    if (node_is(token, NODE_BOOL))
        kubernetes_put_bool(pod->arena, facts, "service_account_token", token);
    else
        node_put(pod->arena, facts, "service_account_token", node_new_bool(pod->arena, true, pod->spec));
    kubernetes_put_text(pod->arena, facts, "service_account",
                        kubernetes_text(name) ? name : node_get(pod->spec, "serviceAccount"));
}

static void put_restart(const struct kubernetes_pod *pod, struct node *facts)
{
    const struct node *policy = node_get(pod->spec, "restartPolicy");
    if (!kubernetes_text(policy))
        return;
    struct node *restart = node_new_map(pod->arena, policy);
    kubernetes_put_text(pod->arena, restart, "policy", policy);
    node_put(pod->arena, facts, "restart", restart);
}

/* A pod of the cluster's own answer names the controller that made it. */
static const struct node *owner_kind(const struct node *metadata)
{
    const struct node *owners = node_get(metadata, "ownerReferences");
    for (const struct node *owner = kubernetes_items(owners); owner; owner = owner->next)
        if (node_is_true(node_get(owner, "controller")))
            return node_get(owner, "kind");
    return NULL;
}

static void put_controller(const struct kubernetes_pod *pod, struct node *facts)
{
    const struct kubernetes_object *object = pod->object;
    const struct node *kind = node_get(object->root, "kind");
    if (pod->spec == node_get(object->root, "spec") && strcmp(object->names.kind, "Pod") == 0)
        kubernetes_put_text(pod->arena, facts, "controller", owner_kind(object->metadata));
    else if (kind)
        kubernetes_put_text(pod->arena, facts, "controller", kind);
    else
        kubernetes_put_word(pod->arena, facts, "controller", object->names.kind);
}

static void put_windows(const struct kubernetes_pod *pod, struct node *facts)
{
    const struct node *own = node_at(pod->security, "windowsOptions.hostProcess");
    kubernetes_put_text(pod->arena, facts, "os", node_at(pod->spec, "os.name"));
    kubernetes_put_bool(pod->arena, facts, "windows_host_process",
                        pod->windows_host_process && !node_is_true(own) ? pod->windows_host_process : own);
}

static void put_name(const struct kubernetes_pod *pod, struct node *facts)
{
    const struct finding_subject *names = &pod->object->names;
    if (!names->name)
        return;
    const struct node *where = node_get(pod->object->metadata, "name");
    where = kubernetes_text(where) ? where : node_get(pod->object->metadata, "generateName");
    node_put(pod->arena, facts, "name", node_new_text(pod->arena, names->name, where));
}

static struct node *pod_facts(const struct kubernetes_pod *pod)
{
    struct arena *arena = pod->arena;
    struct node *facts = node_new_map(arena, pod->spec);
    put_name(pod, facts);
    kubernetes_put_selinux(pod, NULL, facts);
    put_namespaces(pod, facts);
    kubernetes_put_volumes(pod, facts);
    put_sysctls(pod, facts);
    kubernetes_put_resources(arena, node_get(pod->spec, "resources"), facts);
    put_service_account(pod, facts);
    kubernetes_put_text(arena, facts, "runtime", node_get(pod->spec, "runtimeClassName"));
    put_restart(pod, facts);
    kubernetes_put_groups(pod, facts);
    kubernetes_put_texts(arena, facts, "labels", node_get(pod->template->labelled, "labels"));
    kubernetes_put_texts(arena, facts, "annotations", pod->annotations);
    put_windows(pod, facts);
    put_controller(pod, facts);
    return facts;
}

/* ---- subjects -------------------------------------------------------------------------------------------------- */

static struct subject subject_of(const struct kubernetes_pod *pod, enum subject_kind kind, struct node *facts,
                                 const struct node *where)
{
    struct subject subject = kubernetes_subject(pod->object, kind, facts, where);
    subject.template_metadata = pod->template->metadata;
    return subject;
}

/* Containers carry the pod's facts, and the pod those of its containers, so the pod's own are a map of their own: a tree
 * has no cycles. */
static void add_pod(const struct kubernetes_pod *pod, struct node *containers)
{
    struct node *facts = node_new_map(pod->arena, pod->spec);
    for (const struct node *fact = node_first(pod->facts); fact; fact = fact->next)
        kubernetes_put_node(pod->arena, facts, fact->key, fact);
    node_put(pod->arena, facts, "containers", containers);
    struct subject subject = subject_of(pod, SUBJECT_POD, facts, pod->spec);
    subject.pod_metadata = pod->template->labelled;
    subject.pod_spec = pod->spec;
    pod->object->walk->collector->add(pod->object->walk->collector, &subject);
}

struct subjects {
    struct subject *items;
    size_t count;
};

static void collect_list(struct kubernetes_pod *pod, const struct kubernetes_role *role, struct subjects *subjects)
{
    struct kubernetes_walk *walk = pod->object->walk;
    const struct node *list = node_get(pod->spec, role->list);
    if (list && list->kind != NODE_LIST)
        walk->collector->miss(walk->collector, list, "%s of a pod is not a list", role->list);
    for (const struct node *item = kubernetes_items(list); item; item = item->next) {
        if (item->kind != NODE_MAP) {
            if (item->kind != NODE_NULL)
                walk->collector->miss(walk->collector, item, "an entry of %s is not a map", role->list);
            continue;
        }
        if (!kubernetes_has_room(walk, item))
            return;
        struct node *facts = kubernetes_container(pod, item, role->role);
        struct subject *subject = &subjects->items[subjects->count++];
        *subject = subject_of(pod, SUBJECT_CONTAINER, facts, item);
        subject->names.container = kubernetes_text(node_get(item, "name"));
    }
}

static size_t count_containers(struct kubernetes_pod *pod)
{
    size_t count = 0;
    for (size_t i = 0; i < KUBERNETES_ROLES; i++) {
        const struct node *list = node_get(pod->spec, kubernetes_roles[i].list);
        count += node_count(list);
        for (const struct node *item = kubernetes_items(list); item; item = item->next) {
            const struct node *host_process = node_at(item, "securityContext.windowsOptions.hostProcess");
            if (node_is_true(host_process) && !pod->windows_host_process)
                pod->windows_host_process = host_process;
        }
    }
    return count;
}

void kubernetes_pod(const struct kubernetes_object *object, const struct kubernetes_template *template)
{
    struct kubernetes_walk *walk = object->walk;
    const struct node *annotations = node_get(template->labelled, "annotations");
    struct kubernetes_pod pod = {
        .object = object,
        .template = template,
        .arena = walk->arena,
        .spec = template->spec,
        .security = node_get(template->spec, "securityContext"),
        .annotations = node_is(annotations, NODE_MAP) ? annotations : NULL,
    };
    if (!kubernetes_has_room(walk, template->spec))
        return;
    kubernetes_security_read(&pod);
    kubernetes_volumes_read(&pod);
    struct subjects subjects = {.items = arena_alloc(walk->arena, count_containers(&pod) * sizeof(*subjects.items))};
    pod.facts = pod_facts(&pod);
    for (size_t i = 0; i < KUBERNETES_ROLES; i++)
        collect_list(&pod, &kubernetes_roles[i], &subjects);
    struct node *containers = node_new_list(walk->arena, node_get(template->spec, "containers"));
    for (size_t i = 0; i < subjects.count; i++)
        node_append(containers, node_copy(walk->arena, subjects.items[i].facts));
    add_pod(&pod, containers);
    for (size_t i = 0; i < subjects.count; i++)
        walk->collector->add(walk->collector, &subjects.items[i]);
}
