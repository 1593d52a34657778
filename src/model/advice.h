/*
 * Where a recorded workload could run, and what that would cost.
 *
 * Knowledge is data (profiles/advice-platforms.csv, advice-rules.csv, advice-costs.csv, gvisor-calls.csv,
 * libos-calls.csv): a rule names a predicate, which looks into the recording and brings the items that made
 * it hold. The verdict on a platform is the best one that its rules leave. Published figures are quoted with
 * their source, never computed from.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data.h"
#include "model/recording.h"

/* In the order of what they leave. */
enum verdict { VERDICT_NO, VERDICT_POSSIBLE, VERDICT_LIKELY, VERDICT_YES };
const char *verdict_name(enum verdict verdict);

/* What evidence does to a verdict: the first three are the best verdict left. */
enum advice_effect { EFFECT_NO, EFFECT_POSSIBLE, EFFECT_LIKELY, EFFECT_NOTE, EFFECT_FITS };
const char *advice_effect_name(enum advice_effect effect);

/* More items of one piece of evidence are counted, not kept. */
#define ADVICE_ITEMS_MAX 64

/* A call, a path, an address: what made a predicate hold. */
struct advice_item {
    char *what;         /* as text: paths are escaped */
    uint64_t count;     /* how often; 0 where that is not counted */
    uint64_t seen;      /* of calls: how many results were seen, */
    uint64_t failed;    /* how many of these were errors, */
    int error;          /* and the most frequent error; 0 when none failed */
    const char *answer; /* the errno that the platform gives, "" where that says nothing */
    const char *detail; /* borrowed from the tables; may be "" */
};

struct advice_evidence {
    const struct data_advice_rules *rule;
    enum advice_effect effect;
    struct advice_item *items;
    size_t item_count;
    size_t item_capacity;
    size_t omitted;
};

struct advice_place {
    const struct data_advice_platforms *platform;
    enum verdict verdict;
    struct advice_evidence *evidence;
    size_t evidence_count;
    size_t evidence_capacity;
};

/* What the workload asks of what is underneath, over all runs. */
struct advice_load {
    uint64_t duration_ns;
    bool served;          /* at least one run began to serve; else start-up is the whole run */
    uint64_t startup_ns;  /* until serving began; of runs that never served, their duration */
    uint64_t opens;       /* in start-up: file opens, */
    uint64_t reads;       /* read calls, of files and all else, */
    uint64_t looks;       /* stat, access and readlink calls, */
    uint64_t files;       /* and distinct regular files opened for reading */
    uint64_t calls;
    uint64_t serving_calls;
    uint64_t calls_per_second;         /* over the whole duration */
    uint64_t serving_calls_per_second; /* 0 when it never served */
    bool listens;
    uint64_t peak_memory_bytes;
    uint64_t peak_processes;
    uint64_t peak_threads;
};

/* What counts as much; yardsticks of this project, not measurements. */
#define ADVICE_MANY_OPENS 200
#define ADVICE_MANY_CALLS 10000 /* a second, traced, which slows them down */

/* Percent added to observed peaks unless said otherwise: a sampled peak of one run is a lower bound, and beyond a
 * memory limit the kernel kills. */
#define ADVICE_MARGIN 50
#define ADVICE_MARGIN_MAX 1000
/* Docker refuses a lower limit (daemon/daemon_unix.go, linuxMinMemory). */
#define ADVICE_MEMORY_MIN_MIB 6
/* Tasks left free in a pids limit at least: a runtime's exec and its shell count, too. */
#define ADVICE_SPARE_TASKS 4

struct advice_limits {
    unsigned margin; /* percent */
    uint64_t memory_request_mib; /* 0 when memory was not measured */
    uint64_t memory_limit_mib;
    uint64_t cpu_mean_milli;
    uint64_t cpu_request_milli;
    uint64_t cpu_limit_milli;
    uint64_t pids_limit; /* 0 when threads were not measured */
};

struct advice_choice {
    const struct data_advice_platforms *platform;  /* what is right as far as the recording tells */
    const struct data_advice_platforms *untrusted; /* when its code is not trusted; NULL when nothing fits */
    char *why;
    char *untrusted_why;
};

struct advice {
    struct advice_load load;
    struct advice_place *places;
    size_t place_count;
    struct advice_limits limits;
    struct advice_choice choice;
    char **unknown; /* sentences: what these recordings cannot know */
    size_t unknown_count;
    size_t run_count;
    bool complete;
};

/* From at least one recording, with at least one run between them. margin is at most ADVICE_MARGIN_MAX. */
struct advice *advice_new(const struct recording *const *recordings, size_t count, unsigned margin);
void advice_free(struct advice *advice);
MEM_DEFINE_CLEANUP(struct advice *, advice_free)

/* NULL when there is no such platform. */
const struct advice_place *advice_place(const struct advice *advice, const char *platform);
/* Whether a published figure has to do with this workload there; none has where it does not run. */
bool advice_cost_applies(const struct advice *advice, const struct advice_place *place,
                         const struct data_advice_costs *cost);
