/*
 * The settings of an LXC container, flattened: what lxc.include brings in stands where the include stood, names of
 * LXC 2 are those of today (private to lxc*.c).
 */
#pragma once

#include "audit/collect.h"

struct lxc_config {
    struct arena *arena;
    struct collector *collector;
    struct node *entries; /* a map with keys as often as they come; each derived from the line that set it */
    unsigned files;       /* read so far by includes, and their bytes */
    size_t bytes;
};

enum { LXC_INCLUDE_DEPTH_MAX = 8, LXC_INCLUDE_FILES_MAX = 64, LXC_INCLUDE_BYTES_MAX = 1 << 20 /* of all of them */ };

struct lxc_config lxc_config_new(struct collector *collector);
/* Adds the entries of a tree of lxc_read. */
void lxc_config_add(struct lxc_config *config, const struct node *root);
/* Adds the lines of Incus' raw.lxc, as if they all stood at node. */
void lxc_config_add_text(struct lxc_config *config, const struct node *node);
/* The last value of key; NULL when there is none, or it is empty. */
const struct node *lxc_config_get(const struct lxc_config *config, const char *key);
/* The same for a key of cgroup v2, else of v1: "memory.max", "memory.limit_in_bytes". */
const struct node *lxc_config_cgroup(const struct lxc_config *config, const char *two, const char *one);

/* The values of a key that may be set several times, an empty one taking back those before it. Use:
 *   for (const struct node *value = lxc_config_first(config, key); value; value = lxc_config_next(value)) */
const struct node *lxc_config_first(const struct lxc_config *config, const char *key);
const struct node *lxc_config_next(const struct node *value);
/* What stands behind prefix in the entry's key; NULL when it does not begin so. */
const char *lxc_config_tail(const struct node *entry, const char *prefix);
/* Where a file is that the configuration names: a relative path is looked for beside it. */
char *lxc_config_beside(const struct lxc_config *config, const char *path);
/* Loads a file that the configuration names; false, and missed, when it cannot be read. */
struct source;
bool lxc_config_load(struct lxc_config *config, struct source *source, const char *path, const struct node *where);
