/*
 * Rows of the lists among a subject's facts, in the shape subject.h says (private to the audit).
 */
#pragma once

#include "audit/collect.h"

/* False, and missed, when the document is larger than any real one of its kind, or has aliases, which its kind does not
 * know and which would make facts out of nothing. */
bool rows_bounded(struct collector *collector, const struct node *root);

struct mount_row {
    const char *source, *target, *kind;
    const char *options, *propagation; /* may be NULL */
    bool read_only;
};

/* The list of this name in a map of facts, made when it is not there. */
struct node *rows_list(struct arena *arena, struct node *facts, const char *key);
/* { name, value }; value may be NULL. */
void rows_add_named(struct arena *arena, struct node *list, const char *name, const char *value, const struct node *where);
/* To mounts, and to host_paths when it is a path of the host. */
void rows_add_mount(struct arena *arena, struct node *facts, const struct mount_row *mount, const struct node *where);
/* key: { limit } */
void rows_put_limit(struct arena *arena, struct node *facts, const char *key, int64_t limit, const struct node *where);
/* selinux from "user:role:type:level", where the level may hold colons; nothing for NULL and "". */
void rows_put_selinux(struct arena *arena, struct node *facts, const struct node *label);

/* Mount options with commas between. */
bool options_have(const char *options, const char *option);
/* "rshared" and the like among them; NULL. */
const char *options_propagation(const char *options);
