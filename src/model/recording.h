/*
 * What a workload did: the noun between tracing and everything else.
 *
 * The tracer fills one while the workload runs; emit, show, merge, verify and the auditor read it
 * from its file (recording_file.h, man/profgen-recording.5). Strings (paths, names, addresses) are
 * bytes, interned once in `strings` and named by number. Adding is idempotent and cheap; counters
 * of the hot path are plain fields that the tracer increments itself.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/intern.h"
#include "model/arch.h"

#define STRING_NONE INTERN_NONE
#define IMAGE_NONE UINT32_MAX

/* More are not kept: adding one then answers IMAGE_NONE or NULL, and the tracer counts a loss. */
#define RECORDING_IMAGES_MAX 100000
#define RECORDING_PATHS_MAX 1000000

/* Everything is attributed to start-up or to serving. */
enum phase { PHASE_STARTUP, PHASE_SERVING, PHASE_COUNT };

/* ---- system calls ------------------------------------------------------------------------- */

/* The distinct values of one argument; once more than ARG_VALUES_MAX were seen, overflow is set, the
 * smallest are kept, and the set says nothing about what was left out. */
#define ARG_VALUES_MAX 32
struct arg_values {
    uint64_t values[ARG_VALUES_MAX]; /* sorted ascending */
    uint32_t count;
    bool overflow;
};

struct call_result {
    int error; /* 0 is success; else a positive errno (512 and up: the kernel's restart codes) */
    uint64_t count;
};

/* One system call of one ABI, as one image made it. */
struct call_record {
    uint32_t number; /* x32 without its marker bit */
    uint64_t count[PHASE_COUNT];
    uint64_t first_ns;     /* since the start of the run */
    uint64_t results_seen; /* for how many of the calls the result was observed */
    struct call_result *results;
    size_t result_count;
    size_t result_capacity;
    struct arg_values *args[6]; /* NULL where the values are not recorded */
};

/* Counts a result, in results_seen too; results stay sorted by error. */
void call_record_result(struct call_record *call, int error, uint64_t count);
void call_record_arg(struct call_record *call, unsigned index, uint64_t value);
uint64_t call_record_total(const struct call_record *call);
/* True when at least one result was seen and every one was error. */
bool call_record_always(const struct call_record *call, int error);

/* The calls of one ABI: dense by number up to a bound, the rest (a hostile workload invents numbers)
 * in a list that is bounded by CALL_STRAY_MAX. */
#define CALL_DENSE_MAX 1024
#define CALL_STRAY_MAX 4096
struct call_table {
    struct call_record **dense; /* dense_count entries, NULL where never made */
    uint32_t dense_count;
    struct call_record **stray;
    size_t stray_count;
    size_t stray_capacity;
};

/* A program as executed: the file, the ELF interpreter, and for #! the script. */
struct image {
    uint32_t path;
    uint32_t interpreter; /* STRING_NONE when static */
    uint32_t script;      /* STRING_NONE when not a script */
    uint64_t execs;
    uint64_t processes; /* that ran it, forked children included */
    struct call_table calls[ABI_COUNT];
};

/* ---- paths -------------------------------------------------------------------------------- */

enum access {
    ACCESS_READ = 1 << 0,
    ACCESS_WRITE = 1 << 1,
    ACCESS_APPEND = 1 << 2, /* opened O_APPEND, so that writing elsewhere was not asked for */
    ACCESS_CREATE = 1 << 3, /* made here: open O_CREAT of a new file, mkdir, symlink, rename or link target */
    ACCESS_TRUNCATE = 1 << 4,
    ACCESS_DELETE = 1 << 5,
    ACCESS_RENAME = 1 << 6, /* renamed away from here */
    ACCESS_LINK = 1 << 7,   /* became a hard link to something */
    ACCESS_CHMOD = 1 << 8,
    ACCESS_CHOWN = 1 << 9,
    ACCESS_MKNOD = 1 << 10,
    ACCESS_EXEC = 1 << 11,
    ACCESS_MAP_EXEC = 1 << 12, /* mapped PROT_EXEC */
    ACCESS_LOCK = 1 << 13,
    ACCESS_PROBE = 1 << 14, /* looked for and not there, or refused */
    ACCESS_STAT = 1 << 15,  /* metadata only */
    ACCESS_LIST = 1 << 16,  /* a directory opened */
    ACCESS_CHDIR = 1 << 17,
    ACCESS_SETTIME = 1 << 18,
    ACCESS_XATTR = 1 << 19,   /* extended attributes set or removed */
    ACCESS_CONNECT = 1 << 20, /* a UNIX socket connected or sent to */
    ACCESS_BIND = 1 << 21,    /* a UNIX socket made */
    ACCESS_INHERIT = 1 << 22, /* came open from outside, with READ and WRITE as the descriptor allows */
};
#define ACCESS_BITS 23
typedef uint32_t access_mask;

/* "read", "map-exec", …: bit is below ACCESS_BITS. */
const char *access_name(unsigned bit);
/* 0 when unknown. */
access_mask access_from_name(const char *name);

enum file_type {
    FILE_UNKNOWN,
    FILE_REGULAR,
    FILE_DIRECTORY,
    FILE_SYMLINK,
    FILE_SOCKET,
    FILE_FIFO,
    FILE_CHARACTER,
    FILE_BLOCK,
    FILE_TYPE_COUNT
};
const char *file_type_name(enum file_type type);
enum file_type file_type_from_name(const char *name); /* FILE_TYPE_COUNT when unknown */

/* One path as one image used it. The path is absolute in the tracee's own root, resolved as the
 * kernel did; never with a trailing slash (type tells a directory). */
struct path_record {
    uint32_t path;
    uint32_t image;
    access_mask did[PHASE_COUNT];
    enum file_type type;
    int probe_error; /* the errno of the first probe (once merged, the smallest); 0 when none */
};

/* ---- everything else that is a fact with a count ------------------------------------------- */

enum fact_kind {
    FACT_SOCKET,     /* subject: "inet stream tcp"; value: family << 32 | type << 16 | protocol; note: "pair" when
                        socketpair made it */
    FACT_BIND,       /* subject: address such as "inet 0.0.0.0:80", "unix /run/x", "unix @abstract" */
    FACT_CONNECT,    /* subject: address */
    FACT_LISTEN,     /* subject: address, when known */
    FACT_MOUNT,      /* subject: target, object: source, value: flags, note: file system type */
    FACT_UMOUNT,     /* subject: target */
    FACT_NAMESPACE,  /* subject: "unshare", "setns", "clone"; value: CLONE_NEW* flags */
    FACT_ROOT,       /* subject: "chroot" or "pivot_root", object: new root */
    FACT_SIGNAL,     /* subject: signal name, object: image path of the receiver, or "outside" */
    FACT_PTRACE,     /* subject: request name or number, object: image path of the target */
    FACT_CAPABILITY, /* value: capability number, subject: the call that shows it, note: why */
    FACT_MODULE,     /* a kernel module loaded or removed: subject: name or path */
    FACT_IO_URING,   /* subject: "setup", "enter", "register" */
    FACT_KIND_COUNT
};
const char *fact_kind_name(enum fact_kind kind);
enum fact_kind fact_kind_from_name(const char *name); /* FACT_KIND_COUNT when unknown */

/* At most this many distinct facts of a kind are kept; more are a loss (LOSS_FACTS). */
#define FACTS_PER_KIND_MAX 4096
struct fact {
    enum fact_kind kind;
    uint32_t image;
    uint32_t subject; /* string numbers, STRING_NONE when absent */
    uint32_t object;
    uint32_t note;
    uint64_t value;
    uint64_t count[PHASE_COUNT];
};

/* ---- losses ------------------------------------------------------------------------------- */

enum loss_cause {
    LOSS_IO_URING,      /* operations submitted through io_uring bypass system calls */
    LOSS_OWN_FILTER,    /* the workload's own seccomp filter may refuse calls before they are seen */
    LOSS_STRICT,        /* seccomp strict mode was asked for and could not be had under tracing */
    LOSS_OWN_TRACER,    /* the workload tried to trace a process and was refused because it is traced */
    LOSS_UNREADABLE,    /* an argument's memory could not be read */
    LOSS_PATH,          /* a path could not be resolved as the kernel did */
    LOSS_VANISHED,      /* a process was gone before it could be looked at */
    LOSS_FOREIGN_ABI,   /* a call through an ABI this profgen does not know */
    LOSS_STRAY_NUMBERS, /* more invented call numbers than are kept */
    LOSS_FACTS,         /* more distinct addresses, mounts or signals than are kept */
    LOSS_PATHS,         /* more distinct paths than are kept */
    LOSS_ATTACHED_LATE, /* attached to a running process: what it did before is unknown */
    LOSS_ESCAPED,       /* a process could not be followed, or got away */
    LOSS_PRIVILEGE,     /* a set-user-ID program ran without its privilege because it was traced */
    LOSS_CUT_SHORT,     /* the recording ended before the workload did */
    LOSS_TRACER,        /* the tracer itself failed: a ptrace request gave an unexpected error */
    LOSS_LOG,           /* made of an audit log, which shows only what was denied or audited */
    LOSS_CAUSE_COUNT
};
const char *loss_cause_name(enum loss_cause cause);                /* "io-uring" */
const char *loss_cause_sentence(enum loss_cause cause);            /* what it means, for people */
enum loss_cause loss_cause_from_name(const char *name);            /* LOSS_CAUSE_COUNT when unknown */

struct loss {
    uint64_t count;
    uint32_t example; /* string: the first one, in words; STRING_NONE when there is none */
};

/* ---- runs --------------------------------------------------------------------------------- */

enum run_end {
    END_RUNNING, /* a checkpoint of a run that goes on, or whose tracer was killed */
    END_EXITED,  /* value: exit status */
    END_SIGNALED, /* value: signal number */
    END_DETACHED, /* the tracer let go and the workload went on */
    END_TIMEOUT,  /* --timeout ended it */
    END_INTERRUPTED,
    END_COUNT
};
const char *run_end_name(enum run_end end);
enum run_end run_end_from_name(const char *name); /* END_COUNT when unknown */

/* Peaks are over the whole run; a resource limit needs these numbers. */
struct resources {
    uint64_t peak_memory_bytes;   /* largest resident set of one process */
    uint64_t total_memory_bytes;  /* largest sum over processes alive together, as sampled */
    uint64_t cpu_user_ns;
    uint64_t cpu_system_ns;
    uint64_t peak_processes;
    uint64_t peak_threads;
    uint64_t total_processes;
    uint64_t peak_open_files;     /* highest descriptor number + 1 of one process */
    uint64_t read_bytes;          /* through read-like calls (rchar in /proc/PID/io) */
    uint64_t written_bytes;
};

struct run {
    uint32_t *command; /* strings */
    size_t command_count;
    uint32_t directory;       /* working directory at the start */
    uint32_t kernel;          /* uname -r */
    uint32_t machine;         /* uname -m */
    uint32_t libc;            /* "glibc 2.36", "musl", "none", as the first image shows; STRING_NONE if unknown */
    uint32_t method;          /* "seccomp" or "syscall-stops" or "attach" */
    uint32_t user_id;
    uint32_t group_id;
    int64_t started;          /* seconds since the epoch */
    uint64_t duration_ns;
    uint64_t serving_ns;      /* when serving began, UINT64_MAX when it never did */
    uint32_t serving_sign;    /* what told: "listen, then epoll_wait"; STRING_NONE */
    enum run_end end;
    int end_value;
    struct resources resources;
    struct loss losses[LOSS_CAUSE_COUNT];
};

/* ---- the recording ------------------------------------------------------------------------ */

struct recording {
    struct intern *strings;
    struct run *runs; /* one as traced; several once merged */
    size_t run_count;
    struct image *images;
    size_t image_count;
    size_t image_capacity;
    struct path_record *paths; /* in the order they first came */
    size_t path_count;
    size_t path_capacity;
    struct fact *facts;
    size_t fact_count;
    size_t fact_capacity;
    struct recording_index *index; /* hashes over the arrays above; private */
};

struct recording *recording_new(void);
void recording_free(struct recording *recording);
MEM_DEFINE_CLEANUP(struct recording *, recording_free)

uint32_t recording_string(struct recording *recording, const char *text);
/* No path holds a NUL; one in an abstract socket's name is kept as '@', as /proc/net/unix shows it. */
uint32_t recording_bytes(struct recording *recording, const void *bytes, size_t length);
/* NULL for STRING_NONE. */
const char *recording_text(const struct recording *recording, uint32_t string);

/* A run with every string none, no loss and END_RUNNING; borrowed until the next one is added. */
struct run *recording_add_run(struct recording *recording);
/* The number of the image with these three strings; added when new. IMAGE_NONE when there are
 * RECORDING_IMAGES_MAX others; every function below then answers that nothing was kept. */
uint32_t recording_image(struct recording *recording, uint32_t path, uint32_t interpreter, uint32_t script);
/* The record of a call, added with zero counts when new; NULL when CALL_STRAY_MAX is reached. Of number
 * the low 32 bits count, as for the kernel. The pointer stays good while the recording lives. */
struct call_record *recording_call(struct recording *recording, uint32_t image, enum abi abi, uint64_t number);
/* Adds what was done to path by image; returns the record, borrowed until the next path is added, or
 * NULL when RECORDING_PATHS_MAX is reached. */
struct path_record *recording_path(struct recording *recording, uint32_t path, uint32_t image, enum phase phase,
                                   access_mask did, enum file_type type);
/* What is known of a path as image used it; NULL when nothing is. Borrowed until the next path is added. */
const struct path_record *recording_find_path(const struct recording *recording, uint32_t path, uint32_t image);
/* True for a socket that came with its peer, from socketpair(2), which is another call than socket(2). */
bool fact_is_pair(const struct recording *recording, const struct fact *fact);
/* Counts a fact of an image; false when FACTS_PER_KIND_MAX is reached and it was not kept. count in fact
 * is ignored. */
bool recording_fact(struct recording *recording, const struct fact *fact, enum phase phase, uint64_t count);
void recording_loss(struct recording *recording, struct run *run, enum loss_cause cause, uint64_t count,
                    const char *example);
/* True when there is a run, no run has a loss and every run ended. */
bool recording_complete(const struct recording *recording);

/* Calls visit for each call of each image and ABI, in a fixed order: image, ABI, number. */
typedef void recording_call_visitor(void *context, const struct image *image, enum abi abi,
                                    const struct call_record *call);
void recording_each_call(const struct recording *recording, recording_call_visitor *visit, void *context);
/* Which ABIs were used at all. */
bool recording_used_abi(const struct recording *recording, enum abi abi);

/* Adds everything in other to recording: counts are summed, sets united, runs appended. What no longer
 * fits is a loss of the first run appended. */
void recording_merge(struct recording *recording, const struct recording *other);
