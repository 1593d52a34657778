/*
 * Pod Security checks of settings that both the pod and its containers have.
 */
#include "audit/pss_run.h"

/* Who sets something badly. */
struct setters {
    bool pod;
    struct pss_words containers;
};

static void add_setter(struct pss_run *run, struct setters *setters, const struct pss_container *container)
{
    if (container)
        pss_words_add(run, &setters->containers, container->name);
    else
        setters->pod = true;
}

static bool any(const struct setters *setters)
{
    return setters->pod || setters->containers.count;
}

static const char *name_setters(struct pss_run *run, const struct setters *setters)
{
    return pss_setters(run, setters->pod, &setters->containers);
}

/* The securityContext of the container, or for NULL of the pod. */
static const struct node *security_of(const struct pss_run *run, const struct pss_container *container)
{
    return container ? container->security : run->security;
}

/* Calls visit for the pod (NULL) and every container; it returns true for what it found bad. */
static struct setters visit_all(struct pss_run *run, bool (*visit)(struct pss_run *run,
                                                                   const struct pss_container *container))
{
    struct setters bad = {0};
    if (visit(run, NULL))
        add_setter(run, &bad, NULL);
    for (size_t i = 0; i < run->container_count; i++)
        if (visit(run, &run->containers[i]))
            add_setter(run, &bad, &run->containers[i]);
    return bad;
}

/* ---- the user ----------------------------------------------------------------------------------------- */

static bool visit_non_root(struct pss_run *run, const struct pss_container *container)
{
    const struct node *non_root = node_get(security_of(run, container), "runAsNonRoot");
    if (!node_is_false(non_root))
        return false;
    pss_report(run, non_root, container, "sets runAsNonRoot to false");
    return true;
}

/* Containers that say nothing, under a pod that says nothing; the pod's false is a place of its own. */
static struct pss_words find_unset_non_root(struct pss_run *run)
{
    struct pss_words unset = {0};
    const struct node *pod = node_get(run->security, "runAsNonRoot");
    for (size_t i = 0; i < run->container_count && !node_is(pod, NODE_BOOL); i++) {
        const struct pss_container *container = &run->containers[i];
        const struct node *non_root = node_get(container->security, "runAsNonRoot");
        if (node_is(non_root, NODE_BOOL))
            continue;
        pss_words_add(run, &unset, container->name);
        pss_report(run, pss_place(non_root, container->node), container,
                   "does not set runAsNonRoot to true, and neither does the pod");
    }
    return unset;
}

void pss_check_run_as_non_root(struct pss_run *run)
{
    struct setters bad = visit_all(run, visit_non_root);
    struct pss_words unset = find_unset_non_root(run);
    const char *detail = NULL;
    if (any(&bad))
        detail = arena_printf(run->arena, "%s must not set securityContext.runAsNonRoot=false",
                              name_setters(run, &bad));
    else if (unset.count)
        detail = arena_printf(run->arena, "pod or %s must set securityContext.runAsNonRoot=true",
                              pss_setters(run, false, &unset));
    if (detail)
        pss_conclude(run, "runAsNonRoot != true", detail);
}

static bool visit_user(struct pss_run *run, const struct pss_container *container)
{
    const struct node *user = node_get(security_of(run, container), "runAsUser");
    if (!node_is(user, NODE_INT) || user->integer != 0)
        return false;
    pss_report(run, user, container, "sets runAsUser to 0, which is root");
    return true;
}

void pss_check_run_as_user(struct pss_run *run)
{
    struct setters bad = visit_all(run, visit_user);
    if (any(&bad))
        pss_conclude(run, "runAsUser=0",
                     arena_printf(run->arena, "%s must not set runAsUser=0", name_setters(run, &bad)));
}

/* ---- Windows ------------------------------------------------------------------------------------------ */

static bool visit_host_process(struct pss_run *run, const struct pss_container *container)
{
    const struct node *host_process = node_at(security_of(run, container), "windowsOptions.hostProcess");
    if (!node_is_true(host_process))
        return false;
    pss_report(run, host_process, container, "runs as a Windows HostProcess");
    return true;
}

void pss_check_windows_host_process(struct pss_run *run)
{
    struct setters bad = visit_all(run, visit_host_process);
    if (any(&bad))
        pss_conclude(run, "hostProcess",
                     arena_printf(run->arena, "%s must not set securityContext.windowsOptions.hostProcess=true",
                                  name_setters(run, &bad)));
}

/* ---- SELinux ------------------------------------------------------------------------------------------ */

static const struct pss_allowed se_linux_types[] = {
    {"", 0}, {"container_engine_t", 31}, {"container_init_t", 0}, {"container_kvm_t", 0}, {"container_t", 0},
};

static const struct node *bad_se_linux_type(const struct pss_run *run, const struct node *options)
{
    const struct node *type = node_get(options, "type");
    bool good = pss_is_allowed(se_linux_types, ARRAY_COUNT(se_linux_types), pss_item_text(type), run->minor);
    return good ? NULL : type;
}

/* user or role, which must be empty. */
static bool visit_se_linux_name(struct pss_run *run, const struct pss_container *container, const char *key)
{
    const struct node *value = node_get(node_get(security_of(run, container), "seLinuxOptions"), key);
    if (!pss_item_text(value)[0])
        return false;
    pss_report(run, value, container, "sets the SELinux %s \"%s\"", key, pss_item_text(value));
    return true;
}

static bool visit_se_linux(struct pss_run *run, const struct pss_container *container)
{
    const struct node *options = node_get(security_of(run, container), "seLinuxOptions");
    const struct node *type = bad_se_linux_type(run, options);
    if (type)
        pss_report(run, type, container, "sets the SELinux type \"%s\"", pss_item_text(type));
    bool user = visit_se_linux_name(run, container, "user");
    bool role = visit_se_linux_name(run, container, "role");
    return type || user || role;
}

/* What is wrong with all of them together. */
static const char *se_linux_faults(struct pss_run *run)
{
    struct pss_words types = {0};
    struct pss_words faults = {0};
    bool user = false;
    bool role = false;
    for (size_t i = 0; i <= run->container_count; i++) {
        const struct node *security = i ? run->containers[i - 1].security : run->security;
        const struct node *options = node_get(security, "seLinuxOptions");
        const struct node *type = bad_se_linux_type(run, options);
        if (type)
            pss_words_add(run, &types, pss_item_text(type));
        user = user || pss_text(options, "user")[0];
        role = role || pss_text(options, "role")[0];
    }
    pss_words_sort(&types);
    if (types.count)
        pss_words_add(run, &faults, pss_named(run, "type", "types", &types));
    if (user)
        pss_words_add(run, &faults, "user may not be set");
    if (role)
        pss_words_add(run, &faults, "role may not be set");
    return pss_words_join(run, &faults, "; ");
}

void pss_check_se_linux_options(struct pss_run *run)
{
    struct setters bad = visit_all(run, visit_se_linux);
    if (any(&bad))
        pss_conclude(run, "seLinuxOptions",
                     arena_printf(run->arena, "%s set forbidden securityContext.seLinuxOptions: %s",
                                  name_setters(run, &bad), se_linux_faults(run)));
}
