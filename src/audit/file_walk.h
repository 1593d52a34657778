/*
 * From paths to files: directories are walked, in an order that is the same everywhere.
 *
 * A directory's entries come sorted by bytes. Left out are .git, what .gitignore and .profgenignore files of walked directories
 * and the request's patterns leave out. Symbolic links to files are followed, those to directories are not (so that a link to a
 * parent ends nowhere). Whatever is met and not read is an entry with a reason.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct walked_file {
    char *path;
    bool named;        /* by the user, not found in a directory */
    char *left_out;    /* NULL: to be read; else why not */
    bool failed;       /* left_out is an error, not a choice */
};

struct file_list {
    struct walked_file *items;
    size_t count, capacity;
    size_t ignored; /* left out by a pattern: counted only */
};

enum { FILE_WALK_DEPTH_MAX = 64, FILE_WALK_COUNT_MAX = 1000000 };

#define AUTO_FILE_LIST __attribute__((cleanup(file_list_done)))
void file_walk(char *const *paths, size_t path_count, char *const *excludes, size_t exclude_count, struct file_list *ret);
void file_list_done(struct file_list *list);
