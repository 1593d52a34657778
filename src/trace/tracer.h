/*
 * The state of one trace, private to src/trace/.
 *
 *   trace.c      waits for the next event and hands it to stop.c; what happens as time passes
 *   stop.c       says what kind of stop it is, and resumes
 *   launch.c     how a workload comes under the tracer
 *   call.c       a system call's entry and exit; call_table.c says what each call's arguments mean
 *   *_call.c     what calls of one kind record: paths, sockets, processes, privileges
 *   resolve.c    a path or descriptor as the kernel resolved it
 *   image.c      which program a process runs
 */
#pragma once

#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/intern.h"
#include "model/recording.h"
#include "trace/trace.h"

/* Where relative and absolute paths start; shared by threads as CLONE_FS says. */
struct fs_context {
    unsigned references;
    char *cwd;       /* in the tracee's own root; NULL until looked up */
    char *root;      /* the root as the tracer's d_path shows it; NULL when it is the tracer's own */
    bool root_known;
};

/* Real, effective, saved and file-system ids, as /proc/PID/status shows them. */
struct credentials {
    uint32_t uid[4];
    uint32_t gid[4];
    uint64_t effective; /* capabilities, a bit each */
    bool known;
    bool own_user_namespace; /* its capabilities are not the host's */
};

struct process {
    pid_t pid;
    uint32_t image; /* IMAGE_NONE until the first exec of a launched command */
    unsigned threads;
    unsigned exiting; /* of them, those that have begun to exit */
};

/* A system call between its entry and its exit. */
struct pending_call {
    bool entered;
    bool failed;          /* result is a negative errno */
    enum abi abi;
    uint32_t number;
    uint64_t args[6];
    int64_t result;
    struct call_record *record;
    const struct call_spec *spec;
    char *paths[2];       /* as the tracee wrote them; NULL when not read */
    uint64_t clone_flags; /* of the clone family */
    uint64_t saved;       /* what a handler keeps from entry to exit */
    const struct privilege_rule *rules[3]; /* that say what its success shows */
    size_t rule_count;
};

struct thread {
    pid_t tid;
    struct process *process;
    struct fs_context *fs;
    struct credentials credentials;
    struct pending_call call;
    int proc_fd;      /* O_PATH on /proc/TID; -1 until needed */
    bool every_stop;  /* PTRACE_SYSCALL throughout instead of the seccomp filter */
    bool own_filter;  /* the workload installed a seccomp filter here */
    bool adopted;     /* its parent is known */
    bool parked;      /* stopped at birth; its parent has not told of it yet */
    int parked_status; /* the wait status it was parked with */
    bool recording;   /* false for our own child before its first exec */
    bool wants_exit;  /* the exit of the call under way must be looked at */
    bool in_call;     /* between the syscall-entry and syscall-exit stops of PTRACE_SYSCALL */
    bool exiting;
    bool interrupted; /* PTRACE_INTERRUPT was sent in order to detach */
    cpu_set_t *mask;  /* the processors it chose itself; NULL: the tracer's */
};

struct affinity {
    bool usable;
    bool pinned;
    bool trying;         /* this window measures the way that is not in use */
    cpu_set_t free_mask; /* the tracer's own */
    cpu_set_t pin_mask;
    uint64_t window_start_ns;
    uint64_t window_stops;
    double rate[2];      /* stops per second when free and when pinned, last measured; 0: unknown */
    unsigned windows;    /* since the last try */
    unsigned patience;   /* windows before the other way is tried again */
};

struct dir_cache {
    struct intern *keys;
    struct dir_entry *entries;
    size_t capacity;
    uint32_t generation;
};

/* Whether a user's mode bits lead to the last directory looked at: the next file is often beside it. */
struct rights_cache {
    char *directory; /* NULL: nothing is remembered */
    uint32_t uid;
    uint32_t generation; /* of dir_cache */
    bool changes_names;
    bool suffice;
};

#define SPEC_CACHE_MAX 512

/* What our filter's stops carry, to tell them from those of a workload that answers SECCOMP_RET_TRACE itself. */
#define TRACE_FILTER_DATA 0x7067

struct tracer {
    const struct trace_options *options;
    struct recording *recording;
    struct run *run;
    struct thread **threads; /* open addressing by tid */
    size_t thread_count;
    size_t thread_slots;
    struct thread *last; /* the thread of the last event */
    size_t process_count;
    size_t parked_count;
    size_t open_proc_fds;
    size_t proc_fds_max;
    enum phase phase;
    bool saw_listen;
    bool use_filter; /* as opposed to plain syscall stops */
    bool running;    /* the command's first exec happened, or we are attached */
    bool ending;     /* SIGTERM was sent, or detaching began */
    bool killed;     /* SIGKILL was sent when the grace time was over */
    enum run_end ended_by; /* why it is ending: END_TIMEOUT or END_INTERRUPTED */
    int root_status; /* the launched command's wait status */
    bool root_ended;
    uint32_t own_user; /* the effective user id of the tracer */
    pid_t root_pid;  /* the launched command; 0 when attached */
    uint64_t start_ns;
    uint64_t stops;
    uint64_t calls;
    uint64_t grace_end_ns;
    uint64_t next_tick_ns;
    uint64_t next_sample_ns;
    uint64_t next_checkpoint_ns;
    ino_t mount_namespace; /* the tracer's own */
    ino_t root_inode;
    dev_t root_device;
    struct dir_cache dirs;
    struct rights_cache rights;
    struct affinity affinity;
    const struct call_spec *specs[ABI_COUNT][SPEC_CACHE_MAX]; /* by number; NULL until asked for */
};

uint64_t clock_now_ns(void);
static inline uint64_t trace_elapsed_ns(const struct tracer *tracer)
{
    return clock_now_ns() - tracer->start_ns;
}
void trace_note(const struct tracer *tracer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void trace_loss(struct tracer *tracer, enum loss_cause cause, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The path of the image the thread runs, for sentences. */
const char *trace_image_name(const struct tracer *tracer, const struct thread *thread);
