/*
 * Many AppArmor patterns as one automaton, walked through all paths that any of them tells apart (private to the model).
 *
 * The automaton is made deterministic as it is walked, and a branch is left as soon as no pattern of interest can match
 * any more. It can become large all the same, so the walk has a budget.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct aa_product_pattern {
    const char *text;  /* as aa_regex_from_pattern takes it */
    bool of_interest;
};

/* A set of paths that the same patterns match, with the shortest of them. patterns are numbers, ascending; at least
 * one of them is of interest. */
typedef void aa_product_visitor(void *context, const uint32_t *patterns, size_t count, const char *path, size_t length);

/* Steps from node to node before the walk is given up. */
#define AA_PRODUCT_STEPS_MAX 50000000u

/* Shortest paths first. -E2BIG when the steps ran out, -EINVAL for a malformed pattern. */
int aa_product_walk(const struct aa_product_pattern *patterns, size_t count, aa_product_visitor *visit, void *context,
                    struct err *err);
