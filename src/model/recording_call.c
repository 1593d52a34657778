#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "model/recording.h"
#include "model/recording_index.h"

static void call_record_free(struct call_record *call)
{
    if (!call)
        return;
    for (size_t i = 0; i < ARRAY_COUNT(call->args); i++)
        free(call->args[i]);
    free(call->results);
    free(call);
}

void call_table_done(struct call_table *table)
{
    for (uint32_t i = 0; i < table->dense_count; i++)
        call_record_free(table->dense[i]);
    for (size_t i = 0; i < table->stray_count; i++)
        call_record_free(table->stray[i]);
    free(table->dense);
    free(table->stray);
    *table = (struct call_table){0};
}

/* Kept sorted by error, so that success, the most frequent, is found first. */
void call_record_result(struct call_record *call, int error, uint64_t count)
{
    call->results_seen = count_sum(call->results_seen, count);
    size_t at = 0;
    while (at < call->result_count && call->results[at].error < error)
        at++;
    if (at == call->result_count || call->results[at].error != error) {
        /* Most calls only ever give one or two results; a thousand images make many calls. */
        if (call->result_count == call->result_capacity) {
            call->result_capacity = call->result_capacity ? call->result_capacity * 2 : 1;
            call->results = mem_resize(call->results, call->result_capacity, sizeof(*call->results));
        }
        memmove(call->results + at + 1, call->results + at, (call->result_count - at) * sizeof(*call->results));
        call->results[at] = (struct call_result){.error = error};
        call->result_count++;
    }
    call->results[at].count = count_sum(call->results[at].count, count);
}

/* Where value is, or belongs. */
static uint32_t value_place(const struct arg_values *set, uint64_t value)
{
    uint32_t low = 0;
    uint32_t high = set->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (set->values[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void call_record_arg(struct call_record *call, unsigned index, uint64_t value)
{
    assert(index < ARRAY_COUNT(call->args));
    if (!call->args[index])
        call->args[index] = mem_zero(1, sizeof(struct arg_values));
    struct arg_values *set = call->args[index];
    uint32_t at = value_place(set, value);
    if (at < set->count && set->values[at] == value)
        return;
    /* When there are too many, the smallest stay, so that the order of adding and merging is no matter. */
    if (set->count == ARG_VALUES_MAX) {
        set->overflow = true;
        if (at == ARG_VALUES_MAX)
            return;
        set->count--;
    }
    memmove(set->values + at + 1, set->values + at, (set->count - at) * sizeof(set->values[0]));
    set->values[at] = value;
    set->count++;
}

uint64_t call_record_total(const struct call_record *call)
{
    return count_sum(call->count[PHASE_STARTUP], call->count[PHASE_SERVING]);
}

bool call_record_always(const struct call_record *call, int error)
{
    return call->result_count == 1 && call->results[0].error == error && call->results[0].count > 0;
}

static struct call_record *new_call(uint32_t number)
{
    struct call_record *call = mem_zero(1, sizeof(*call));
    call->number = number;
    return call;
}

static struct call_record *dense_call(struct call_table *table, uint32_t number)
{
    if (number >= table->dense_count) {
        uint32_t count = (number / 64 + 1) * 64;
        table->dense = mem_resize(table->dense, count, sizeof(struct call_record *));
        for (uint32_t i = table->dense_count; i < count; i++)
            table->dense[i] = NULL;
        table->dense_count = count;
    }
    return table->dense[number] = new_call(number);
}

/* Sorted by number. */
static struct call_record *stray_call(struct call_table *table, uint32_t number)
{
    size_t low = 0;
    size_t high = table->stray_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (table->stray[middle]->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < table->stray_count && table->stray[low]->number == number)
        return table->stray[low];
    if (table->stray_count == CALL_STRAY_MAX)
        return NULL;
    MEM_GROW(table->stray, table->stray_count, table->stray_capacity);
    memmove(table->stray + low + 1, table->stray + low, (table->stray_count - low) * sizeof(struct call_record *));
    table->stray_count++;
    return table->stray[low] = new_call(number);
}

struct call_record *recording_call(struct recording *recording, uint32_t image, enum abi abi, uint64_t number)
{
    assert(abi < ABI_COUNT);
    if (image >= recording->image_count)
        return NULL;
    struct call_table *table = &recording->images[image].calls[abi];
    if (number < table->dense_count && table->dense[number])
        return table->dense[number];
    /* The kernel, too, looks at 32 bits only: struct seccomp_data.nr is an int (linux/seccomp.h). */
    uint32_t low_half = (uint32_t)number;
    if (low_half >= CALL_DENSE_MAX)
        return stray_call(table, low_half);
    if (low_half < table->dense_count && table->dense[low_half])
        return table->dense[low_half];
    return dense_call(table, low_half);
}

static void each_call_of_table(const struct image *image, enum abi abi, recording_call_visitor *visit, void *context)
{
    const struct call_table *table = &image->calls[abi];
    for (uint32_t i = 0; i < table->dense_count; i++)
        if (table->dense[i])
            visit(context, image, abi, table->dense[i]);
    for (size_t i = 0; i < table->stray_count; i++)
        visit(context, image, abi, table->stray[i]);
}

void recording_each_call(const struct recording *recording, recording_call_visitor *visit, void *context)
{
    for (size_t i = 0; i < recording->image_count; i++)
        for (unsigned abi = 0; abi < ABI_COUNT; abi++)
            each_call_of_table(&recording->images[i], (enum abi)abi, visit, context);
}

static void note_abi(void *context, const struct image *image, enum abi abi, const struct call_record *call)
{
    (void)image;
    (void)call;
    ((bool *)context)[abi] = true;
}

bool recording_used_abi(const struct recording *recording, enum abi abi)
{
    bool used[ABI_COUNT] = {false};
    recording_each_call(recording, note_abi, used);
    return used[abi];
}
