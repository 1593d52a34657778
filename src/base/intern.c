#include "base/intern.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

/* Blocks grow from the first to the last of these sizes, since many tables hold but a few strings; a string longer than a block gets a block
 * of its own. */
#define BLOCK_FIRST 512u
#define BLOCK_SIZE (256u * 1024u)

struct block {
    struct block *next;
    size_t used;
    size_t size;
    char bytes[];
};

struct entry {
    const char *bytes;
    uint32_t length;
    uint32_t hash;
};

struct intern {
    struct block *blocks;
    struct entry *entries;
    size_t entry_capacity;
    uint32_t count;
    uint32_t *slots; /* open addressing; entry number + 1, 0 is free */
    uint32_t slot_count;
};

/* FNV-1a over eight bytes at a time, then mixed: fast on paths, and only ever used in memory. It begins with where the
 * table happens to lie, so that nobody can prepare names that collide. */
static uint32_t hash_bytes(const struct intern *table, const char *bytes, size_t length)
{
    uint64_t hash = (0xcbf29ce484222325u ^ length) + (uintptr_t)table * 0x9e3779b97f4a7c15u;
    for (; length >= 8; bytes += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    }
    for (; length > 0; bytes++, length--)
        hash = (hash ^ (unsigned char)*bytes) * 0x100000001b3u;
    hash ^= hash >> 32;
    hash *= 0xd6e8feb86659fd93u;
    return (uint32_t)(hash ^ (hash >> 32));
}

struct intern *intern_new(void)
{
    struct intern *table = mem_zero(1, sizeof(*table));
    table->slot_count = 256;
    table->slots = mem_zero(table->slot_count, sizeof(*table->slots));
    return table;
}

void intern_free(struct intern *table)
{
    if (!table)
        return;
    for (struct block *block = table->blocks; block;) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
    free(table->entries);
    free(table->slots);
    free(table);
}

/* The slot that holds these bytes, or the free slot where they belong. */
static uint32_t find_slot(const struct intern *table, const char *bytes, size_t length, uint32_t hash)
{
    uint32_t mask = table->slot_count - 1;
    uint32_t slot = hash & mask;
    while (table->slots[slot] != 0) {
        const struct entry *entry = &table->entries[table->slots[slot] - 1];
        if (entry->hash == hash && entry->length == length && memcmp(entry->bytes, bytes, length) == 0)
            break;
        slot = (slot + 1) & mask;
    }
    return slot;
}

static void grow_slots(struct intern *table)
{
    uint32_t slot_count = table->slot_count * 2;
    uint32_t *slots = mem_zero(slot_count, sizeof(*slots));
    for (uint32_t i = 0; i < table->count; i++) {
        uint32_t slot = table->entries[i].hash & (slot_count - 1);
        while (slots[slot] != 0)
            slot = (slot + 1) & (slot_count - 1);
        slots[slot] = i + 1;
    }
    free(table->slots);
    table->slots = slots;
    table->slot_count = slot_count;
}

static const char *store_bytes(struct intern *table, const char *bytes, size_t length)
{
    struct block *block = table->blocks;
    if (!block || block->size - block->used < length + 1) {
        size_t size = !block ? BLOCK_FIRST : block->size < BLOCK_SIZE / 4 ? 4 * block->size : BLOCK_SIZE;
        size = length + 1 > size ? length + 1 : size;
        block = mem_zero(1, sizeof(*block) + size);
        block->size = size;
        block->next = table->blocks;
        table->blocks = block;
    }
    char *place = block->bytes + block->used;
    if (length)
        memcpy(place, bytes, length);
    place[length] = '\0';
    block->used += length + 1;
    return place;
}

uint32_t intern_add(struct intern *table, const void *bytes, size_t length)
{
    assert(length < UINT32_MAX && table->count < UINT32_MAX - 1);
    uint32_t hash = hash_bytes(table, bytes, length);
    uint32_t slot = find_slot(table, bytes, length, hash);
    if (table->slots[slot] != 0)
        return table->slots[slot] - 1;
    if (table->count >= table->slot_count / 4 * 3) {
        grow_slots(table);
        slot = find_slot(table, bytes, length, hash);
    }
    MEM_GROW(table->entries, table->count, table->entry_capacity);
    table->entries[table->count] = (struct entry){
        .bytes = store_bytes(table, bytes, length), .length = (uint32_t)length, .hash = hash};
    table->slots[slot] = ++table->count;
    return table->count - 1;
}

uint32_t intern_find(const struct intern *table, const void *bytes, size_t length)
{
    uint32_t slot = find_slot(table, bytes, length, hash_bytes(table, bytes, length));
    return table->slots[slot] == 0 ? INTERN_NONE : table->slots[slot] - 1;
}

uint32_t intern_count(const struct intern *table)
{
    return table->count;
}

const char *intern_get(const struct intern *table, uint32_t number, size_t *ret_length)
{
    assert(number < table->count);
    if (ret_length)
        *ret_length = table->entries[number].length;
    return table->entries[number].bytes;
}
