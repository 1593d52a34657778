/*
 * "Did you mean": the known word that a mistyped one is nearest to.
 */
#pragma once

#include <stddef.h>

struct nearest {
    const char *typed;
    const char *word; /* the best so far; NULL when none is near enough to be meant */
    size_t distance;
};

struct nearest nearest_init(const char *typed);
void nearest_offer(struct nearest *nearest, const char *word);
