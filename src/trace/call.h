/*
 * One system call from entry to exit, and the table that says what its arguments mean.
 *
 * A row names a call once for every ABI. What is generic (paths, descriptors, argument values) is data
 * in the row; what is not has a handler in one of the *_call.c files.
 */
#pragma once

#include <linux/ptrace.h>

#include "trace/resolve.h"
#include "trace/tracer.h"

enum follow {
    FOLLOW,          /* a symbolic link at the end is followed */
    FOLLOW_NOT,
    FOLLOW_UNLESS,   /* unless AT_SYMLINK_NOFOLLOW is in the flags argument */
    FOLLOW_IF,       /* if AT_SYMLINK_FOLLOW is */
};

#define NO_ARG (-1)

typedef void call_handler(struct tracer *tracer, struct thread *thread);

struct path_arg {
    int8_t dirfd; /* argument index, NO_ARG for paths relative to the working directory */
    int8_t path;
    int8_t flags; /* argument with AT_* flags, or NO_ARG */
    enum follow follow;
    access_mask did; /* 0: no such path */
};

struct call_spec {
    const char *name;
    struct path_arg paths[2];
    int8_t fd; /* descriptor whose file gets fd_did, when fd_did is not 0 */
    access_mask fd_did;
    uint8_t values;      /* arguments whose values are recorded, a bit each */
    bool every_result;   /* the exit is always looked at, not only now and then */
    bool look;           /* metadata only: often whether the path is there tells as much as the result */
    bool moves_names;    /* renames, links, mounts: what is known of directories may change */
    bool judged;         /* may need a capability, depending on its arguments: privilege_rule.c has rules for it */
    int8_t capability;   /* shown as needed by success; 0 (CAP_CHOWN) is never used so */
    call_handler *entry;
    call_handler *exit;
};

/* The row of a call, or one that records nothing but the call itself. Never NULL. */
const struct call_spec *call_spec_find(enum abi abi, uint64_t number);
/* The row of a call known by name; NULL when it has none. */
const struct call_spec *call_spec_by_name(const char *name);

/* A call begins. Returns true when its exit must be looked at. */
bool call_entry(struct tracer *tracer, struct thread *thread, uint32_t audit_arch, uint64_t number,
                const uint64_t args[static 6]);
void call_exit(struct tracer *tracer, struct thread *thread, int64_t result);

/* ---- for the handlers ------------------------------------------------------------------------- */

static inline bool call_succeeded(const struct thread *thread)
{
    return !thread->call.failed;
}
static inline int call_error(const struct thread *thread)
{
    return thread->call.failed ? (int)-thread->call.result : 0;
}
/* Adds what was done to a resolved path by the image that the thread runs. */
void call_record_path(struct tracer *tracer, struct thread *thread, const struct resolved *resolved,
                      access_mask did);
/* Counts a fact of the thread's image; the texts may be NULL. */
void call_fact(struct tracer *tracer, struct thread *thread, enum fact_kind kind, const char *subject,
               const char *object, const char *note, uint64_t value);
/* A capability that the success of this call shows to be needed; ignored where the thread does not hold it
 * or holds it in a user namespace of its own. */
void call_capability(struct tracer *tracer, struct thread *thread, int capability, const char *why);
/* Reads the string an argument points to; NULL when it cannot be read. */
char *call_read_path(struct tracer *tracer, struct thread *thread, uint64_t address);
/* Makes fields of row `spec` that belong to paths and descriptors come true; used by call_exit and by
 * handlers of multiplexed calls. */
void path_call_exit(struct tracer *tracer, struct thread *thread, const struct call_spec *spec);

/* open_call.c */
call_handler open_call_entry, open_call_exit, openat_call_exit, creat_call_exit, openat2_call_exit;
call_handler handle_call_exit, mmap_call_entry, lock_call_entry, descriptor_call_exit, descriptor_copy_exit;
/* path_call.c */
call_handler rename_call_exit, chdir_call_exit, root_call_exit, mount_call_entry, mount_call_exit;
/* socket_call.c */
call_handler socket_call_exit, socketpair_call_exit, bind_call_exit, connect_call_exit, listen_call_exit, sendto_call_entry;
call_handler sendmsg_call_entry, recvmsg_call_exit, socketcall_call_exit;
/* phase.c */
call_handler wait_call_entry;
/* process_call.c */
call_handler clone_call_entry, clone_call_exit, clone3_call_entry, clone3_call_exit, fork_call_entry;
call_handler vfork_call_entry, exec_call_exit, unshare_call_exit, setns_call_exit, kill_call_exit;
call_handler ptrace_call_exit, io_uring_call_exit, module_call_exit;
/* seccomp_call.c */
call_handler seccomp_call_exit, prctl_call_exit;
/* affinity.c */
call_handler affinity_call_entry, affinity_call_exit;
/* privilege_rule.c: before and after every call that is judged */
call_handler privilege_call_entry, privilege_call_exit;
/* privilege_call.c */
call_handler capset_call_exit, utime_call_exit, setid_call_exit, chown_call_entry, chown_call_exit, chmod_call_exit, mknod_call_exit;
call_handler rlimit_call_entry, rlimit_call_exit, priority_call_entry, priority_call_exit, scheduler_call_exit;

/* Notes the capability that shows when this user could do this to a path although its mode says otherwise
 * (privilege_call.c). */
void privilege_check_path(struct tracer *tracer, struct thread *thread, const struct resolved *resolved,
                          access_mask did);
/* The same for files that a capability alone opens (privilege_path.c). */
void privilege_check_special(struct tracer *tracer, struct thread *thread, const struct resolved *resolved,
                             access_mask did);
/* O_NOATIME is for a file's owner. */
void privilege_check_no_atime(struct tracer *tracer, struct thread *thread, uint64_t flags,
                              const struct resolved *resolved);
/* The highest descriptor tells how many files are open at once. */
void descriptor_note(struct tracer *tracer, int64_t fd);
