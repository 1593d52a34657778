/* Published and exposed ports, in all their spellings. */
#include <string.h>

#include "audit/compose.h"
#include "audit/docker_facts.h"

enum { PORT_MAX = 65535, RANGE_MAX = 64 };

struct ports {
    const char *address;  /* NULL or "" for every one */
    const char *protocol;
    long host, host_last; /* host -1: not published; 0: any that is free */
    long container, container_last;
};

/* "80" or "80-90"; false when it is neither. */
static bool parse_range(const char *text, long *ret_first, long *ret_last)
{
    char *end;
    if (!*text || strspn(text, "0123456789-") != strlen(text) || *text == '-')
        return false;
    long first = strtol(text, &end, 10);
    const char *second = *end == '-' ? end + 1 : NULL;
    long last = second ? strtol(second, &end, 10) : first;
    if (*end || last < first || first < 0 || last > PORT_MAX || (second && end == second))
        return false;
    *ret_first = first;
    *ret_last = last;
    return true;
}

static void put_port(struct arena *arena, struct node *facts, const struct ports *ports, long offset,
                     const struct node *where)
{
    struct node *port = node_new_map(arena, where);
    /* A range of the host for one port of the container: one of them, whichever is free. */
    bool both = ports->host_last - ports->host == ports->container_last - ports->container;
    if (ports->host >= 0)
        node_put(arena, port, "host", node_new_int(arena, ports->host + (both && ports->host ? offset : 0), where));
    node_put(arena, port, "container", node_new_int(arena, ports->container + offset, where));
    if (ports->address && *ports->address)
        node_put(arena, port, "address", node_new_text(arena, ports->address, where));
    node_put(arena, port, "protocol", node_new_text(arena, ports->protocol, where));
    node_append(docker_list_at(arena, facts, "ports", where), port);
}

static void put_ports(struct compose_reader *reader, struct node *facts, const struct ports *ports,
                      const struct node *where)
{
    long count = ports->container_last - ports->container + 1;
    enum { NODES = 5 };
    for (long i = 0; i < count && i < RANGE_MAX && compose_spend(reader, NODES * COMPOSE_COPY); i++)
        put_port(reader->arena, facts, ports, i == RANGE_MAX - 1 ? count - 1 : i, where);
}

/* A variable that has no value: published, nobody knows where. */
static bool parse_host(const char *text, struct ports *ports)
{
    ports->host = ports->host_last = 0;
    return *text == '\0' || strchr(text, '$') || parse_range(text, &ports->host, &ports->host_last);
}

/* "[[ADDRESS:]HOST:]CONTAINER[/PROTOCOL]", where ADDRESS may be [::1] or ::1. */
static void put_short(struct compose_reader *reader, struct node *facts, const struct node *item)
{
    struct arena *arena = reader->arena;
    struct ports ports = {.protocol = "tcp"};
    char *text = arena_strdup(arena, node_text(item));
    char *slash = strrchr(text, '/');
    if (slash) {
        *slash = '\0';
        ports.protocol = slash + 1;
    }
    /* From the right, because colons stand in addresses, and none in an unknown variable's last part. */
    const char *parts[32];
    size_t count = compose_split(arena, text, ARRAY_COUNT(parts), parts);
    if (!parse_range(parts[count - 1], &ports.container, &ports.container_last))
        return;
    if (!parse_host(count > 1 ? parts[count - 2] : "", &ports))
        return;
    if (count > 2) {
        size_t behind = strlen(parts[count - 1]) + strlen(parts[count - 2]) + 2;
        size_t length = strlen(text) - behind;
        bool bracketed = text[0] == '[' && length > 1 && text[length - 1] == ']';
        ports.address = arena_dup(arena, text + bracketed, length - 2 * bracketed);
    }
    put_ports(reader, facts, &ports, item);
}

static void put_long(struct compose_reader *reader, struct node *facts, const struct node *item)
{
    const char *target = node_text(compose_get(item, "target"));
    const char *published = node_text(compose_get(item, "published"));
    const char *protocol = node_text(compose_get(item, "protocol"));
    struct ports ports = {
        .address = node_text(compose_get(item, "host_ip")),
        .protocol = protocol ? protocol : "tcp",
    };
    if (target && parse_range(target, &ports.container, &ports.container_last) &&
        parse_host(published ? published : "", &ports))
        put_ports(reader, facts, &ports, item);
}

/* "80", "80-90/udp": open to other containers alone. */
static void put_exposed(struct compose_reader *reader, struct node *facts, const struct node *item)
{
    if (!node_text(item))
        return;
    struct ports ports = {.protocol = "tcp", .host = -1, .host_last = -1};
    char *text = arena_strdup(reader->arena, node_text(item));
    char *slash = strchr(text, '/');
    if (slash) {
        *slash = '\0';
        ports.protocol = slash + 1;
    }
    if (parse_range(text, &ports.container, &ports.container_last))
        put_ports(reader, facts, &ports, item);
}

void compose_put_ports(struct compose_reader *reader, struct node *facts, const struct node *service)
{
    for (const struct node *item = node_first(compose_get(service, "ports")); item; item = item->next) {
        if (node_text(item))
            put_short(reader, facts, item);
        else if (node_is(item, NODE_MAP))
            put_long(reader, facts, item);
    }
    for (const struct node *item = node_first(compose_get(service, "expose")); item; item = item->next)
        put_exposed(reader, facts, item);
}
