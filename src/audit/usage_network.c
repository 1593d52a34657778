/* Ports that are declared and ports that were taken, and whether anything needed the host's namespaces. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "audit/usage_maker.h"

enum { PRIVILEGED = 1024, NET_BIND_SERVICE = 10 };

/* ---- ports ---------------------------------------------------------------------------------------- */

static bool is_udp(const struct node *port)
{
    const char *protocol = node_text_at(port, "protocol");
    return protocol && strcasecmp(protocol, "udp") == 0;
}

static bool is_declared(const struct usage_maker *maker, const struct need_port *port)
{
    for (const struct node *item = node_first(node_get(maker->facts, "ports")); item; item = item->next) {
        int64_t number;
        if (node_integer(node_get(item, "container"), &number) && number == port->port && is_udp(item) == port->udp)
            return true;
    }
    return false;
}

/* Containers may bind any port: Docker since 20.10 and containerd since 2.0 set net.ipv4.ip_unprivileged_port_start to 0 in
 * network namespaces that they make. */
static const char *needs_for_port(const struct usage_maker *maker, const struct need_port *port)
{
    bool holds = !maker->not_root && (maker->capabilities >> NET_BIND_SERVICE & 1);
    bool host = usage_fact_is(maker, "namespaces.network", "host") || usage_fact_is(maker, "pod.namespaces.network", "host");
    const char *format = maker->container->format;
    if (port->port >= PRIVILEGED || port->port == 0 || holds || maker->privileged)
        return "none";
    if (host || strcmp(format, "oci") == 0)
        return "capability";
    return strcmp(format, "kubernetes") == 0 ? "capability or setting" : "none";
}

static void put_used_ports(const struct usage_maker *maker, const struct node *declared)
{
    struct node *list = usage_list(maker, "ports", declared);
    for (size_t i = 0; i < maker->needs->port_count; i++) {
        const struct need_port *port = &maker->needs->ports[i];
        struct node *item = usage_item(maker, list, NULL);
        if (!item)
            return;
        usage_put_int(maker, item, "port", port->port);
        usage_put_text(maker, item, "protocol", port->udp ? "UDP" : "TCP");
        usage_put_bool(maker, item, "loopback", port->loopback);
        usage_put_bool(maker, item, "declared", is_declared(maker, port));
        usage_put_text(maker, item, "needs", needs_for_port(maker, port));
        usage_put_text(maker, item, "evidence", usage_evidence(maker, &port->evidence));
    }
}

static void put_unused_ports(const struct usage_maker *maker, const struct node *declared)
{
    struct node *list = usage_list(maker, "unused_ports", declared);
    for (const struct node *port = node_first(declared); port; port = port->next) {
        int64_t number;
        if (!node_integer(node_get(port, "container"), &number) || number <= 0 || number > UINT16_MAX ||
            workload_needs_port(maker->needs, (uint16_t)number, is_udp(port)))
            continue;
        struct node *item = usage_item(maker, list, port);
        if (!item)
            return;
        usage_put_int(maker, item, "port", (uint64_t)number);
        usage_put_text(maker, item, "protocol", is_udp(port) ? "UDP" : "TCP");
        usage_put_bool(maker, item, "published", node_get(port, "host") != NULL);
    }
}

/* ---- the host's namespaces ---------------------------------------------------------------------------- */

static struct need_evidence fact_evidence(const struct usage_maker *maker, const struct fact *fact)
{
    const struct recording *recording = maker->needs->recording;
    const struct image *image = fact->image < recording->image_count ? &recording->images[fact->image] : NULL;
    return (struct need_evidence){
        .what = fact_kind_name(fact->kind),
        .subject = recording_text(recording, fact->subject),
        .image = image ? recording_text(recording, image->script != STRING_NONE ? image->script : image->path) : NULL,
        .phase = fact->count[PHASE_STARTUP] > 0 ? PHASE_STARTUP : PHASE_SERVING,
    };
}

static bool is_made_here(const struct recording *recording, const char *address)
{
    for (size_t i = 0; i < recording->fact_count; i++) {
        const struct fact *fact = &recording->facts[i];
        const char *subject = recording_text(recording, fact->subject);
        if ((fact->kind == FACT_BIND || fact->kind == FACT_LISTEN) && subject && strcmp(subject, address) == 0)
            return true;
    }
    return false;
}

/* A service of the host reached through its loopback interface or an abstract socket, an address of the host's taken, or
 * an interface changed. */
static bool needs_host_network(const struct usage_maker *maker, const struct fact *fact)
{
    enum { NET_ADMIN = 12 };
    const char *subject = recording_text(maker->needs->recording, fact->subject);
    if (fact->kind == FACT_CAPABILITY)
        return fact->value == NET_ADMIN;
    if (!subject || (fact->kind != FACT_CONNECT && fact->kind != FACT_BIND))
        return false;
    bool local = strncmp(subject, "inet 127.", 9) == 0 || strncmp(subject, "inet6 [::1]", 11) == 0 ||
                 strncmp(subject, "unix @", 6) == 0;
    if (fact->kind == FACT_CONNECT) {
        const char *colon = strrchr(subject, ':');
        bool inet = strncmp(subject, "inet", 4) == 0;
        uint16_t port = inet && colon ? (uint16_t)strtoul(colon + 1, NULL, 10) : 0;
        bool own = inet ? workload_needs_port(maker->needs, port, false) || workload_needs_port(maker->needs, port, true)
                        : is_made_here(maker->needs->recording, subject);
        return local && !own;
    }
    return strncmp(subject, "inet", 4) == 0 && !local && strncmp(subject, "inet 0.0.0.0:", 13) != 0 &&
           strncmp(subject, "inet6 [::]:", 11) != 0;
}

static bool needs_host_processes(const struct usage_maker *maker, const struct fact *fact)
{
    const char *object = recording_text(maker->needs->recording, fact->object);
    return (fact->kind == FACT_SIGNAL || fact->kind == FACT_PTRACE) && object && strcmp(object, "outside") == 0;
}

static void put_host_need(const struct usage_maker *maker, const char *key,
                          bool (*needs)(const struct usage_maker *, const struct fact *))
{
    const struct recording *recording = maker->needs->recording;
    for (size_t i = 0; i < recording->fact_count; i++) {
        if (!needs(maker, &recording->facts[i]))
            continue;
        const struct need_evidence evidence = fact_evidence(maker, &recording->facts[i]);
        usage_put_text(maker, maker->used, key, usage_evidence(maker, &evidence));
        return;
    }
}

/* A process by its number below /proc; the recording does not say whose it was. */
static void put_process_directory(const struct usage_maker *maker)
{
    const struct recording *recording = maker->needs->recording;
    for (size_t i = 0; i < recording->path_count; i++) {
        const char *path = recording_text(recording, recording->paths[i].path);
        if (strncmp(path, "/proc/", 6) != 0 || !isdigit((unsigned char)path[6]))
            continue;
        usage_put_text(maker, maker->used, "needs_host_processes", arena_printf(maker->arena, "use of %s", path));
        return;
    }
}

void usage_put_network(const struct usage_maker *maker)
{
    const struct node *declared = node_get(maker->facts, "ports");
    put_used_ports(maker, declared);
    put_unused_ports(maker, declared);
    put_host_need(maker, "needs_host_network", needs_host_network);
    put_host_need(maker, "needs_host_processes", needs_host_processes);
    if (!node_get(maker->used, "needs_host_processes"))
        put_process_directory(maker);
}
