/*
 * Which files of an input are there more than once: their findings must be told apart.
 *
 * Only where one of the named paths is, or lies below, another can there be any; only then are paths remembered.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/intern.h"

struct walk_copies {
    struct intern *paths; /* NULL: every file comes once */
    uint32_t *counts;     /* by the number of the path */
    size_t capacity;
};

void walk_copies_init(struct walk_copies *copies, char *const *paths, size_t count);
void walk_copies_done(struct walk_copies *copies);
/* How often the file came before. "./" in front makes no difference. */
uint32_t walk_copies_add(struct walk_copies *copies, const char *path);
