/* extends: a service that begins as a copy of another one, of the same file or another. */
#include <string.h>

#include "audit/compose.h"

/* A service on the way to being resolved, and those that led to it. */
struct extending {
    const struct compose_file *file;
    const char *name;
    const struct node *service;
    const struct extending *up;
    unsigned depth;
};

const char *compose_place(struct arena *arena, const char *path, const struct node *node, const char *more)
{
    return arena_printf(arena, "%s:%u%s%s", path, node_origin(node)->line, more ? ", " : "", more ? more : "");
}

static bool leads_back(const struct extending *at)
{
    for (const struct extending *up = at->up; up; up = up->up)
        if (up->file == at->file && strcmp(up->name, at->name) == 0)
            return true;
    return at->depth > COMPOSE_DEPTH_MAX;
}

static const struct node *resolve(struct compose_reader *reader, const struct extending *at, const char **ret_from);

/* "NAME", or { service: NAME, file: PATH }. */
static bool find_base(struct compose_reader *reader, const struct extending *at, const struct node *extends,
                      struct extending *ret)
{
    const struct node *file = compose_get(extends, "file");
    const struct node *name = node_text(extends) ? extends : compose_get(extends, "service");
    ret->file = at->file;
    ret->name = node_text(name);
    if (!ret->name) {
        compose_miss(reader, extends, "service %s extends no service: the name is missing", at->name);
        return false;
    }
    if (node_text(file)) {
        const char *path = compose_join(reader->arena, at->file->directory, node_text(file));
        ret->file = compose_open(reader, path, compose_directory(reader->arena, path), at->file->env, file);
    }
    const struct node *services = ret->file ? node_get(ret->file->root, "services") : NULL;
    if (!ret->file || !compose_spend(reader, node_count(services)))
        return false;
    ret->service = node_get(services, ret->name);
    if (!node_is(ret->service, NODE_MAP))
        compose_miss(reader, extends, "service %s, which %s extends, is not in %s", ret->name, at->name,
                     ret->file->path);
    return node_is(ret->service, NODE_MAP);
}

/* The service that is extended, as it counts in the file of the one that extends it. */
static const struct node *resolve_base(struct compose_reader *reader, const struct extending *at,
                                       const struct node *extends, const char **ret_from)
{
    struct arena *arena = reader->arena;
    struct extending base = {.up = at, .depth = at->depth + 1};
    if (!find_base(reader, at, extends, &base))
        return NULL;
    if (base.file == at->file)
        return resolve(reader, &base, ret_from);
    const struct node *outer = reader->anchor;
    reader->anchor = outer ? outer : node_origin(extends);
    const char *from = NULL;
    const struct node *resolved = resolve(reader, &base, &from);
    reader->anchor = outer;
    *ret_from = compose_place(arena, base.file->path, base.service, from);
    const char *directory = compose_directory(arena, node_text(compose_get(extends, "file")));
    return compose_graft(reader, compose_rebase(reader, resolved, directory), extends, NULL);
}

/* The service with all that it extends. */
static const struct node *resolve(struct compose_reader *reader, const struct extending *at, const char **ret_from)
{
    const struct node *extends = compose_get(at->service, "extends");
    if (!extends)
        return at->service;
    if (leads_back(at)) {
        compose_miss(reader, extends, "service %s extends itself, or too long a chain of others", at->name);
        return at->service;
    }
    const struct node *base = resolve_base(reader, at, extends, ret_from);
    return base ? compose_merge(reader, "", base, at->service) : at->service;
}

const struct node *compose_extend(struct compose_reader *reader, const struct compose_file *file,
                                  const struct node *service, const char **ret_from)
{
    const struct extending at = {.file = file, .name = service->key, .service = service};
    return resolve(reader, &at, ret_from);
}
