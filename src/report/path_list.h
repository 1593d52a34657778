/*
 * The paths of a recording, united over its images and phases and sorted.
 */
#pragma once

#include "base/buf.h"
#include "model/recording.h"

/* Whatever changes a file, its name or its metadata. */
#define ACCESS_CHANGES                                                                                      \
    (ACCESS_WRITE | ACCESS_APPEND | ACCESS_CREATE | ACCESS_TRUNCATE | ACCESS_DELETE | ACCESS_RENAME |       \
     ACCESS_LINK | ACCESS_CHMOD | ACCESS_CHOWN | ACCESS_MKNOD | ACCESS_SETTIME | ACCESS_XATTR | ACCESS_BIND)

struct listed_path {
    const char *bytes; /* borrowed from the recording */
    size_t length;
    access_mask did;
    enum file_type type;
    int probe_error;
};

struct path_list {
    struct listed_path *paths;
    size_t count;
};

void path_list_init(struct path_list *list, const struct recording *recording);
void path_list_done(struct path_list *list);
#define AUTO_PATH_LIST __attribute__((cleanup(path_list_done)))

/* "read,map-exec" */
void path_list_access(struct buf *out, access_mask did);
