#include <string.h>

#include "audit/kubernetes_pod.h"

const struct kubernetes_role kubernetes_roles[KUBERNETES_ROLES] = {
    {"initContainers", "init"},
    {"containers", "container"},
    {"ephemeralContainers", "ephemeral"},
};

/* 0 is how the API says that no port of the host is meant. */
static void put_ports(struct arena *arena, const struct node *ports, struct node *facts)
{
    struct node *list = NULL;
    for (const struct node *port = kubernetes_items(ports); port; port = port->next) {
        if (port->kind != NODE_MAP)
            continue;
        const struct node *host = node_get(port, "hostPort");
        struct node *fact = node_new_map(arena, port);
        if (host && host->kind == NODE_INT && host->integer != 0)
            kubernetes_put_int(arena, fact, "host", host);
        kubernetes_put_int(arena, fact, "container", node_get(port, "containerPort"));
        kubernetes_put_text(arena, fact, "address", node_get(port, "hostIP"));
        kubernetes_put_text(arena, fact, "protocol", node_get(port, "protocol"));
        node_append(kubernetes_list(arena, facts, "ports", ports, &list), fact);
    }
}

/* Only Always makes a sidecar of an init container (KEP-753); other words are restart rules of newer versions. */
static void put_role(struct arena *arena, const struct node *container, const char *role, struct node *facts)
{
    const struct node *policy = node_get(container, "restartPolicy");
    bool sidecar = strcmp(role, "init") == 0 && node_is_text(policy, "Always");
    kubernetes_put_word(arena, facts, "role", sidecar ? "sidecar" : role);
    if (!kubernetes_text(policy))
        return;
    struct node *restart = node_new_map(arena, policy);
    kubernetes_put_text(arena, restart, "policy", policy);
    node_put(arena, facts, "restart", restart);
}

struct node *kubernetes_container(const struct kubernetes_pod *pod, const struct node *container, const char *role)
{
    struct arena *arena = pod->arena;
    struct node *facts = node_new_map(arena, container);
    const struct node *name = node_get(container, "name");
    const struct node *image = node_get(container, "image");
    struct node *image_fact = kubernetes_text(image) ? facts_image(arena, image) : NULL;
    put_role(arena, container, role, facts);
    kubernetes_put_text(arena, facts, "name", name);
    if (image_fact)
        node_put(arena, facts, "image", image_fact);
    kubernetes_put_text(arena, facts, "pull_policy", node_get(container, "imagePullPolicy"));
    kubernetes_put_security(pod, node_get(container, "securityContext"), kubernetes_text(name), facts);
    kubernetes_put_mounts(pod, container, facts);
    put_ports(arena, node_get(container, "ports"), facts);
    kubernetes_put_environment(arena, container, facts);
    kubernetes_put_commands(arena, container, facts);
    kubernetes_put_resources(arena, node_get(container, "resources"), facts);
    kubernetes_put_node(arena, facts, "pod", pod->facts);
    return facts;
}
