/*
 * A Compose project as one list of services: variables, extends, include and the override file resolved.
 *
 * Files beside the audited one are read as the specification says, within the limits below. A node that came from
 * another file has for its origin (node.h) the node of the audited file that brought it in: the `extends` or `include`
 * entry, or for an override file the setting that it changes. Where it really stands is kept in compose_service.from.
 * Which variables the shell of whoever runs Compose would set is not known: PWD stands for the project's directory and
 * HOME for ~; every other one has a value in .env, a default, or none.
 *
 * An override file (compose.override.yaml …) beside its base is read as part of the base and judged there, never by
 * itself: alone it is a fragment. When it is audited it is reported as skipped, with that reason.
 */
#pragma once

#include "audit/collect.h"

enum {
    COMPOSE_FILES_MAX = 100,            /* besides the audited one */
    COMPOSE_FILE_BYTES_MAX = 1 << 20,   /* of each */
    COMPOSE_BYTES_MAX = 8 << 20,        /* of all */
    COMPOSE_DEPTH_MAX = 32,             /* extends and include, each */
    /* What it may cost to resolve a project, and again to make facts of it: a node made costs COMPOSE_COPY, two that
     * are compared cost 1. */
    COMPOSE_WORK_MAX = 64 << 20,
    COMPOSE_COPY = 64,
    COMPOSE_TEXT_MAX = 64 << 10         /* a scalar after its variables were put in */
};

struct compose_env;
struct compose_file;

/* The work on one audited file. */
struct compose_reader {
    struct collector *collector;
    struct arena *arena;
    size_t work;
    size_t bytes;
    unsigned files;
    bool exhausted;
    const struct node *anchor; /* while another file is read: what brought it in; else NULL */
    struct compose_file *opened;
    struct compose_env *env_files; /* that services named */
};

/* Tells the collector, at the anchor where there is one. */
#define compose_miss(reader, where, ...)                                                                    \
    ((reader)->collector->miss((reader)->collector, (reader)->anchor ? (reader)->anchor : node_origin(where), \
                               __VA_ARGS__))
/* False when the work is used up; the first time that is told. */
bool compose_spend(struct compose_reader *reader, size_t work);

/* ---- variables (compose_env.c, compose_expand.c) ------------------------------------------------------------- */

struct compose_variable {
    const char *name, *value;
    struct compose_variable *next; /* in the order of their files */
    struct compose_variable *chain;
};

/* first, which may be NULL, is asked before. */
struct compose_env *compose_env_new(struct compose_reader *reader, const struct compose_env *first);
/* A later value counts more than an earlier one. */
void compose_env_set(struct compose_env *env, const char *name, const char *value);
/* Reads NAME=VALUE lines; a file that is not there is told when required. */
void compose_env_read(struct compose_reader *reader, struct compose_env *env, const char *path, bool required,
                      const struct node *where);
/* The variables of an env_file, read once; never NULL. */
const struct compose_env *compose_env_file(struct compose_reader *reader, const char *path, bool required,
                                           const struct node *where);
const char *compose_env_get(const struct compose_env *env, const char *name);
const struct compose_variable *compose_env_first(const struct compose_env *env);
/* text with its variables replaced. When one has neither value nor default, text itself, and *ret_open is set. */
const char *compose_expand(struct compose_reader *reader, const struct compose_env *env, const char *text,
                           bool *ret_open);
/* The same for every scalar below node; what stays open has NODE_TAG_OPEN. node itself when there are none. */
const struct node *compose_expand_tree(struct compose_reader *reader, const struct compose_env *env,
                                       const struct node *node);

/* ---- files (compose_file.c) ------------------------------------------------------------------------- */

struct compose_file {
    struct compose_file *next;
    const char *path;
    const char *directory; /* "" or ending in a slash: what its relative paths start from */
    const struct compose_env *env;
    const struct node *root; /* variables replaced */
};

/* The directory of a path, "" or ending in a slash. */
const char *compose_directory(struct arena *arena, const char *path);
/* path as seen from directory. */
const char *compose_join(struct arena *arena, const char *directory, const char *path);
/* The bytes of a regular file, NUL-terminated in the arena; NULL when it cannot be read, which is told unless it is
 * not there and not required. */
const char *compose_bytes(struct compose_reader *reader, const char *path, bool required, const struct node *where,
                          size_t *ret_length);
/* A file of the project, read once. NULL when it cannot be, which is told. */
const struct compose_file *compose_open(struct compose_reader *reader, const char *path, const char *directory,
                                        const struct compose_env *env, const struct node *where);

/* ---- trees (compose_merge.c, compose_graft.c, compose_extends.c) ------------------------------------------ */

/* A map with what over says put over what base says, as section "Merge" of the specification has it; path is "" for a
 * service, whose settings have rules of their own. */
const struct node *compose_merge(struct compose_reader *reader, const char *path, const struct node *base,
                                 const struct node *over);
/* A copy whose origin is anchor throughout; where onto (may be NULL) has the same key, that entry's origin. */
const struct node *compose_graft(struct compose_reader *reader, const struct node *node, const struct node *anchor,
                                 const struct node *onto);
/* A service whose relative paths start from prefix. */
const struct node *compose_rebase(struct compose_reader *reader, const struct node *service, const char *prefix);

/* A service of file with all that it extends; *ret_from is set when parts of it stand in other files. */
const struct node *compose_extend(struct compose_reader *reader, const struct compose_file *file,
                                  const struct node *service, const char **ret_from);
/* "PATH:LINE", and more, which may be NULL, behind it. */
const char *compose_place(struct arena *arena, const char *path, const struct node *node, const char *more);
/* A setting by keys with dots between; NULL also when it was reset. */
const struct node *compose_get(const struct node *map, const char *path);

/* ---- the project (compose_project.c) -------------------------------------------------------------------- */

struct compose_service {
    struct compose_service *next;
    const char *name;
    const struct node *node;
    const char *from; /* "base.yaml:12, …"; NULL when all of it stands in the audited file */
};

struct compose_project {
    struct compose_service *first, *last;
    const struct node *volumes; /* the named ones; may be NULL */
    const struct node *networks; /* the same */
    const char *directory;
    const struct compose_env *env;
};

void compose_project_read(struct compose_reader *reader, const char *path, const struct node *root,
                          struct compose_project *ret);
/* The base that the file at path overrides, when that is there; else NULL. */
const char *compose_overridden(struct arena *arena, const char *path);
/* The project that takes its variables from the file at path, a .env, when that is there; else NULL. */
const char *compose_fed(struct arena *arena, const char *path);

/* ---- a service's facts (compose_facts.c, compose_attached.c, compose_ports.c) ----------------------------------- */

struct node *compose_facts(struct compose_reader *reader, const struct compose_project *project,
                           const struct compose_service *service);
void compose_put_attached(struct compose_reader *reader, const struct compose_project *project, struct node *facts,
                          const struct node *service);
void compose_put_limits(struct arena *arena, struct node *facts, const struct node *service);
void compose_put_ports(struct compose_reader *reader, struct node *facts, const struct node *service);

/* "SOURCE:TARGET:OPTIONS" taken apart; what is missing is NULL. */
struct compose_volume {
    const char *source, *target, *options;
};
struct compose_volume compose_volume_split(struct arena *arena, const char *text);
/* Parts text at colons that stand in no ${…}, at most max of them, from the left. */
size_t compose_split(struct arena *arena, const char *text, size_t max, const char **ret);
