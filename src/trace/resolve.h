/*
 * Paths as the kernel resolved them, in the tracee's own view: its root, its working directory, its
 * descriptors, symbolic links followed.
 *
 * After a successful open the descriptor's own path is the truth. Otherwise the path is walked
 * component by component below the tracee's root. Directories already walked are remembered until a
 * traced call could have changed what they mean, and for a second at most, since others may too.
 */
#pragma once

#include "trace/tracer.h"

struct resolved {
    uint32_t path; /* a recording string */
    enum file_type type;
    bool exists;
    bool lost;     /* after a failure: it is a path, and could not be resolved */
    uint32_t mode; /* st_mode, when it exists */
    uint32_t uid;
    uint32_t gid;
};

#define RESOLVE_CWD (-100) /* AT_FDCWD */

/* path as thread passed it, relative to dirfd; follow says whether a symbolic link at the end is followed.
 * False when it is not a path (a link to a pipe) or cannot be resolved (ret->lost, which is for the caller
 * to count: the call may have failed for the same reason). */
bool resolve_path(struct tracer *tracer, struct thread *thread, int dirfd, const char *path, bool follow,
                  struct resolved *ret);
/* The path behind a descriptor, and what else there is to say of it, apart: a file opened again and again need
 * not be looked at again. False as below. */
bool resolve_descriptor_path(struct tracer *tracer, struct thread *thread, int fd, struct resolved *ret);
void resolve_descriptor_stat(struct tracer *tracer, struct thread *thread, int fd, struct resolved *resolved);
/* The file behind a descriptor. False when it is not a file with a path (a pipe, a socket, a memfd), or cannot
 * be looked at (ret->lost). */
bool resolve_descriptor(struct tracer *tracer, struct thread *thread, int fd, struct resolved *ret);
/* A "/proc/TID/NAME" link such as exe or cwd. */
bool resolve_proc_link(struct tracer *tracer, struct thread *thread, const char *name, struct resolved *ret);
/* What was known of directories may no longer be so: a rename, a symlink, a mount. */
void resolve_forget_directories(struct tracer *tracer);
/* The thread's working directory, or its root, changed. */
void resolve_forget_cwd(struct thread *thread);
void resolve_forget_root(struct thread *thread);
void resolve_init(struct tracer *tracer);
void resolve_done(struct tracer *tracer);
