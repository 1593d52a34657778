/*
 * ARG and ENV of a Dockerfile, and text with $NAME in it (private to dockerfile*.c).
 *
 * A variable without a value (an ARG without default, one that the base image may set) is left as it is written, and
 * the text is then open. Lookups, sizes and depth are bounded: beyond them text is open too.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"

struct variable {
    const char *name;
    const char *value; /* NULL when nobody knows it */
    bool environment;  /* ENV, which an ARG does not change */
};

struct variables {
    struct variable *items; /* in the arena */
    size_t count, capacity;
};

enum {
    VARIABLES_MAX = 500,            /* in one stage */
    VARIABLE_LOOKUPS_MAX = 200000,  /* in one file, as are: */
    EXPANDED_TOTAL_MAX = 16 << 20,
    EXPANDED_BYTES_MAX = 64 << 10,  /* of one text */
    EXPAND_DEPTH_MAX = 8
};

struct expander {
    struct arena *arena;
    char escape;
    unsigned lookups; /* made so far, for the whole file, as are the bytes */
    size_t bytes;
};

void variables_set(struct expander *expander, struct variables *variables, const struct variable *variable);
const struct variable *variables_find(struct expander *expander, const struct variables *variables, const char *name);
/* Expands $NAME, ${NAME}, ${NAME:-word} and the like and takes quotes and escapes away, as the shell would. */
const char *variables_expand(struct expander *expander, const struct variables *variables, const char *text,
                             bool *ret_open);
