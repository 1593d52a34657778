/*
 * When a rule objects: a small language over a subject's facts, compiled once and evaluated for every subject.
 *
 *   all: [C…]   any: [C…]   none: [C…]   not: C      (of `any`, every alternative with a `some` adds its items)
 *   some: PATH     where: C     true for every item of the list at PATH of which C is true (each gives a finding of its own);
 *   every: PATH    where: C     true when C is true of all items and there is one     a single value counts as a list of one
 *                               PATH.* means the values of the map at PATH
 *   path: PATH  and one test:
 *     exists: true|false
 *     is: V        is-not: V        in: [V…]      not-in: [V…]     (text as written; true/false for booleans; numbers by value)
 *     matches: RE  not-matches: RE                (PCRE2, unanchored, case-sensitive unless (?i); with match and depth limits)
 *     starts-with: T   ends-with: T   contains: V (an item of a list, or a part of a text)   lacks: V (the opposite)
 *     above: N     below: N     at-least: N     at-most: N        (of an integer; N may be "10Mi", "500m", "2 * memory.request")
 *     covers: [PATH…]             a file path that is one of them, lies below one, or is a parent of one
 *     under: [PATH…]              is one of them or lies below one
 *
 * PATH is keys with dots between (a key with dots of its own stands in double quotes: labels."app.kubernetes.io/name"); in a
 * `where` it begins at the item (`.` is the item itself), and `$.` begins at the subject's facts. In covers and under, a
 * * stands for any one directory. A missing fact fails every test but exists: false, is-not, not-in, not-matches and lacks. Where V… stands, "@NAME" is a
 * list by name from rules/lists.yaml (or DIR/lists.yaml), which is compiled in: {NAME: [V…]}.
 */
#pragma once

#include <stdbool.h>

#include "base/node.h"

struct condition;

/* Lists by name, for "@NAME"; maps of lists. */
struct condition_lists {
    const struct node *maps[8];
    size_t count;
};

/* -EINVAL with file:line:column for what is not a condition. Compiled into the arena; patterns are freed by condition_done. */
int condition_compile(const char *file, const struct node *text, const struct condition_lists *lists, struct arena *arena,
                      const struct condition **ret, struct err *err);
void condition_done(const struct condition *condition);
/* Patterns are compiled when first needed; this compiles them all: -EINVAL, with the place of the first that is none. */
int condition_compile_patterns(const struct condition *condition, struct err *err);

/* One way in which a condition holds. */
struct condition_match {
    const struct node *where; /* the first fact with a place that decided; of an item without one the item; NULL when
                               * something missing decided */
    const struct node *item;  /* the innermost item of `some`; NULL without one */
};

/* How often it holds: 0, 1, or once for every item of the outermost `some` that is not under none, not or every. Writes at most max matches. */
size_t condition_evaluate(const struct condition *condition, const struct node *facts, struct condition_match *ret, size_t max);
