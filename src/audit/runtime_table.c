/*
 * The runtimes that a node's engine knows: containerd's config.toml, CRI-O's crio.conf, Podman's containers.conf.
 *
 * containerd: docs/cri/config.md; the plugin that holds the runtimes is called differently in versions 1, 2 and 3 of the
 * file. CRI-O: crio.conf(5). Podman: containers.conf(5).
 */
#include <string.h>

#include "audit/facts_rows.h"
#include "data.h"

struct handler {
    const struct node *name; /* an entry whose key is the name */
    const struct node *type, *binary, *guarded;
};

struct table {
    struct collector *collector;
    const char *engine;
    const struct node *default_handler;
    struct node *handlers;
};

/* ---- what a runtime is ----------------------------------------------------------------------------------- */

static const struct data_runtimes *find_runtime(const char *name, size_t length)
{
    for (size_t i = 0; i < data_runtimes_count; i++) {
        size_t known = strlen(data_runtimes[i].runtime);
        if (length >= known && strncmp(name, data_runtimes[i].runtime, known) == 0 &&
            (length == known || name[known] == '-'))
            return &data_runtimes[i];
    }
    return NULL;
}

/* "io.containerd.kata-qemu.v2" is kata-qemu, and "/opt/kata/bin/containerd-shim-kata-v2" kata. */
static const struct data_runtimes *runtime_of(const char *text)
{
    const char *slash = strrchr(text, '/'), *name = slash ? slash + 1 : text;
    const char *dot = NULL;
    if (strncmp(name, "io.containerd.", 14) == 0) {
        name += 14;
        dot = strrchr(name, '.');
    } else if (strncmp(name, "containerd-shim-", 16) == 0) {
        name += 16;
    }
    return find_runtime(name, dot ? (size_t)(dot - name) : strlen(name));
}

/* The binary says more than the type: runc's shim runs whatever binary it is given. */
static const struct data_runtimes *runtime_of_handler(const struct handler *handler)
{
    const char *binary = node_text(handler->binary), *type = node_text(handler->type);
    const struct data_runtimes *runtime = binary && *binary ? runtime_of(binary) : NULL;
    return runtime || !type ? runtime : runtime_of(type);
}

/* ---- handlers -------------------------------------------------------------------------------------------- */

static void put_copy(struct arena *arena, struct node *map, const char *key, const struct node *value)
{
    if (node_text(value) && *node_text(value))
        node_put(arena, map, key, node_copy(arena, value));
}

/* CRI-O's type "vm" is a shim that runs a virtual machine. */
static void put_sandboxed(struct arena *arena, struct node *row, const struct handler *handler)
{
    const struct data_runtimes *runtime = runtime_of_handler(handler);
    bool sandboxed = node_is_text(handler->type, "vm");
    if (runtime)
        sandboxed |= strcmp(runtime->sandbox, "yes") == 0;
    if (runtime || sandboxed)
        node_put(arena, row, "sandboxed", node_new_bool(arena, sandboxed, handler->name));
}

static void add_handler(struct table *table, const struct handler *handler)
{
    struct arena *arena = table->collector->arena;
    const char *binary = node_text(handler->binary), *type = node_text(handler->type);
    struct node *row = node_new_map(arena, handler->name);
    node_put(arena, row, "name", node_new_text(arena, handler->name->key, handler->name));
    put_copy(arena, row, "type", handler->type);
    put_copy(arena, row, "binary", handler->binary);
    if (node_is(handler->guarded, NODE_BOOL))
        node_put(arena, row, "privileged_without_host_devices", node_copy(arena, handler->guarded));
    put_sandboxed(arena, row, handler);
    node_append(table->handlers, row);
    const char *what = binary && *binary ? binary : type ? type : "";
    context_add(table->collector->context, CONTEXT_HANDLER, "", handler->name->key, what);
}

static const struct node *first_of(const struct node *map)
{
    return node_is(map, NODE_MAP) ? node_first(map) : NULL;
}

/* ---- containerd ------------------------------------------------------------------------------------------ */

static const char *const cri_plugins[] = {"cri", "io.containerd.grpc.v1.cri", "io.containerd.cri.v1.runtime"};

static const struct node *cri_plugin(const struct node *root)
{
    const struct node *plugins = node_get(root, "plugins");
    for (size_t i = 0; i < ARRAY_COUNT(cri_plugins); i++)
        if (node_get(plugins, cri_plugins[i]))
            return node_get(plugins, cri_plugins[i]);
    return NULL;
}

static bool is_containerd(const struct node *root)
{
    return cri_plugin(root) || node_is(node_get(root, "disabled_plugins"), NODE_LIST) ||
           (node_is(node_get(root, "plugins"), NODE_MAP) && node_is(node_get(root, "version"), NODE_INT));
}

static void read_containerd(struct table *table, const struct node *root)
{
    const struct node *containerd = node_get(cri_plugin(root), "containerd");
    table->default_handler = node_get(containerd, "default_runtime_name");
    for (const struct node *one = first_of(node_get(containerd, "runtimes")); one; one = one->next) {
        const struct node *options = node_get(one, "options");
        const struct node *binary = node_get(options, "BinaryName");
        struct handler handler = {
            .name = one,
            .type = node_get(one, "runtime_type"),
            .binary = binary ? binary : node_get(one, "runtime_path"),
            .guarded = node_get(one, "privileged_without_host_devices"),
        };
        add_handler(table, &handler);
    }
}

/* ---- CRI-O ------------------------------------------------------------------------------------------------ */

static bool is_crio(const struct node *root)
{
    return node_is(node_get(root, "crio"), NODE_MAP);
}

static void read_crio(struct table *table, const struct node *root)
{
    const struct node *runtime = node_at(root, "crio.runtime");
    table->default_handler = node_get(runtime, "default_runtime");
    for (const struct node *one = first_of(node_get(runtime, "runtimes")); one; one = one->next) {
        const struct node *path = node_get(one, "runtime_path");
        struct handler handler = {
            .name = one,
            .type = node_get(one, "runtime_type"),
            .binary = path,
            .guarded = node_get(one, "privileged_without_host_devices"),
        };
        add_handler(table, &handler);
    }
}

/* ---- Podman ------------------------------------------------------------------------------------------------ */

static bool is_podman(const struct node *root)
{
    const struct node *engine = node_get(root, "engine");
    return node_is(node_get(engine, "runtimes"), NODE_MAP) || node_is(node_get(engine, "runtime"), NODE_STRING);
}

/* Each runtime is a list of places where its binary may be. */
static void read_podman(struct table *table, const struct node *root)
{
    const struct node *engine = node_get(root, "engine");
    table->default_handler = node_get(engine, "runtime");
    for (const struct node *one = first_of(node_get(engine, "runtimes")); one; one = one->next) {
        struct handler handler = {.name = one, .binary = node_first(one)};
        add_handler(table, &handler);
    }
}

/* ---- the document ------------------------------------------------------------------------------------------- */

static const struct {
    const char *engine;
    bool (*recognises)(const struct node *root);
    void (*read)(struct table *table, const struct node *root);
} engines[] = {
    {"containerd", is_containerd, read_containerd},
    {"cri-o", is_crio, read_crio},
    {"podman", is_podman, read_podman},
};

static bool recognises(const struct node *root)
{
    for (size_t i = 0; i < ARRAY_COUNT(engines); i++)
        if (engines[i].recognises(root))
            return !node_find(root, "apiVersion");
    return false;
}

static void hand_on(const struct table *table, const struct node *root)
{
    struct arena *arena = table->collector->arena;
    struct node *facts = node_new_map(arena, root);
    node_put(arena, facts, "format", node_new_text(arena, table->engine, NULL));
    node_put(arena, facts, "engine", node_new_text(arena, table->engine, NULL));
    if (node_text(table->default_handler))
        node_put(arena, facts, "default_handler", node_copy(arena, table->default_handler));
    node_put(arena, facts, "handlers", table->handlers);
    node_put(arena, facts, "raw", node_copy(arena, root));
    node_put(arena, facts, "object", node_copy(arena, root));
    struct subject subject = {.kind = SUBJECT_RUNTIME_TABLE,
                              .names = {.kind = "runtime table", .name = table->engine},
                              .format = table->engine,
                              .facts = facts,
                              .where = root};
    table->collector->add(table->collector, &subject);
}

static void collect(struct collector *collector, const struct node *root)
{
    struct table table = {.collector = collector, .handlers = node_new_list(collector->arena, root)};
    if (!rows_bounded(collector, root))
        return;
    for (size_t i = 0; i < ARRAY_COUNT(engines) && !table.engine; i++) {
        if (engines[i].recognises(root)) {
            table.engine = engines[i].engine;
            engines[i].read(&table, root);
        }
    }
    hand_on(&table, root);
}

const struct document_kind document_kind_runtime_table = {
    .name = "runtime-table", .recognises = recognises, .collect = collect};
