/* Memory, processor and processes: what was used at most, what is declared, and what would fit. */
#include <string.h>

#include "audit/usage_maker.h"
#include "base/human.h"

enum { MIB = 1 << 20 };

/* Far above: more than so many times what is advised, and more than that above it. */
enum { FAR_TIMES = 4, FAR_MEMORY = 128 * MIB, FAR_CPU = 1000, FAR_PIDS = 500 };

struct measure {
    const char *key;
    uint64_t peak;    /* 0: not measured */
    uint64_t request; /* advised */
    uint64_t limit;   /* advised */
    uint64_t far;
};

/* Numbers of a recording may be invented ones. */
static uint64_t mib_bytes(uint64_t mib)
{
    return mib > INT64_MAX / MIB ? INT64_MAX : mib * MIB;
}

static const char *words_of(const struct usage_maker *maker, const char *key, uint64_t number)
{
    char bytes[HUMAN_MAX];
    if (strcmp(key, "memory") == 0)
        return arena_strdup(maker->arena, human_bytes(number, bytes));
    if (strcmp(key, "cpu") == 0)
        return arena_printf(maker->arena, "%llum", (unsigned long long)number);
    return arena_printf(maker->arena, "%llu", (unsigned long long)number);
}

static bool is_far_above(uint64_t declared, uint64_t advised, uint64_t far)
{
    return declared / FAR_TIMES > advised && declared - advised > far;
}

/* A container's own; else the pod's. */
static const struct node *declared_of(const struct usage_maker *maker, const char *key, const char *which)
{
    const struct node *own = node_get(node_get(maker->facts, key), which);
    return own ? own : node_get(node_get(node_get(maker->facts, "pod"), key), which);
}

static void put_one(const struct usage_maker *maker, struct node *fact, const struct measure *measure, const char *which,
                    uint64_t advised)
{
    const struct node *declared = declared_of(maker, measure->key, which);
    int64_t number;
    struct node *item = node_new_map(maker->arena, declared);
    node_put(maker->arena, fact, which, item);
    usage_put_text(maker, item, "advised", words_of(maker, measure->key, advised));
    if (!node_integer(declared, &number) || number <= 0)
        return;
    usage_put_text(maker, item, "declared", words_of(maker, measure->key, (uint64_t)number));
    usage_put_bool(maker, item, "below_peak", (uint64_t)number < measure->peak);
    usage_put_bool(maker, item, "far_above", is_far_above((uint64_t)number, advised, measure->far));
}

static void put_measure(const struct usage_maker *maker, const struct measure *measure)
{
    if (measure->peak == 0)
        return;
    struct node *fact = node_new_map(maker->arena, NULL);
    node_put(maker->arena, maker->used, measure->key, fact);
    usage_put_text(maker, fact, "peak", words_of(maker, measure->key, measure->peak));
    put_one(maker, fact, measure, "limit", measure->limit);
    if (measure->request > 0)
        put_one(maker, fact, measure, "request", measure->request);
}

void usage_put_limits(const struct usage_maker *maker)
{
    const struct advice_load *load = &maker->needs->load;
    const struct advice_limits *limits = &maker->needs->limits;
    const struct measure measures[] = {
        {"memory", load->peak_memory_bytes, mib_bytes(limits->memory_request_mib), mib_bytes(limits->memory_limit_mib), FAR_MEMORY},
        {"cpu", limits->cpu_mean_milli, limits->cpu_request_milli, limits->cpu_limit_milli, FAR_CPU},
        {"pids", load->peak_threads > load->peak_processes ? load->peak_threads : load->peak_processes, 0, limits->pids_limit,
         FAR_PIDS},
    };
    for (size_t i = 0; i < ARRAY_COUNT(measures); i++)
        put_measure(maker, &measures[i]);
    usage_put_int(maker, maker->used, "margin", limits->margin);
}
