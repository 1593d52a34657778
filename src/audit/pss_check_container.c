/*
 * Pod Security checks that look at containers alone.
 */
#include <inttypes.h>
#include <string.h>

#include "audit/pss_run.h"

#define FOR_EACH_CONTAINER(run, container)                                                                             \
    for (const struct pss_container *container = (run)->containers;                                                    \
         container < (run)->containers + (run)->container_count; container++)

/* ---- privileges --------------------------------------------------------------------------------------- */

void pss_check_privileged(struct pss_run *run)
{
    struct pss_words bad = {0};
    FOR_EACH_CONTAINER (run, container) {
        const struct node *privileged = node_get(container->security, "privileged");
        if (!node_is_true(privileged))
            continue;
        pss_words_add(run, &bad, container->name);
        pss_report(run, privileged, container, "is privileged");
    }
    if (bad.count)
        pss_conclude(run, "privileged",
                     arena_printf(run->arena, "%s must not set securityContext.privileged=true",
                                  pss_setters(run, false, &bad)));
}

void pss_check_allow_privilege_escalation(struct pss_run *run)
{
    struct pss_words bad = {0};
    FOR_EACH_CONTAINER (run, container) {
        const struct node *allow = node_get(container->security, "allowPrivilegeEscalation");
        if (node_is_false(allow))
            continue;
        pss_words_add(run, &bad, container->name);
        pss_report(run, pss_place(allow, container->node), container,
                   allow ? "allows privilege escalation" : "does not set allowPrivilegeEscalation to false");
    }
    if (bad.count)
        pss_conclude(run, "allowPrivilegeEscalation != false",
                     arena_printf(run->arena, "%s must set securityContext.allowPrivilegeEscalation=false",
                                  pss_setters(run, false, &bad)));
}

void pss_check_proc_mount(struct pss_run *run)
{
    struct pss_words bad = {0};
    struct pss_words values = {0};
    FOR_EACH_CONTAINER (run, container) {
        const struct node *mount = node_get(container->security, "procMount");
        if (!mount || node_is_text(mount, "Default"))
            continue;
        pss_words_add(run, &bad, container->name);
        pss_words_add(run, &values, pss_item_text(mount));
        pss_report(run, mount, container, "sets procMount to \"%s\", not \"Default\"", pss_item_text(mount));
    }
    pss_words_sort(&values);
    if (bad.count)
        pss_conclude(run, "procMount",
                     arena_printf(run->arena, "%s must not set securityContext.procMount to %s",
                                  pss_setters(run, false, &bad), pss_words_quote(run, &values)));
}

/* ---- capabilities ------------------------------------------------------------------------------------- */

static const struct pss_allowed baseline_capabilities[] = {
    {"AUDIT_WRITE", 0}, {"CHOWN", 0}, {"DAC_OVERRIDE", 0}, {"FOWNER", 0}, {"FSETID", 0},
    {"KILL", 0}, {"MKNOD", 0}, {"NET_BIND_SERVICE", 0}, {"SETFCAP", 0}, {"SETGID", 0},
    {"SETPCAP", 0}, {"SETUID", 0}, {"SYS_CHROOT", 0},
};

static const struct pss_allowed restricted_capabilities[] = {{"NET_BIND_SERVICE", 0}};

/* Notes each added capability that is not in the table. */
static void check_added(struct pss_run *run, const struct pss_container *container, const struct pss_allowed *table,
                        size_t count, struct pss_words *containers, struct pss_words *names)
{
    bool bad = false;
    const struct node *capabilities = node_get(container->security, "capabilities");
    for (const struct node *item = pss_items(capabilities, "add"); item; item = item->next) {
        const char *name = pss_item_text(item);
        if (pss_is_allowed(table, count, name, run->minor))
            continue;
        pss_words_add(run, names, name);
        pss_report(run, item, container, "adds the capability \"%s\"", name);
        bad = true;
    }
    if (bad)
        pss_words_add(run, containers, container->name);
}

static const char *added_detail(struct pss_run *run, const struct pss_words *containers, struct pss_words *names)
{
    pss_words_sort(names);
    return arena_printf(run->arena, "%s must not include %s in securityContext.capabilities.add",
                        pss_setters(run, false, containers), pss_words_quote(run, names));
}

void pss_check_capabilities_baseline(struct pss_run *run)
{
    struct pss_words bad = {0};
    struct pss_words names = {0};
    FOR_EACH_CONTAINER (run, container)
        check_added(run, container, baseline_capabilities, ARRAY_COUNT(baseline_capabilities), &bad, &names);
    if (bad.count)
        pss_conclude(run, "non-default capabilities", added_detail(run, &bad, &names));
}

static bool drops_all(const struct node *capabilities)
{
    for (const struct node *item = pss_items(capabilities, "drop"); item; item = item->next)
        if (node_is_text(item, "ALL"))
            return true;
    return false;
}

static void check_dropped(struct pss_run *run, const struct pss_container *container, struct pss_words *containers)
{
    const struct node *capabilities = node_get(container->security, "capabilities");
    if (drops_all(capabilities))
        return;
    pss_words_add(run, containers, container->name);
    pss_report(run, pss_place(node_get(capabilities, "drop"), container->node), container,
               "does not drop all capabilities");
}

void pss_check_capabilities_restricted(struct pss_run *run)
{
    struct pss_words keeping = {0};
    struct pss_words adding = {0};
    struct pss_words names = {0};
    FOR_EACH_CONTAINER (run, container) {
        check_dropped(run, container, &keeping);
        check_added(run, container, restricted_capabilities, ARRAY_COUNT(restricted_capabilities), &adding, &names);
    }
    struct pss_words details = {0};
    if (keeping.count)
        pss_words_add(run, &details,
                      arena_printf(run->arena, "%s must set securityContext.capabilities.drop=[\"ALL\"]",
                                   pss_setters(run, false, &keeping)));
    if (adding.count)
        pss_words_add(run, &details, added_detail(run, &adding, &names));
    if (details.count)
        pss_conclude(run, "unrestricted capabilities", pss_words_join(run, &details, "; "));
}

/* ---- the host's network ------------------------------------------------------------------------------- */

static const struct node *port_number(const struct node *port, const char *key)
{
    const struct node *number = node_get(port, key);
    return node_is(number, NODE_INT) && number->integer != 0 ? number : NULL;
}

/*
 * The number that a port has on the host, or NULL. Under hostNetwork the API server makes containerPort the hostPort
 * of init and ordinary containers that give none (defaultHostNetworkPorts in pkg/apis/core/v1/defaults.go).
 */
static const struct node *host_port(const struct pss_run *run, const struct pss_container *container,
                                    const struct node *port)
{
    const struct node *number = port_number(port, "hostPort");
    if (number || container->ephemeral || !node_is_true(node_get(run->spec, "hostNetwork")))
        return number;
    return port_number(port, "containerPort");
}

static bool check_ports(struct pss_run *run, const struct pss_container *container, struct pss_words *numbers)
{
    bool bad = false;
    for (const struct node *port = pss_items(container->node, "ports"); port; port = port->next) {
        const struct node *number = host_port(run, container, port);
        if (!number)
            continue;
        pss_words_add(run, numbers, arena_printf(run->arena, "%" PRId64, number->integer));
        pss_report(run, number, container,
                   strcmp(number->key, "hostPort") == 0
                       ? "uses hostPort %" PRId64
                       : "uses port %" PRId64 " of the host, because the pod uses the host's network",
                   number->integer);
        bad = true;
    }
    return bad;
}

void pss_check_host_ports(struct pss_run *run)
{
    struct pss_words bad = {0};
    struct pss_words numbers = {0};
    FOR_EACH_CONTAINER (run, container)
        if (check_ports(run, container, &numbers))
            pss_words_add(run, &bad, container->name);
    pss_words_sort(&numbers);
    if (bad.count)
        pss_conclude(run, "hostPort",
                     arena_printf(run->arena, "%s %s %s %s", pss_setters(run, false, &bad),
                                  pss_plural(bad.count, "uses", "use"),
                                  pss_plural(numbers.count, "hostPort", "hostPorts"),
                                  pss_words_join(run, &numbers, ", ")));
}

static bool check_hosts(struct pss_run *run, const struct pss_container *container, const char *path,
                        struct pss_words *hosts)
{
    static const char *const actions[] = {"httpGet", "tcpSocket"};
    bool bad = false;
    for (size_t i = 0; i < ARRAY_COUNT(actions); i++) {
        const struct node *host = node_get(node_get(node_at(container->node, path), actions[i]), "host");
        const char *name = pss_item_text(host);
        if (!name[0])
            continue;
        pss_words_add(run, hosts, name);
        pss_report(run, host, container, "has the kubelet connect to the host \"%s\" (%s.%s)", name, path, actions[i]);
        bad = true;
    }
    return bad;
}

void pss_check_host_probes(struct pss_run *run)
{
    static const char *const handlers[] = {"livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart",
                                           "lifecycle.preStop"};
    struct pss_words bad = {0};
    struct pss_words hosts = {0};
    FOR_EACH_CONTAINER (run, container)
        for (size_t i = 0; i < ARRAY_COUNT(handlers); i++)
            if (check_hosts(run, container, handlers[i], &hosts))
                pss_words_add(run, &bad, container->name);
    pss_words_sort(&bad);
    pss_words_sort(&hosts);
    if (bad.count)
        pss_conclude(run, "probe or lifecycle host",
                     arena_printf(run->arena, "%s %s %s", pss_setters(run, false, &bad),
                                  pss_plural(bad.count, "uses", "use"),
                                  pss_named(run, "probe or lifecycle host", "probe or lifecycle hosts", &hosts)));
}
