/* The services of a project: its own, those that are included, and what an override file changes. */
#include <string.h>
#include <sys/stat.h>

#include "audit/compose.h"

/* Files that include each other, from the audited one. */
struct including {
    const char *path;
    const struct including *up;
    unsigned depth;
};

/* ---- services and volumes --------------------------------------------------------------------------------------- */

static struct compose_service *find_service(struct compose_reader *reader, const struct compose_project *project,
                                            const char *name)
{
    size_t passed = 1;
    struct compose_service *at = project->first;
    for (; at && strcmp(at->name, name) != 0; at = at->next)
        passed++;
    return compose_spend(reader, passed) ? at : NULL;
}

static void add_service(struct compose_reader *reader, struct compose_project *project,
                        const struct compose_service *service)
{
    struct compose_service *own = arena_alloc(reader->arena, sizeof(*own));
    *own = *service;
    own->next = NULL;
    *(project->last ? &project->last->next : &project->first) = own;
    project->last = own;
}

static void add_own_services(struct compose_reader *reader, struct compose_project *project,
                             const struct compose_file *file)
{
    for (const struct node *entry = node_first(compose_get(file->root, "services")); entry; entry = entry->next) {
        if (node_is(entry, NODE_NULL) || entry->tag == NODE_TAG_RESET)
            continue;
        if (!node_is(entry, NODE_MAP)) {
            compose_miss(reader, entry, "service %s is no map of settings", entry->key);
            continue;
        }
        const char *from = NULL;
        const struct node *node = compose_extend(reader, file, entry, &from);
        add_service(reader, project,
                    &(struct compose_service){.name = entry->key, .node = node, .from = from});
    }
}

/* Volumes or networks by name; either may be NULL. */
static const struct node *merge_named(struct compose_reader *reader, const struct node *base, const struct node *over)
{
    return base && over ? compose_merge(reader, "named", base, over) : over ? over : base;
}

/* What another project (included, or an override file) gives: its services over ours, with what brought them for
 * origin. */
static void take_over(struct compose_reader *reader, struct compose_project *project,
                      const struct compose_project *other, const char *path, const struct node *anchor, bool override)
{
    for (const struct compose_service *service = other->first; service; service = service->next) {
        struct compose_service *own = find_service(reader, project, service->name);
        const char *from = compose_place(reader->arena, path, service->node, service->from);
        const struct node *onto = own && override ? own->node : NULL;
        const struct node *node = compose_graft(reader, service->node, anchor, onto);
        if (!own) {
            add_service(reader, project,
                        &(struct compose_service){.name = service->name, .node = node, .from = from});
            continue;
        }
        if (!override)
            continue; /* Compose refuses a project in which both are; the own one is judged */
        own->node = compose_merge(reader, "", own->node, node);
        own->from = own->from ? arena_printf(reader->arena, "%s, %s", own->from, from) : from;
    }
    const struct node *volumes = other->volumes ? compose_graft(reader, other->volumes, anchor, NULL) : NULL;
    project->volumes = override ? merge_named(reader, project->volumes, volumes)
                                : merge_named(reader, volumes, project->volumes);
    const struct node *networks = other->networks ? compose_graft(reader, other->networks, anchor, NULL) : NULL;
    project->networks = override ? merge_named(reader, project->networks, networks)
                                 : merge_named(reader, networks, project->networks);
}

/* ---- include ---------------------------------------------------------------------------------------------------- */

static void read_file(struct compose_reader *reader, const struct compose_file *file, const struct including *at,
                      struct compose_project *ret);

/* The first of the item's paths is the main file, those behind it override. */
static void include_paths(struct compose_reader *reader, const struct node *paths, const char *base,
                          const char *directory, const struct compose_env *env, const struct including *at,
                          struct compose_project *project)
{
    struct compose_project included = {.directory = directory, .env = env};
    const char *main_path = NULL;
    for (const struct node *path = node_is(paths, NODE_LIST) ? node_first(paths) : paths; path;
         path = node_is(paths, NODE_LIST) ? path->next : NULL) {
        if (!node_text(path))
            continue;
        const char *joined = compose_join(reader->arena, base, node_text(path));
        const struct compose_file *file = compose_open(reader, joined, directory, env, path);
        const struct including next = {joined, at, at->depth + 1};
        struct compose_project own = {.directory = directory, .env = env};
        if (!file)
            continue;
        read_file(reader, file, &next, &own);
        if (main_path)
            take_over(reader, &included, &own, joined, path, true);
        else
            included = own;
        main_path = main_path ? main_path : joined;
    }
    /* From here on paths start from the directory of the file that includes. */
    bool below = strncmp(directory, base, strlen(base)) == 0;
    for (struct compose_service *service = included.first; service; service = service->next)
        service->node = compose_rebase(reader, service->node, below ? directory + strlen(base) : directory);
    if (main_path)
        take_over(reader, project, &included, main_path, reader->anchor, false);
}

static bool includes_itself(const struct including *at, const char *path)
{
    for (const struct including *up = at; up; up = up->up)
        if (strcmp(up->path, path) == 0)
            return true;
    return at->depth >= COMPOSE_DEPTH_MAX;
}

static void read_env_files(struct compose_reader *reader, struct compose_env *env, const struct node *files,
                           const char *from, const char *directory)
{
    if (!files)
        compose_env_read(reader, env, compose_join(reader->arena, directory, ".env"), false, NULL);
    else if (node_text(files))
        compose_env_read(reader, env, compose_join(reader->arena, from, node_text(files)), true, files);
    for (const struct node *file = node_first(files); file; file = file->next)
        if (node_text(file))
            compose_env_read(reader, env, compose_join(reader->arena, from, node_text(file)), true, file);
}

/* "path", or { path, project_directory, env_file }. */
static void include_item(struct compose_reader *reader, const struct compose_file *file, const struct node *item,
                         const struct including *at, struct compose_project *project)
{
    struct arena *arena = reader->arena;
    const struct node *paths = node_is(item, NODE_MAP) ? compose_get(item, "path") : item;
    const struct node *first = node_is(paths, NODE_LIST) ? node_first(paths) : paths;
    const struct node *named = compose_get(item, "project_directory");
    if (!node_text(first)) {
        compose_miss(reader, item, "an include names no path");
        return;
    }
    const char *main_path = compose_join(arena, file->directory, node_text(first));
    if (includes_itself(at, main_path)) {
        compose_miss(reader, item, "%s includes itself, or too long a chain of others", main_path);
        return;
    }
    const char *directory = compose_directory(arena, main_path);
    if (node_text(named))
        directory = arena_printf(arena, "%s/", compose_join(arena, file->directory, node_text(named)));
    struct compose_env *env = compose_env_new(reader, file->env);
    read_env_files(reader, env, compose_get(item, "env_file"), file->directory, directory);
    const struct node *outer = reader->anchor;
    reader->anchor = outer ? outer : node_origin(item);
    include_paths(reader, paths, file->directory, directory, env, at, project);
    reader->anchor = outer;
}

static void read_file(struct compose_reader *reader, const struct compose_file *file, const struct including *at,
                      struct compose_project *ret)
{
    add_own_services(reader, ret, file);
    const struct node *volumes = compose_get(file->root, "volumes");
    const struct node *networks = compose_get(file->root, "networks");
    ret->volumes = node_is(volumes, NODE_MAP) ? volumes : NULL;
    ret->networks = node_is(networks, NODE_MAP) ? networks : NULL;
    const struct node *include = compose_get(file->root, "include");
    for (const struct node *item = node_first(include); item; item = item->next)
        include_item(reader, file, item, at, ret);
}

/* ---- override files --------------------------------------------------------------------------------------------- */

/* As Compose looks for them when it is told no name: the first that is there. */
static const char *const base_names[] = {"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"};
static const char *const override_names[] = {"compose.override.yml", "compose.override.yaml",
                                             "docker-compose.override.yml", "docker-compose.override.yaml"};

static const char *first_there(struct arena *arena, const char *directory, const char *const names[static 4])
{
    for (size_t i = 0; i < 4; i++) {
        struct stat st;
        const char *path = compose_join(arena, directory, names[i]);
        if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
            return path;
    }
    return NULL;
}

static bool is_named(const char *path, const char *const names[static 4])
{
    const char *slash = strrchr(path, '/');
    for (size_t i = 0; i < 4; i++)
        if (strcmp(slash ? slash + 1 : path, names[i]) == 0)
            return true;
    return false;
}

/* The path of the one file of these names that counts in path's directory, if path is of the other names. */
static const char *partner(struct arena *arena, const char *path, const char *const own[static 4],
                           const char *const others[static 4])
{
    if (!is_named(path, own))
        return NULL;
    const char *directory = compose_directory(arena, path);
    const char *counts = first_there(arena, directory, own);
    return counts && strcmp(counts, compose_join(arena, directory, path + strlen(directory))) == 0
               ? first_there(arena, directory, others)
               : NULL;
}

const char *compose_overridden(struct arena *arena, const char *path)
{
    return partner(arena, path, override_names, base_names);
}

const char *compose_fed(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return strcmp(slash ? slash + 1 : path, ".env") == 0 ? first_there(arena, compose_directory(arena, path), base_names)
                                                         : NULL;
}

static bool is_replaced(const struct collector *collector, const char *path)
{
    struct stat old;
    struct stat new;
    return collector->replaced && stat(path, &old) == 0 && stat(collector->replaced, &new) == 0 && old.st_dev == new.st_dev &&
           old.st_ino == new.st_ino;
}

static void read_override(struct compose_reader *reader, const struct compose_file *file, const struct including *at,
                          struct compose_project *project)
{
    const char *path = partner(reader->arena, file->path, base_names, override_names);
    const struct node *services = node_get(file->root, "services");
    if (!path || is_replaced(reader->collector, path))
        return;
    reader->anchor = node_origin(services ? services : file->root);
    const struct compose_file *override = compose_open(reader, path, file->directory, file->env, services);
    struct compose_project own = {.directory = file->directory, .env = file->env};
    if (override) {
        read_file(reader, override, at, &own);
        take_over(reader, project, &own, path, reader->anchor, true);
    }
    reader->anchor = NULL;
}

void compose_project_read(struct compose_reader *reader, const char *path, const struct node *root,
                          struct compose_project *ret)
{
    const char *directory = strcmp(path, "-") == 0 ? "" : compose_directory(reader->arena, path);
    struct compose_env *env = compose_env_new(reader, NULL);
    compose_env_read(reader, env, compose_join(reader->arena, directory, ".env"), false, root);
    if (compose_env_get(env, "COMPOSE_FILE"))
        compose_miss(reader, root, ".env sets COMPOSE_FILE: Compose reads the files that it names, which is not followed");
    struct compose_file *file = arena_alloc(reader->arena, sizeof(*file));
    *file = (struct compose_file){.path = path, .directory = directory, .env = env,
                                  .root = compose_expand_tree(reader, env, root)};
    reader->opened = file;
    const struct including at = {path, NULL, 0};
    *ret = (struct compose_project){.directory = directory, .env = env};
    read_file(reader, file, &at, ret);
    read_override(reader, file, &at, ret);
}
