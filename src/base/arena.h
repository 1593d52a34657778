/*
 * Memory that is given back all at once: what a document is read into.
 *
 * Nothing in an arena is freed by itself, and nothing moves. arena_reset keeps the first block, so that
 * one arena serves thousands of files without asking the system for memory again.
 */
#pragma once

#include <stddef.h>

#include "base/mem.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);
MEM_DEFINE_CLEANUP(struct arena *, arena_free)
void arena_reset(struct arena *arena);
/* size bytes, zeroed, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((malloc, returns_nonnull));
/* length bytes and a NUL behind them. */
char *arena_dup(struct arena *arena, const void *bytes, size_t length) __attribute__((returns_nonnull));
char *arena_strdup(struct arena *arena, const char *text) __attribute__((returns_nonnull));
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3), returns_nonnull));
/* A larger copy of an array of count items of this size; of MEM_GROW's kind, but what was there stays where it is. */
void *arena_grow(struct arena *arena, const void *items, size_t count, size_t *capacity, size_t size)
    __attribute__((returns_nonnull));
/* Makes room for one more element in a growing array: items, count and capacity are lvalues. */
#define ARENA_GROW(arena, items, count, capacity)                                                           \
    do {                                                                                                    \
        if ((count) == (capacity))                                                                          \
            (items) = arena_grow((arena), (items), (count), &(capacity), sizeof(*(items)));                 \
    } while (0)
/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *arena);
