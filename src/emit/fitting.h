/*
 * What a container is to be given so that it fits what a recording shows: the needs (model/workload_needs.h) held against the
 * target (emit/target.h), in one place for all formats that write it.
 */
#pragma once

#include "emit/target.h"
#include "model/workload_needs.h"

/* A place that is written grows as long as a log does, which one recording does not show: less is given to none. */
#define FITTING_PLACE_MIB 16

struct fitting {
    const struct workload_needs *needs; /* borrowed, as is target */
    const struct emit_target *target;
    struct need_places places; /* written, and under no mount of the target's */
    bool read_only_root;       /* with an empty directory of its own for each of places */
    uint64_t written_bytes;    /* of the run that wrote most, to files and sockets alike */
    uint64_t place_mib;        /* the size of each directory */
    uint64_t storage_request_mib, storage_limit_mib; /* of all directories and of what goes to standard output */
    bool may_gain;             /* no_new_privs would break it: a set-user-ID program ran */
    bool has_sys_admin;        /* beside which Kubernetes takes no allowPrivilegeEscalation: false */
    bool wants_token;          /* it opened the service account's token, or looked for it */
    struct need_evidence token;
    bool reaches_outside;      /* signalled or traced processes that it did not start, or looked which there are */
    bool shares_memory;        /* System V IPC, POSIX message queues, or files in /dev/shm */
    char **notes;              /* sentences that the person must read */
    size_t note_count;
};

struct fitting *fitting_new(const struct workload_needs *needs, const struct emit_target *target);
void fitting_free(struct fitting *fitting);
MEM_DEFINE_CLEANUP(struct fitting *, fitting_free)

/* The mounts of the target as the needs want them; owned by the caller as an array, the texts are borrowed. */
struct need_mounts fitting_mounts(const struct emit_target *target);
/* "chown (4 times) by /usr/sbin/nginx during start-up": owned by the caller. */
char *fitting_evidence(const struct need_evidence *evidence);
/* Whether root was needed for nothing but ports below 1024. */
bool fitting_binds_only(const struct workload_needs *needs);
/* A path that YAML can hold: UTF-8. */
bool fitting_sayable(const char *path);
