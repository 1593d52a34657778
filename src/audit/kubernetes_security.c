/* Sources: pkg/securitycontext/util.go (DetermineEffectiveSecurityContext) and pkg/security/apparmor/helpers.go of Kubernetes:
 * each setting of a container wins over the pod's; profiles and SELinux options win as a whole. */
#include <string.h>

#include "audit/kubernetes_pod.h"

static const char *const inherited_keys[KUBERNETES_INHERITED_COUNT] = {
    [KUBERNETES_USER] = "runAsUser",          [KUBERNETES_GROUP] = "runAsGroup",
    [KUBERNETES_NON_ROOT] = "runAsNonRoot",   [KUBERNETES_SELINUX] = "seLinuxOptions",
    [KUBERNETES_SECCOMP] = "seccompProfile",  [KUBERNETES_APPARMOR] = "appArmorProfile",
};

static const struct node *own_or_pods(const struct kubernetes_pod *pod, const struct node *context,
                                      enum kubernetes_inherited which)
{
    const struct node *own = node_get(context, inherited_keys[which]);
    return own ? own : pod->inherited[which];
}

/* ---- user ------------------------------------------------------------------------------------------------------ */

static void put_user(const struct kubernetes_pod *pod, const struct node *context, struct node *facts)
{
    const struct node *id = own_or_pods(pod, context, KUBERNETES_USER);
    const struct node *group = own_or_pods(pod, context, KUBERNETES_GROUP);
    const struct node *non_root = own_or_pods(pod, context, KUBERNETES_NON_ROOT);
    if (!node_is(id, NODE_INT) && !node_is(group, NODE_INT) && !node_is(non_root, NODE_BOOL))
        return;
    struct node *user = node_new_map(pod->arena, id ? id : non_root ? non_root : group);
    kubernetes_put_int(pod->arena, user, "id", id);
    kubernetes_put_int(pod->arena, user, "group", group);
    kubernetes_put_bool(pod->arena, user, "run_as_non_root", non_root);
    node_put(pod->arena, facts, "user", user);
}

void kubernetes_put_groups(const struct kubernetes_pod *pod, struct node *facts)
{
    struct node *list = NULL;
    const struct node *groups = node_get(pod->security, "supplementalGroups");
    const struct node *fs_group = node_get(pod->security, "fsGroup"); /* which every container gets too */
    for (const struct node *group = kubernetes_items(groups); group; group = group->next)
        if (node_is(group, NODE_INT))
            node_append(kubernetes_list(pod->arena, facts, "groups", groups, &list),
                        node_new_text(pod->arena, group->text, group));
    if (node_is(fs_group, NODE_INT))
        node_append(kubernetes_list(pod->arena, facts, "groups", fs_group, &list),
                    node_new_text(pod->arena, fs_group->text, fs_group));
}

/* ---- profiles -------------------------------------------------------------------------------------------------- */

static struct node *new_profile(struct arena *arena, const char *type, const struct node *where, const char *name,
                                const struct node *name_where)
{
    struct node *profile = node_new_map(arena, where);
    if (type)
        node_put(arena, profile, "type", node_new_text(arena, type, where));
    if (name)
        node_put(arena, profile, "profile", node_new_text(arena, name, name_where));
    return profile;
}

/* An object without a type that Kubernetes knows is a profile that says nothing. */
static void put_profile(struct arena *arena, struct node *facts, const char *key, const struct node *object)
{
    static const char *const types[][2] = {
        {"RuntimeDefault", "default"}, {"Localhost", "localhost"}, {"Unconfined", "unconfined"}};
    if (!node_is(object, NODE_MAP))
        return;
    const struct node *type = node_get(object, "type");
    const struct node *name = node_get(object, "localhostProfile");
    const char *word = NULL;
    for (size_t i = 0; i < ARRAY_COUNT(types); i++)
        if (node_is_text(type, types[i][0]))
            word = types[i][1];
    bool local = word && strcmp(word, "localhost") == 0;
    node_put(arena, facts, key,
             new_profile(arena, word, type ? type : object, local ? kubernetes_text(name) : NULL, name));
}

#define APPARMOR_ANNOTATION "container.apparmor.security.beta.kubernetes.io/"

static void read_annotations(struct kubernetes_pod *pod)
{
    size_t prefix = strlen(APPARMOR_ANNOTATION);
    for (const struct node *entry = node_first(pod->annotations); entry; entry = entry->next) {
        if (entry->key_length <= prefix || memcmp(entry->key, APPARMOR_ANNOTATION, prefix) != 0 || !kubernetes_text(entry))
            continue;
        if (!pod->apparmor.items)
            pod->apparmor.items = arena_alloc(pod->arena, pod->annotations->count * sizeof(*pod->apparmor.items));
        size_t order = pod->apparmor.count++;
        pod->apparmor.items[order] =
            (struct kubernetes_named){entry->key + prefix, order, node_copy(pod->arena, entry)};
    }
    kubernetes_index_sort(&pod->apparmor);
}

static struct node *annotated_profile(struct arena *arena, const struct node *annotation)
{
    const char *text = node_text(annotation);
    if (strcmp(text, "runtime/default") == 0)
        return new_profile(arena, "default", annotation, NULL, NULL);
    if (strcmp(text, "unconfined") == 0)
        return new_profile(arena, "unconfined", annotation, NULL, NULL);
    if (strncmp(text, "localhost/", 10) == 0)
        return new_profile(arena, "localhost", annotation, text + 10, annotation);
    return NULL;
}

/* The container's field, its annotation, the pod's field. */
static void put_apparmor(const struct kubernetes_pod *pod, const struct node *context, const char *name, struct node *facts)
{
    const struct node *own = node_get(context, "appArmorProfile");
    const struct node *annotation = own || !name ? NULL : kubernetes_index_find(&pod->apparmor, name);
    struct node *annotated = annotation ? annotated_profile(pod->arena, annotation) : NULL;
    if (annotated)
        node_put(pod->arena, facts, "apparmor", annotated);
    else
        put_profile(pod->arena, facts, "apparmor", own ? own : pod->inherited[KUBERNETES_APPARMOR]);
}

void kubernetes_put_selinux(const struct kubernetes_pod *pod, const struct node *context, struct node *facts)
{
    static const char *const keys[] = {"type", "user", "role", "level"};
    const struct node *options = own_or_pods(pod, context, KUBERNETES_SELINUX);
    if (!node_is(options, NODE_MAP))
        return;
    struct node *selinux = node_new_map(pod->arena, options);
    for (size_t i = 0; i < ARRAY_COUNT(keys); i++)
        kubernetes_put_text(pod->arena, selinux, keys[i], node_get(options, keys[i]));
    node_put(pod->arena, facts, "selinux", selinux);
}

/* ---- capabilities ---------------------------------------------------------------------------------------------- */

static void put_names(struct arena *arena, struct node *capabilities, const char *key, const struct node *names)
{
    if (!node_is(names, NODE_LIST))
        return;
    struct node *list = node_new_list(arena, names);
    for (const struct node *name = names->first; name; name = name->next) {
        struct node *fact = kubernetes_text(name) ? facts_capability(arena, name) : NULL;
        if (fact)
            node_append(list, fact);
    }
    node_put(arena, capabilities, key, list);
}

/* containerd's defaults: CRI-O's are fewer, so nobody is told that a capability is missing who has it. */
static void put_capabilities(const struct kubernetes_pod *pod, const struct node *context, struct node *facts)
{
    struct kubernetes_walk *walk = pod->object->walk;
    const struct node *own = node_get(context, "capabilities");
    bool privileged = node_is_true(node_get(context, "privileged"));
    bool plain = !privileged && !node_is(own, NODE_MAP);
    if (plain && walk->default_capabilities) {
        kubernetes_put_node(pod->arena, facts, "capabilities", walk->default_capabilities);
        return;
    }
    struct node *capabilities = node_new_map(pod->arena, own);
    put_names(pod->arena, capabilities, "add", node_get(own, "add"));
    put_names(pod->arena, capabilities, "drop", node_get(own, "drop"));
    facts_effective_capabilities(pod->arena, capabilities, "containerd", privileged);
    node_put(pod->arena, facts, "capabilities", capabilities);
    if (plain)
        walk->default_capabilities = capabilities;
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

void kubernetes_security_read(struct kubernetes_pod *pod)
{
    for (size_t i = 0; i < KUBERNETES_INHERITED_COUNT; i++)
        pod->inherited[i] = node_get(pod->security, inherited_keys[i]);
    read_annotations(pod);
}

void kubernetes_put_security(const struct kubernetes_pod *pod, const struct node *context, const char *name,
                             struct node *facts)
{
    struct arena *arena = pod->arena;
    kubernetes_put_bool(arena, facts, "privileged", node_get(context, "privileged"));
    const struct node *escalation = node_get(context, "allowPrivilegeEscalation");
    if (node_is(escalation, NODE_BOOL))
        node_put(arena, facts, "no_new_privileges", node_new_bool(arena, node_is_false(escalation), escalation));
    put_user(pod, context, facts);
    kubernetes_put_bool(arena, facts, "read_only_root", node_get(context, "readOnlyRootFilesystem"));
    put_capabilities(pod, context, facts);
    put_profile(arena, facts, "seccomp", own_or_pods(pod, context, KUBERNETES_SECCOMP));
    put_apparmor(pod, context, name, facts);
    kubernetes_put_selinux(pod, context, facts);
    kubernetes_put_text(arena, facts, "proc_mount", node_get(context, "procMount"));
    kubernetes_put_node(arena, facts, "groups", node_get(pod->facts, "groups"));
}
