/*
 * The way to a fact, compiled: "memory.limit", "item.source", "$.pod.name", labels."app.kubernetes.io/name".
 */
#pragma once

#include "base/node.h"

enum { FACT_PATH_KEYS_MAX = 16 };

struct fact_key {
    const char *text;
    uint32_t length;
};

struct fact_path {
    bool from_top; /* "$." in front: begins at the subject's facts even in a `where` */
    size_t count;  /* 0: "." */
    const struct fact_key *keys;
};

/* False when text is no path: empty keys, an open quote, too many keys. Compiled into the arena, where text must live too. */
bool fact_path_compile(const char *text, size_t length, struct arena *arena, struct fact_path *ret);
/* NULL when it is not there, or null. Quick: nothing is allocated. */
const struct node *fact_path_find(const struct fact_path *path, const struct node *from);
