/*
 * The names in a directory, sorted by bytes, of which never more than some thousands are held.
 *
 * A larger directory is read again for each further part, so what comes or goes meanwhile may be seen or not, but nothing is
 * seen twice.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum { DIRECTORY_NAMES_HELD = 32768 };

struct directory_names {
    char *path;
    struct buf bytes;   /* for each name: its type, itself, NUL */
    uint32_t *places;   /* of the names in bytes, sorted */
    size_t count, capacity, next;
    char *last;         /* NULL, or the one behind which this part begins */
    bool more;          /* there are names behind these */
};

/* Reads the first part. 0 or the errno of opening or reading it; to be ended in any case. */
int directory_names_init(struct directory_names *names, const char *path);
void directory_names_done(struct directory_names *names);
/* 1 and the next name, borrowed until the next call, with its type (readdir(3): d_type); 0 behind the last; or the errno of reading the
 * next part. "." and ".." are not among them. */
int directory_names_next(struct directory_names *names, const char **ret_name, unsigned char *ret_type);
