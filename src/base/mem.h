/*
 * Memory that cleans itself up.
 *
 * Allocation never returns NULL: a program that cannot get a few bytes cannot do its work, and
 * its last checkpoint is already on disk, so exhaustion aborts. A local that owns memory carries
 * a cleanup attribute (AUTO_FREE and friends) and is handed out with TAKE.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* size bytes, zeroed; size 0 gives a unique pointer. */
void *mem_zero(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
/* As reallocarray(3); aborts on overflow or exhaustion. */
void *mem_resize(void *memory, size_t count, size_t size) __attribute__((returns_nonnull));
char *mem_strdup(const char *text) __attribute__((malloc, returns_nonnull));
/* length bytes and a NUL behind them. */
char *mem_dup(const void *bytes, size_t length) __attribute__((malloc, returns_nonnull));
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2), malloc, returns_nonnull));
char *mem_vprintf(const char *format, va_list arguments) __attribute__((format(printf, 1, 0), malloc, returns_nonnull));

/* Makes room for one more element in a growing array: items, count and capacity are lvalues. */
#define MEM_GROW(items, count, capacity)                                                                    \
    do {                                                                                                    \
        if ((count) == (capacity)) {                                                                        \
            (capacity) = (capacity) ? (capacity) * 2 : 8;                                                   \
            (items) = mem_resize((items), (capacity), sizeof(*(items)));                                    \
        }                                                                                                   \
    } while (0)

/* Hands out what a cleaned-up local holds; the local is left empty. */
#define TAKE(local)                                                                                         \
    ({                                                                                                      \
        __typeof__(local) taken_ = (local);                                                                 \
        (local) = NULL;                                                                                     \
        taken_;                                                                                             \
    })

/* Defines the cleanup helper of a type with a _free function that accepts NULL. */
#define MEM_DEFINE_CLEANUP(type, free_function)                                                             \
    static inline void free_function##_cleanup(type *slot)                                                  \
    {                                                                                                       \
        free_function(*slot);                                                                               \
    }

static inline void mem_free_cleanup(void *slot)
{
    free(*(void **)slot);
}

static inline void mem_close_cleanup(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

static inline void mem_fclose_cleanup(FILE **file)
{
    if (*file)
        (void)fclose(*file);
}

#define AUTO(cleanup_function) __attribute__((cleanup(cleanup_function)))
#define AUTO_FREE AUTO(mem_free_cleanup)
#define AUTO_CLOSE AUTO(mem_close_cleanup)
#define AUTO_FCLOSE AUTO(mem_fclose_cleanup)

#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))
