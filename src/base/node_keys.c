#include "base/node_keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Below this every pair is compared; above it the entries are sorted by a hash of their keys. Sorted, not hashed
 * into a table, so that keys chosen to collide cost no more than others. */
enum { FEW_ENTRIES = 12 };

struct node_key_slot {
    uint64_t hash;
    uint32_t index; /* in the map */
    bool dropped;
    struct node *entry;
};

void node_keys_done(struct node_keys *keys)
{
    free(keys->slots);
    *keys = (struct node_keys){0};
}

static bool same_key(const struct node *a, const struct node *b)
{
    return a->key_length == b->key_length && memcmp(a->key, b->key, a->key_length) == 0;
}

static uint64_t hash_key(const struct node *entry)
{
    uint64_t hash = entry->key_length;
    const char *bytes = entry->key;
    size_t length = entry->key_length;
    for (; length >= 8; bytes += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    }
    for (; length > 0; bytes++, length--)
        hash = (hash ^ (unsigned char)*bytes) * 0x100000001b3u;
    return hash;
}

/* By key, and entries of the same key in the order of the map. */
static int compare_slots(const void *left, const void *right)
{
    const struct node_key_slot *a = left;
    const struct node_key_slot *b = right;
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    if (a->entry->key_length != b->entry->key_length)
        return a->entry->key_length < b->entry->key_length ? -1 : 1;
    int order = memcmp(a->entry->key, b->entry->key, a->entry->key_length);
    if (order != 0)
        return order;
    return a->index < b->index ? -1 : 1;
}

static int compare_indices(const void *left, const void *right)
{
    const struct node_key_slot *a = left;
    const struct node_key_slot *b = right;
    return a->index < b->index ? -1 : 1;
}

static bool is_before(const struct node_duplicate *a, const struct node_duplicate *b)
{
    return a->line < b->line || (a->line == b->line && a->column < b->column);
}

/* Maps end from the inside out, so what is found goes to its place in the order of the file. */
static void record(struct node_keys *keys, const struct node *second, uint32_t first_line)
{
    if (keys->duplicate_count == NODE_DUPLICATES_MAX)
        return;
    keys->duplicate_count++;
    struct node_duplicate *duplicate = arena_alloc(keys->arena, sizeof(*duplicate));
    duplicate->key = second->key;
    duplicate->line = second->line;
    duplicate->column = second->column;
    duplicate->first_line = first_line;
    struct node_duplicate **place = &keys->duplicates;
    while (*place && is_before(*place, duplicate))
        place = &(*place)->next;
    duplicate->next = *place;
    *place = duplicate;
}

static bool few_and_distinct(const struct node *map)
{
    if (map->count > FEW_ENTRIES)
        return false;
    for (const struct node *a = map->first; a; a = a->next)
        for (const struct node *b = a->next; b; b = b->next)
            if (same_key(a, b))
                return false;
    return true;
}

static void fill_slots(struct node_keys *keys, const struct node *map)
{
    if (keys->capacity < map->count) {
        keys->capacity = map->count;
        keys->slots = mem_resize(keys->slots, keys->capacity, sizeof(*keys->slots));
    }
    uint32_t index = 0;
    for (const struct node *entry = map->first; entry; entry = entry->next, index++)
        keys->slots[index] = (struct node_key_slot){
            .hash = hash_key(entry), .index = index, .entry = (struct node *)(uintptr_t)entry};
}

/* slots[from] to slots[to - 1] have the same key. */
static void mark_run(struct node_keys *keys, size_t from, size_t to, bool last_wins)
{
    for (size_t i = from + 1; i < to; i++) {
        keys->slots[last_wins ? i - 1 : i].dropped = true;
        if (last_wins)
            record(keys, keys->slots[i].entry, keys->slots[from].entry->line);
    }
}

static void relink(const struct node_keys *keys, struct node *map)
{
    size_t count = map->count;
    map->first = NULL;
    map->last = NULL;
    map->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (keys->slots[i].dropped)
            continue;
        struct node *entry = keys->slots[i].entry;
        entry->next = NULL;
        entry->parent = NULL;
        node_append(map, entry);
    }
}

static void keep_one(struct node_keys *keys, struct node *map, bool last_wins)
{
    if (few_and_distinct(map))
        return;
    size_t count = map->count;
    fill_slots(keys, map);
    qsort(keys->slots, count, sizeof(*keys->slots), compare_slots);
    bool dropped = false;
    for (size_t from = 0; from < count;) {
        size_t to = from + 1;
        while (to < count && keys->slots[from].hash == keys->slots[to].hash &&
               same_key(keys->slots[from].entry, keys->slots[to].entry))
            to++;
        dropped = dropped || to - from > 1;
        mark_run(keys, from, to, last_wins);
        from = to;
    }
    if (!dropped)
        return;
    qsort(keys->slots, count, sizeof(*keys->slots), compare_indices);
    relink(keys, map);
}

void node_keys_last_wins(struct node_keys *keys, struct node *map)
{
    keep_one(keys, map, true);
}

void node_keys_first_wins(struct node_keys *keys, struct node *map)
{
    keep_one(keys, map, false);
}
