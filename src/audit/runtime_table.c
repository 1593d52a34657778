/*
 * The runtimes that a node's engine knows: containerd's config.toml, CRI-O's crio.conf, Podman's containers.conf.
 *
 * containerd: docs/cri/config.md; the plugin that holds the runtimes is called differently in versions 1, 2 and 3 of the
 * file. CRI-O: crio.conf(5). Podman: containers.conf(5).
 */
#include <errno.h>
#include <glob.h>
#include <string.h>

#include "audit/facts_rows.h"
#include "audit/source.h"
#include "data.h"

enum { IMPORTS_MAX = 64, IMPORT_BYTES_MAX = 1 << 20 /* of all of them */ };

struct handler {
    const struct node *name; /* an entry whose key is the name */
    const struct node *type, *binary, *guarded;
};

struct table {
    struct collector *collector;
    const char *engine;
    struct node *default_handler;
    struct node *handlers;
    const struct node *import; /* what brought in the file that is read; NULL in the file itself */
    unsigned imports; /* files so far, and their bytes */
    size_t import_bytes;
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

/* Where in the file it stands, or what brought it in. */
static const struct node *place(const struct table *table, const struct node *node)
{
    return table->import ? table->import : node;
}

static void put_text(const struct table *table, struct node *map, const char *key, const struct node *value)
{
    struct arena *arena = table->collector->arena;
    if (node_text(value) && *node_text(value))
        node_put(arena, map, key, node_new_text(arena, node_text(value), place(table, value)));
}

static void take_default(struct table *table, const struct node *name)
{
    if (node_text(name))
        table->default_handler = node_new_text(table->collector->arena, node_text(name), place(table, name));
}

/* CRI-O's type "vm" is a shim that runs a virtual machine. */
static void put_sandboxed(const struct table *table, struct node *row, const struct handler *handler)
{
    struct arena *arena = table->collector->arena;
    const struct data_runtimes *runtime = runtime_of_handler(handler);
    bool sandboxed = node_is_text(handler->type, "vm");
    if (runtime)
        sandboxed |= strcmp(runtime->sandbox, "yes") == 0;
    if (runtime || sandboxed)
        node_put(arena, row, "sandboxed", node_new_bool(arena, sandboxed, place(table, handler->name)));
}

static void add_handler(struct table *table, const struct handler *handler)
{
    struct arena *arena = table->collector->arena;
    const char *binary = node_text(handler->binary), *type = node_text(handler->type);
    struct node *row = node_new_map(arena, place(table, handler->name));
    node_put(arena, row, "name", node_new_text(arena, handler->name->key, place(table, handler->name)));
    put_text(table, row, "type", handler->type);
    put_text(table, row, "binary", handler->binary);
    if (node_is(handler->guarded, NODE_BOOL))
        node_put(arena, row, "privileged_without_host_devices",
                 node_new_bool(arena, node_is_true(handler->guarded), place(table, handler->guarded)));
    put_sandboxed(table, row, handler);
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

static void read_plugin(struct table *table, const struct node *root)
{
    const struct node *containerd = node_get(cri_plugin(root), "containerd");
    take_default(table, node_get(containerd, "default_runtime_name"));
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

static void import_file(struct table *table, const char *path)
{
    struct collector *collector = table->collector;
    AUTO_SOURCE struct source source = SOURCE_INIT;
    struct node_stream stream = {0};
    struct err err = ERR_INIT;
    int rc = source_load_named(&source, path, IMPORT_BYTES_MAX, &err);
    table->import_bytes += source.bytes.length;
    if (table->imports++ >= IMPORTS_MAX || table->import_bytes > IMPORT_BYTES_MAX)
        (void)err_set(&err, -E2BIG, "more than %d files or %d MiB are imported", IMPORTS_MAX, IMPORT_BYTES_MAX >> 20);
    else if (rc == 0)
        (void)toml_read(path, buf_text(&source.bytes), source.bytes.length, collector->arena, &stream, &err);
    if (err.code < 0)
        collector->miss(collector, table->import, "%s", err.sentence);
    if (stream.count)
        read_plugin(table, stream.documents[0]);
}

/* Only a file's name may be a pattern, so that looking for it is cheap. A pattern that nothing matches is no mistake. */
static void import_pattern(struct table *table, const char *pattern)
{
    glob_t found = {0};
    const char *slash = strrchr(pattern, '/'), *wild = strpbrk(pattern, "*?[");
    if (!wild) {
        import_file(table, pattern);
    } else if (slash && wild < slash) {
        table->collector->miss(table->collector, table->import, "imports with a pattern for a directory are not followed");
    } else if (glob(pattern, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc && table->imports <= IMPORTS_MAX; i++)
            import_file(table, found.gl_pathv[i]);
    }
    globfree(&found);
}

/* What imported files say comes after the file's own, and so wins. */
static void read_containerd(struct table *table, const struct node *root)
{
    read_plugin(table, root);
    const char *file = table->collector->path, *slash = strrchr(file, '/');
    for (const struct node *one = node_first(node_get(root, "imports")); one; one = one->next) {
        const char *pattern = node_text(one);
        if (!pattern)
            continue;
        bool relative = pattern[0] != '/' && slash;
        AUTO_FREE char *path = mem_printf("%.*s%s", relative ? (int)(slash - file) + 1 : 0, file, pattern);
        table->import = one;
        import_pattern(table, path);
    }
    table->import = NULL;
}

/* ---- CRI-O ------------------------------------------------------------------------------------------------ */

static bool is_crio(const struct node *root)
{
    return node_is(node_get(root, "crio"), NODE_MAP);
}

static void read_crio(struct table *table, const struct node *root)
{
    const struct node *runtime = node_at(root, "crio.runtime");
    take_default(table, node_get(runtime, "default_runtime"));
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
    take_default(table, node_get(engine, "runtime"));
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
    if (table->default_handler)
        node_put(arena, facts, "default_handler", table->default_handler);
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
