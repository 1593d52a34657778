/*
 * A regular expression that is compiled when it is first needed, by whichever thread needs it first.
 *
 * The text it is held against is hostile: only its first PATTERN_TEXT_MAX bytes are looked at, and a match that takes
 * more steps than a sane pattern on sane text needs counts as none. The steps are those of one window, which overlaps the
 * next, so that padding hides nothing that is shorter than the overlap.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/node.h"

/* An object of Kubernetes has at most 1.5 MiB (etcd's limit of a request). */
enum { PATTERN_TEXT_MAX = 2 << 20, PATTERN_WINDOW = 32 << 10, PATTERN_OVERLAP = 4 << 10, PATTERN_MAX = 4 << 10 };

struct pattern;

/* The text of a node of a file, both of which must live as long as the pattern. pattern_done gives back what is not in the
 * arena. */
struct pattern *pattern_new(const struct node *text, const char *file, struct arena *arena);
void pattern_done(struct pattern *pattern);
/* Compiles it now: -EINVAL with file:line:column when it is malformed. */
int pattern_compile(const struct pattern *pattern, struct err *err);
/* A malformed pattern matches nothing. Thread-safe. */
bool pattern_matches(const struct pattern *pattern, const char *text, size_t length);
