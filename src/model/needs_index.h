/*
 * The paths of a recording, each once and in order, for questions about what lies below a directory. Private to
 * workload_needs.c and needs_*.c.
 */
#pragma once

#include "model/workload_needs.h"

/* Changes that a read-only file system refuses. */
#define NEED_CHANGES                                                                                                    \
    (ACCESS_WRITE | ACCESS_APPEND | ACCESS_CREATE | ACCESS_TRUNCATE | ACCESS_DELETE | ACCESS_RENAME | ACCESS_LINK |       \
     ACCESS_CHMOD | ACCESS_CHOWN | ACCESS_MKNOD | ACCESS_SETTIME | ACCESS_XATTR | ACCESS_BIND)
/* Its name is new there. A rename's target counts, though a file of that name may have been there. */
#define NEED_MAKES (ACCESS_CREATE | ACCESS_LINK | ACCESS_MKNOD | ACCESS_BIND)

struct need_path {
    const char *text;
    size_t length;
    access_mask did;    /* by all, without what came with open files */
    enum file_type type;
    const struct path_record *const *records; /* of each image, in the order they came */
    size_t record_count;
};

struct needs_index {
    const struct path_record **records;
    struct need_path *paths; /* by text, bytewise */
    size_t count;
};

struct needs_index *needs_index_new(const struct recording *recording);
void needs_index_free(struct needs_index *index);

/* NULL when nothing is known of it. */
const struct need_path *needs_index_find(const struct needs_index *index, const char *text, size_t length);
/* Those strictly below a directory; below "/" all but that. */
struct need_range {
    size_t first, end;
};
struct need_range needs_index_below(const struct needs_index *index, const char *directory, size_t length);

/* True when it is the directory or below it. */
bool need_path_within(const char *path, const char *directory);
/* True when a mount covers the path; only those strictly below `inside` count, unless it is NULL. */
bool need_mounts_cover(const struct need_mounts *mounts, const char *path, const char *inside);

/* What one image did, or all did, of what counts: without the accesses of descriptors that it was given, and without writing to
 * devices, pipes and sockets, which a read-only file system lets pass. */
access_mask need_record_did(const struct path_record *record);
access_mask need_record_changes(const struct path_record *record);
access_mask need_path_changes(const struct need_path *path);
/* The first record that did any of wanted. */
struct need_evidence need_path_evidence(const struct recording *recording, const struct need_path *path, access_mask wanted);
/* The program of an image, of a script the script; NULL. */
const char *need_image_name(const struct recording *recording, uint32_t image);
