/*
 * The rest of a tree: patterns for everything below a directory except what some patterns match.
 *
 * deny wins over allow in AppArmor, so a tree that is denied with exceptions must be denied as what
 * is left of it. The patterns are exact: a path below root is matched by one of them if and only if no
 * exception matches it (private to the model).
 */
#pragma once

#include <stddef.h>

#include "base/err.h"

/* More text than this is not made: the caller then widens its exceptions. */
#define AA_COMPLEMENT_BYTES_MAX (256u << 10)

struct aa_patterns {
    char **items;
    size_t count;
    size_t capacity;
};
void aa_patterns_done(struct aa_patterns *patterns);
void aa_patterns_add(struct aa_patterns *patterns, const char *pattern);
/* Bytewise, each once. */
void aa_patterns_sort(struct aa_patterns *patterns);

/* Appends patterns for all of `root/{,**}` but what the exceptions match. root is AppArmor text without a
 * slash at its end; the exceptions are patterns for what follows it, beginning with a slash. Their stars
 * stand at the end of a segment or of the whole: -ENOTSUP otherwise. -E2BIG when it becomes too much. */
int aa_complement(const char *root, const struct aa_patterns *exceptions, struct aa_patterns *ret, struct err *err);
