/*
 * Byte strings kept once each, numbered in the order they first came.
 *
 * The bytes lie in an arena and do not move, so a borrowed pointer stays good until
 * intern_free. 100,000 paths of 60 bytes cost about 8 MiB.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

#define INTERN_NONE UINT32_MAX

struct intern;

struct intern *intern_new(void);
void intern_free(struct intern *table);
MEM_DEFINE_CLEANUP(struct intern *, intern_free)

/* The number of these bytes, which may contain anything; added when new. */
uint32_t intern_add(struct intern *table, const void *bytes, size_t length);
/* The number of these bytes, or INTERN_NONE. */
uint32_t intern_find(const struct intern *table, const void *bytes, size_t length);
uint32_t intern_count(const struct intern *table);
/* The bytes of a number below intern_count, with a NUL behind them; ret_length may be NULL. */
const char *intern_get(const struct intern *table, uint32_t number, size_t *ret_length);
