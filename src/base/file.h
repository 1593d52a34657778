/*
 * Files read whole within a limit, and written so that no reader ever sees half of one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/* Reads path ("-" is standard input) into ret, which the caller then owns. Refuses directories and
 * more than limit bytes: -EISDIR, -EFBIG, or the errno of open or read. */
int file_read(const char *path, size_t limit, struct buf *ret, struct err *err);

enum file_replace {
    FILE_CREATE,  /* -EEXIST when something is there */
    FILE_REPLACE, /* replaces a regular file; a device or pipe is written to in place */
};

/* Writes length bytes to path ("-" is standard output) through a temporary file in the same
 * directory and a rename, flushed to disk first, so that path is the old file or the whole new one.
 * mode is that of open(2), before the umask. Symbolic links at path are followed, not replaced. */
int file_write(const char *path, const void *bytes, size_t length, enum file_replace replace, unsigned mode,
               struct err *err);
/* The same in two steps, for several files of which all are to change or none: staging does everything that
 * can fail for want of room or rights, committing is a rename. bytes are borrowed until then. */
typedef int file_fill(void *filler, int fd); /* writes to the descriptor; 0 or a negative errno */
struct file_stage {
    char *path;      /* the one name of it, symbolic links followed; NULL for standard output */
    char *name;      /* as it was given */
    char *temporary; /* NULL where there is nothing to rename: standard output, a device, a pipe */
    const void *bytes;
    size_t length;
    file_fill *fill; /* NULL: the bytes */
    void *filler;
    enum file_replace replace;
};
#define AUTO_STAGE __attribute__((cleanup(file_stage_done)))
int file_stage(const char *path, const void *bytes, size_t length, enum file_replace replace, unsigned mode,
               struct file_stage *ret, struct err *err);
/* For what is too large to lie in memory whole: filling is called once, to write it where it goes, a file while it is staged, what is no
 * file while it is committed. */
int file_stage_filled(const char *path, file_fill *filling, void *filler, enum file_replace replace, unsigned mode,
                      struct file_stage *ret, struct err *err);
int file_commit(struct file_stage *stage, struct err *err);
/* Would both be written to one place? */
bool file_stage_same(const struct file_stage *a, const struct file_stage *b);
/* Takes back what was staged and not committed. */
void file_stage_done(struct file_stage *stage);

/* All bytes to a descriptor, through short writes and EINTR. */
int file_write_fd(int fd, const void *bytes, size_t length);
