/*
 * Paths as patterns: what differs from run to run (process numbers, temporary names, hashes …) becomes
 * a glob, as profiles/generalise.csv says; everything else matches itself only (private to the model).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

struct aa_generaliser;

/* only: names of rows parted by commas, "all" or "none". -EINVAL with the names there are on an unknown one. */
int aa_generaliser_new(const char *only, struct aa_generaliser **ret, struct err *err);
void aa_generaliser_free(struct aa_generaliser *generaliser);
MEM_DEFINE_CLEANUP(struct aa_generaliser *, aa_generaliser_free)

/* Appends the pattern of path to out, and to reasons (may be NULL) why parts of it were generalised:
 * "a process number, a hash". True when any was. */
bool aa_generalise(const struct aa_generaliser *generaliser, const char *path, size_t length, struct buf *out,
                   struct buf *reasons);
