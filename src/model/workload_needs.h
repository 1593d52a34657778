/*
 * What a workload needs of the container it runs in, as a recording shows it, each need with its evidence.
 *
 * A pure function of the recording. The audit holds declarations against it in both directions, and the pod patch is written
 * from it, so that what the one asks for is what the other gives. What a recording cannot show is said where it
 * matters (`complete`, `served`, need_user.known): a need that is not here was not seen, which is less than "is not there".
 *
 * Strings are bytes of the recording and borrowed from it, unless said to be owned: it must outlive the needs. All
 * functions that take a const struct workload_needs may be called from several threads.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/advice.h"
#include "model/recording.h"

/* Who did it, and how. */
struct need_evidence {
    const char *what;     /* the call ("setuid", "bind") or the access ("create", "write") */
    const char *image;    /* the program, of a script the script; NULL when unknown */
    const char *subject;  /* the path, the address; NULL */
    const char *why;      /* of a capability: "it took a user it was not"; NULL */
    enum phase phase;     /* the earliest it was done in; PHASE_COUNT where that is not known */
    uint64_t count;       /* 0 where that is not counted */
};

struct need_capability {
    int number; /* below 64; capability_get may not know it */
    struct need_evidence evidence; /* of the first that needed it; count is over all */
};

/* An address it took for itself; those where the kernel chose the port (0) are not here. */
struct need_port {
    uint16_t port;
    bool udp;      /* bound and never listened on */
    bool loopback; /* only reachable in its own network namespace */
    struct need_evidence evidence;
};

/* Who ran it and whether that mattered. */
struct need_user {
    bool known;          /* false when runs disagree or there is none */
    uint32_t id, group;
    bool root;           /* known, and 0 */
    bool root_needed;    /* root, and a capability was needed, which no other user of a container has */
    bool becomes_another; /* root, and set its user: it gives root up by itself */
};

struct workload_needs {
    const struct recording *recording;
    struct need_capability *capabilities; /* by number, each once */
    size_t capability_count;
    uint64_t capability_set;   /* bit per number */
    struct need_port *ports;   /* by port, then TCP before UDP, each once */
    size_t port_count;
    struct need_user user;
    /* A set-user-ID program ran, or must have: with no_new_privs it runs without its privilege. what is NULL when there is none. */
    struct need_evidence gains_privilege;
    /* It wrote below /proc or /sys where every container but a privileged one has read-only mounts. what is NULL when it did not. */
    struct need_evidence sets_kernel;
    struct advice_load load;     /* peaks */
    struct advice_limits limits; /* the same with a margin */
    bool complete; /* recording_complete */
    bool served;   /* it began to serve in at least one run: else what it does then was not seen */
    struct needs_index *index;
};

/* margin: percent above the peaks, at most ADVICE_MARGIN_MAX. */
struct workload_needs *workload_needs_new(const struct recording *recording, unsigned margin);
void workload_needs_free(struct workload_needs *needs);
MEM_DEFINE_CLEANUP(struct workload_needs *, workload_needs_free)

const struct need_capability *workload_needs_capability(const struct workload_needs *needs, int number); /* NULL */
const struct need_port *workload_needs_port(const struct workload_needs *needs, uint16_t port, bool udp); /* NULL */

/* Appends "chown (5 times) by /usr/sbin/nginx during start-up", "create /run/nginx.pid by …", paths escaped. */
void need_evidence_describe(const struct need_evidence *evidence, struct buf *out);

/* ---- writable places ------------------------------------------------------------------------------------------------ */

/* Where the mounts of a container lie: absolute paths in it, normalised. Symbolic links in them are not followed, but
 * /var/run and /var/lock also count as /run and /run/lock, as images have them. */
struct need_mounts {
    const char *const *targets;
    size_t count;
};

enum need_place_kind {
    PLACE_DIRECTORY, /* an emptyDir or tmpfs there is what it needs */
    PLACE_CROWDED,   /* a directory with files that were there before and are used: an empty mount would hide them (`hides`) */
    PLACE_SYSTEM,    /* written right below /, /etc, /usr …, which cannot be replaced: path is that of the file itself */
};

struct need_place {
    enum need_place_kind kind;
    char *path;          /* owned */
    const char *hides;   /* PLACE_CROWDED: the first such file */
    access_mask did;     /* what changed below it, by anyone */
    size_t paths;        /* how many different paths were changed there */
    struct need_evidence evidence; /* subject: the first of these paths */
};

/* More are counted: a workload that writes everywhere is none for a read-only root. */
#define NEED_PLACES_MAX 256

struct need_places {
    struct need_place *items; /* by path, bytewise; none lies below another of PLACE_DIRECTORY unless it was there before, so that
                                 it has to be a mount of its own */
    size_t count, capacity;
    size_t omitted;
    bool mountable; /* every one is a PLACE_DIRECTORY and none was omitted: with empty mounts there the root file system can be read-only */
};

/*
 * Where it changes the root file system: everything it writes but what lies below a mount, /proc, /sys and /dev (which
 * runtimes mount, /dev writable), on file systems it mounted itself, and in files that came open. Each place is the nearest directory
 * that was there before the workload came.
 */
void workload_needs_places(const struct workload_needs *needs, const struct need_mounts *mounts, struct need_places *ret);
void need_places_done(struct need_places *places);
#define AUTO_NEED_PLACES __attribute__((cleanup(need_places_done)))

/* What was done at or below a path, without what lies below a mount that is itself below it. Where nothing was done all is 0. */
struct path_use {
    access_mask did;
    size_t paths;                   /* that were there */
    bool opened;                    /* read, written, executed, listed, connected to, or changed: more than looked for */
    struct need_evidence opened_by; /* the first that did, what NULL when none */
    bool written;                   /* changed in a way that a read-only mount refuses */
    struct need_evidence written_by;
    bool executed;                  /* executed or mapped executable, which noexec refuses */
    struct need_evidence executed_by;
    bool device;                    /* a device node was opened, which nodev refuses */
};
void workload_needs_path(const struct workload_needs *needs, const char *path, const struct need_mounts *mounts,
                         struct path_use *ret);
