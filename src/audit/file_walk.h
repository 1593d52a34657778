/*
 * From paths to files, one at a time: directories are walked, in an order that is the same everywhere.
 *
 * A directory's entries come sorted by bytes. Left out are .git, what .gitignore and .profgenignore files of walked directories
 * and the request's patterns leave out. Symbolic links to files are followed, those to directories are not (so that a link to a
 * parent ends nowhere). Whatever is met and not read is an entry with a reason. What is held is the names of the
 * directories on the way down to the current file, and of large ones only a part (directory_names.h).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

struct walked_file {
    char *path;
    bool named;        /* by the user, not found in a directory */
    char *left_out;    /* NULL: to be read; else why not */
    bool failed;       /* left_out is an error, not a choice */
    uint32_t copies;   /* how often the same path came before */
};
void walked_file_done(struct walked_file *file);

enum { FILE_WALK_DEPTH_MAX = 64, FILE_WALK_COUNT_MAX = 1000000 };

struct file_walk;

/* paths are borrowed. */
struct file_walk *file_walk_new(char *const *paths, size_t path_count, char *const *excludes, size_t exclude_count);
void file_walk_free(struct file_walk *walk);
MEM_DEFINE_CLEANUP(struct file_walk *, file_walk_free)
/* The next one, which is the caller's; false behind the last. */
bool file_walk_next(struct file_walk *walk, struct walked_file *ret);
/* How many were left out by a pattern: they are counted only. */
size_t file_walk_ignored(const struct file_walk *walk);
