/*
 * A document as a tree that remembers where everything stood.
 *
 * Every reader (YAML, JSON, TOML, Dockerfile, LXC) makes the same tree, in an arena, so that whoever judges a
 * document does not know what syntax it came in. Entries of a map and items of a list are a linked list in
 * the order of the file. A YAML alias is a copy of the node alone that shares the children of its anchor,
 * so a tree is a graph without cycles whose unfolded size the reader has limited (NODE_COUNT_MAX): walking it
 * recursively is safe. Merge keys (<<) have been resolved.
 *
 * The tree is made of plain structs so that tables of nodes can be compiled in (tools/yaml2c).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* Limits that all readers share. */
enum {
    NODE_DEPTH_MAX = 100,       /* nesting */
    NODE_COUNT_MAX = 4000000,   /* nodes of one file, aliases unfolded */
    NODE_BYTES_MAX = 256 << 20, /* of one file */
    NODE_DOCUMENTS_MAX = 100000 /* in one file */
};

enum node_kind { NODE_NULL, NODE_BOOL, NODE_INT, NODE_FLOAT, NODE_STRING, NODE_LIST, NODE_MAP };

/* What a node is beyond its kind. Compose files say `!reset` and `!override` (YAML tags of their own) where a value of
 * another file is to go or to be replaced; other tags leave no trace. */
enum node_tag {
    NODE_TAG_NONE,
    NODE_TAG_RESET,
    NODE_TAG_OVERRIDE,
    NODE_TAG_OPEN /* a derived text in which a variable without a value stands as it was written */
};

struct node {
    uint8_t kind;     /* enum node_kind; of plain YAML scalars as go-yaml v2 (kubectl) resolves them: yes and on are true */
    bool quoted;      /* a string that was quoted or a block: "true" is not true */
    bool aliased;     /* a YAML alias, or merged in by << */
    uint8_t tag;      /* enum node_tag */
    uint32_t key_length;
    const char *key;  /* in a map, NUL-terminated; otherwise NULL */
    /* Where the entry begins: its key, or in a list the value. From 1, columns in bytes; 0 when unknown. */
    uint32_t line, column;
    uint32_t value_line, value_column; /* where the value begins */
    const struct node *next;           /* the next entry of the same map or list */
    const struct node *parent;         /* of an alias's children: the anchor's node; NULL at the root */
    const struct node *origin;         /* of a derived node (facts.h): the node of the file it came from; else NULL */
    union {
        struct { /* scalars: the text as it was written, unescaped; NUL-terminated */
            const char *text;
            size_t length;
            int64_t integer; /* NODE_INT, and 0 or 1 of NODE_BOOL */
        };
        struct { /* NODE_LIST, NODE_MAP */
            const struct node *first, *last;
            size_t count;
        };
    };
};

/* ---- asking ------------------------------------------------------------------------------------- */

/* The value of key; NULL when map is NULL, is not a map, or has no such key, or a null there (to Kubernetes
 * and Compose alike a null is as good as nothing). */
static inline const struct node *node_get(const struct node *map, const char *key);
/* As node_get, with nulls. */
static inline const struct node *node_find(const struct node *map, const char *key);
const struct node *node_find_key(const struct node *map, const char *key, size_t length);
/* As node_get along keys with dots between: "spec.template.spec". */
const struct node *node_at(const struct node *map, const char *path);
/* The text of any scalar; NULL for NULL, null, lists and maps. */
const char *node_text(const struct node *node);
/* As node_text(node_at(map, path)). */
const char *node_text_at(const struct node *map, const char *path);
bool node_is(const struct node *node, enum node_kind kind);
/* NODE_BOOL true, or false. Anything else is neither. */
bool node_is_true(const struct node *node);
bool node_is_false(const struct node *node);
bool node_is_text(const struct node *node, const char *text);
/* An integer, also one in a string ("5"); false when it is none. */
bool node_integer(const struct node *node, int64_t *ret);
/* The entries of a map or the items of a list, nulls too; nothing for NULL and scalars. Use:
 *   for (const struct node *item = node_first(list); item; item = item->next) */
const struct node *node_first(const struct node *node);
size_t node_count(const struct node *node);
/* Where in the file a node stands: its origin if it is derived, else itself. */
const struct node *node_origin(const struct node *node);
/* Appends the way from the root of the file to the node: spec.containers[0].securityContext. A key that is not
 * plain ([A-Za-z0-9_-]+) is written ["like.this"], escaped by text_escape. */
void node_path(const struct node *node, struct buf *out);

/* ---- building ------------------------------------------------------------------------------------ */

/* New nodes of a derived tree; where (may be NULL) gives line, column and origin. Text is copied. */
struct node *node_new_map(struct arena *arena, const struct node *where);
struct node *node_new_list(struct arena *arena, const struct node *where);
struct node *node_new_text(struct arena *arena, const char *text, const struct node *where);
struct node *node_new_int(struct arena *arena, int64_t integer, const struct node *where);
struct node *node_new_bool(struct arena *arena, bool value, const struct node *where);
/* A copy of the node alone, without key and next, sharing the children; its origin is that of node. */
struct node *node_copy(struct arena *arena, const struct node *node);
/* Hangs a fresh node (one that hangs nowhere yet) into a map or a list; key is copied. A key that is there already
 * is not looked for. */
void node_put(struct arena *arena, struct node *map, const char *key, struct node *value);
void node_append(struct node *list, struct node *value);

/* ---- what is asked so often that a call counts ------------------------------------------------------ */

/* Most keys differ in their lengths or their first bytes. */
static inline bool node_has_key(const struct node *entry, const char *key, size_t length)
{
    return entry->key_length == length && (length == 0 || entry->key[0] == key[0]) &&
           memcmp(entry->key, key, length) == 0;
}

/* Here, because the length of a literal is then a constant. */
static inline const struct node *node_find(const struct node *map, const char *key)
{
    return node_find_key(map, key, strlen(key));
}

static inline const struct node *node_get(const struct node *map, const char *key)
{
    const struct node *entry = node_find(map, key);
    return entry && entry->kind != NODE_NULL ? entry : NULL;
}
