#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

/* Blocks double from one that holds an ordinary manifest to one that makes a large file few of them. */
enum { FIRST_BLOCK_SIZE = 64 << 10, LARGEST_BLOCK_SIZE = 4 << 20 };

struct block {
    struct block *next; /* the one filled before this */
    size_t size;
    alignas(max_align_t) char bytes[];
};

struct arena {
    struct block *current;
    struct block *first;
    size_t used;      /* of current */
    size_t used_full; /* of all blocks before it */
    size_t next_size;
};

static struct block *block_new(struct block *next, size_t size)
{
    /* Not zeroed: what is handed out is. */
    struct block *block = mem_resize(NULL, 1, sizeof(*block) + size);
    block->next = next;
    block->size = size;
    return block;
}

struct arena *arena_new(void)
{
    struct arena *arena = mem_zero(1, sizeof(*arena));
    arena->first = block_new(NULL, FIRST_BLOCK_SIZE);
    arena->current = arena->first;
    arena->next_size = (size_t)2 * FIRST_BLOCK_SIZE;
    return arena;
}

void arena_reset(struct arena *arena)
{
    while (arena->current != arena->first) {
        struct block *next = arena->current->next;
        free(arena->current);
        arena->current = next;
    }
    arena->used = 0;
    arena->used_full = 0;
    arena->next_size = (size_t)2 * FIRST_BLOCK_SIZE;
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    arena_reset(arena);
    free(arena->first);
    free(arena);
}

static void add_block(struct arena *arena, size_t need)
{
    arena->used_full += arena->used;
    arena->used = 0;
    arena->current = block_new(arena->current, need > arena->next_size ? need : arena->next_size);
    if (arena->next_size < LARGEST_BLOCK_SIZE)
        arena->next_size *= 2;
}

/* Not zeroed. alignment is a power of two. */
static char *take(struct arena *arena, size_t size, size_t alignment)
{
    assert(size <= SIZE_MAX / 2);
    size_t start = (arena->used + alignment - 1) & ~(alignment - 1);
    if (start > arena->current->size || size > arena->current->size - start) {
        add_block(arena, size);
        start = 0;
    }
    arena->used = start + size;
    return arena->current->bytes + start;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return memset(take(arena, size, alignof(max_align_t)), 0, size);
}

char *arena_dup(struct arena *arena, const void *bytes, size_t length)
{
    char *copy = take(arena, length + 1, 1);
    if (length)
        memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return arena_dup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AUTO_FREE char *text = mem_vprintf(format, arguments);
    va_end(arguments);
    return arena_strdup(arena, text);
}

void *arena_grow(struct arena *arena, const void *items, size_t count, size_t *capacity, size_t size)
{
    size_t larger = *capacity ? *capacity * 2 : 8;
    void *grown = arena_alloc(arena, larger * size);
    if (count)
        memcpy(grown, items, count * size);
    *capacity = larger;
    return grown;
}

size_t arena_used(const struct arena *arena)
{
    return arena->used_full + arena->used;
}
