/*
 * Keys that stand twice in one map: found, recorded and dropped, in better than quadratic time whatever the keys.
 */
#pragma once

#include "base/node.h"
#include "base/node_in.h"

enum { NODE_DUPLICATES_MAX = 100 };

/* Of one reading; zero to begin with. */
struct node_keys {
    struct arena *arena; /* of the duplicates */
    struct node_duplicate *duplicates;
    size_t duplicate_count;
    struct node_key_slot *slots; /* scratch */
    size_t capacity;
};

void node_keys_done(struct node_keys *keys);
#define AUTO_NODE_KEYS __attribute__((cleanup(node_keys_done)))

/* Of entries with the same key only the last stays in the map; each of the others is recorded. */
void node_keys_last_wins(struct node_keys *keys, struct node *map);
/* Of entries with the same key only the first stays; nothing is recorded. */
void node_keys_first_wins(struct node_keys *keys, struct node *map);
