/* What a workload asks of what is underneath, and the limits that follow from its peaks. */
#include "model/advice_usage.h"

#include <string.h>

#include "base/mem.h"

static const char *const opens[] = {"open", "openat", "openat2", "creat", NULL};
static const char *const reads[] = {"read", "pread64", "readv", "preadv", "preadv2", NULL};
static const char *const looks[] = {"stat",     "lstat",      "newfstatat", "fstatat64", "stat64", "lstat64",
                                    "statx",    "access",     "faccessat",  "faccessat2", "readlink", "readlinkat",
                                    NULL};

enum { NS_PER_SECOND = 1000000000, MIB = 1 << 20 };

static uint64_t max_u64(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* count / ns as a number per second. */
static uint64_t per_second(uint64_t count, uint64_t nanoseconds)
{
    return nanoseconds ? advice_bound((unsigned __int128)count * NS_PER_SECOND / nanoseconds) : 0;
}

static void measure_runs(const struct recording *recording, struct advice_load *load)
{
    for (size_t i = 0; i < recording->run_count; i++) {
        const struct run *run = &recording->runs[i];
        bool served = run->serving_ns != UINT64_MAX && run->serving_ns <= run->duration_ns;
        load->served = load->served || served;
        load->duration_ns = advice_sum(load->duration_ns, run->duration_ns);
        load->startup_ns = advice_sum(load->startup_ns, served ? run->serving_ns : run->duration_ns);
        uint64_t memory = max_u64(run->resources.total_memory_bytes, run->resources.peak_memory_bytes);
        load->peak_memory_bytes = max_u64(load->peak_memory_bytes, memory);
        load->peak_processes = max_u64(load->peak_processes, run->resources.peak_processes);
        load->peak_threads = max_u64(load->peak_threads, run->resources.peak_threads);
    }
}

static void measure_calls(const struct advice_usage *usage, struct advice_load *load)
{
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        for (size_t number = 0; number < CALL_DENSE_MAX; number++) {
            const struct call_use *use = &usage->calls[abi][number];
            load->calls = advice_sum(load->calls, call_use_total(use));
            load->serving_calls = advice_sum(load->serving_calls, use->count[PHASE_SERVING]);
        }
}

/* Each path once, though several images opened it. */
static uint64_t count_files(const struct recording *recording)
{
    const size_t strings = intern_count(recording->strings);
    AUTO_FREE bool *counted = mem_zero(strings, sizeof(*counted));
    uint64_t count = 0;
    for (size_t i = 0; i < recording->path_count; i++) {
        const struct path_record *path = &recording->paths[i];
        if (path->type != FILE_REGULAR || !(path->did[PHASE_STARTUP] & ACCESS_READ) || counted[path->path])
            continue;
        counted[path->path] = true;
        count++;
    }
    return count;
}

void advice_load_measure(const struct advice_usage *usage, struct advice_load *ret)
{
    struct advice_load load = {0};
    measure_runs(usage->recording, &load);
    measure_calls(usage, &load);
    load.opens = advice_usage_count(usage, opens, PHASE_STARTUP);
    load.reads = advice_usage_count(usage, reads, PHASE_STARTUP);
    load.looks = advice_usage_count(usage, looks, PHASE_STARTUP);
    load.files = count_files(usage->recording);
    load.calls_per_second = per_second(load.calls, load.duration_ns);
    if (load.served)
        load.serving_calls_per_second = per_second(load.serving_calls, load.duration_ns - load.startup_ns);
    for (size_t i = 0; i < usage->recording->fact_count; i++)
        load.listens = load.listens || usage->recording->facts[i].kind == FACT_LISTEN;
    *ret = load;
}

/* ---- limits ----------------------------------------------------------------------------------- */

/* ceil(value * (100 + percent) / 100 / unit) */
static uint64_t with_margin(uint64_t value, unsigned percent, uint64_t unit)
{
    unsigned __int128 wide = (unsigned __int128)value * (100 + percent);
    unsigned __int128 divisor = (unsigned __int128)unit * 100;
    return advice_bound((wide + divisor - 1) / divisor);
}

/* In thousandths of a processor, of the run that used most. */
static uint64_t mean_cpu_milli(const struct recording *recording)
{
    uint64_t most = 0;
    for (size_t i = 0; i < recording->run_count; i++) {
        const struct run *run = &recording->runs[i];
        if (run->duration_ns == 0)
            continue;
        unsigned __int128 used = (unsigned __int128)run->resources.cpu_user_ns + run->resources.cpu_system_ns;
        most = max_u64(most, advice_bound((used * 1000 + run->duration_ns - 1) / run->duration_ns));
    }
    return most;
}

void advice_limits_make(const struct advice_usage *usage, unsigned margin, struct advice_limits *ret)
{
    struct advice_load load = {0};
    measure_runs(usage->recording, &load);
    struct advice_limits limits = {.margin = margin};
    limits.memory_request_mib = with_margin(load.peak_memory_bytes, 0, MIB);
    if (load.peak_memory_bytes > 0)
        limits.memory_limit_mib = max_u64(with_margin(load.peak_memory_bytes, margin, MIB), ADVICE_MEMORY_MIN_MIB);
    limits.cpu_mean_milli = mean_cpu_milli(usage->recording);
    limits.cpu_request_milli = with_margin(limits.cpu_mean_milli, margin, 1);
    /* Only the mean is known: bursts are given the rest of the processor that they began. */
    limits.cpu_limit_milli = advice_bound((unsigned __int128)with_margin(limits.cpu_request_milli, 0, 1000) * 1000);
    uint64_t tasks = max_u64(load.peak_threads, load.peak_processes);
    if (tasks > 0)
        limits.pids_limit = max_u64(with_margin(tasks, margin, 1), advice_sum(tasks, ADVICE_SPARE_TASKS));
    *ret = limits;
}
