#include "model/saturation.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/syscall.h"

struct sighting {
    enum abi abi;
    uint32_t number;
    size_t recording;
    uint64_t first_ns;
};

struct sightings {
    struct sighting *items;
    size_t count;
    size_t capacity;
    size_t recording;
};

static void add_sighting(void *context, const struct image *image, enum abi abi, const struct call_record *call)
{
    (void)image;
    struct sightings *all = context;
    if (call_record_total(call) == 0)
        return;
    MEM_GROW(all->items, all->count, all->capacity);
    all->items[all->count++] = (struct sighting){abi, call->number, all->recording, call->first_ns};
}

static int compare_sightings(const void *left, const void *right)
{
    const struct sighting *a = left;
    const struct sighting *b = right;
    if (a->abi != b->abi)
        return a->abi < b->abi ? -1 : 1;
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    if (a->recording != b->recording)
        return a->recording < b->recording ? -1 : 1;
    return a->first_ns < b->first_ns ? -1 : a->first_ns > b->first_ns;
}

static uint64_t longest_run(const struct recording *recording)
{
    uint64_t longest = 0;
    for (size_t i = 0; i < recording->run_count; i++)
        if (recording->runs[i].duration_ns > longest)
            longest = recording->runs[i].duration_ns;
    return longest;
}

/* Shares of a duration, compared without division. */
static bool is_later(uint64_t a, uint64_t a_of, uint64_t b, uint64_t b_of)
{
    return (__int128)a * (b_of ? b_of : 1) > (__int128)b * (a_of ? a_of : 1);
}

/* What ends a process comes last however long it was watched. */
static bool ends_process(const struct sighting *call)
{
    const struct syscall *syscall = syscall_by_number(call->abi, call->number);
    return syscall && (strcmp(syscall->name, "exit_group") == 0 || strcmp(syscall->name, "exit") == 0);
}

static void see_first(struct saturation *ret, const struct sighting *first, uint64_t duration)
{
    if (ends_process(first))
        return;
    if (ret->duration_ns && !is_later(first->first_ns, duration, ret->last_new_ns, ret->duration_ns))
        return;
    ret->last_new_ns = first->first_ns;
    ret->duration_ns = duration;
    ret->last_abi = first->abi;
    ret->last_number = first->number;
}

void saturation_measure(const struct recording *const *recordings, size_t count, struct saturation *ret)
{
    struct sightings all = {0};
    for (all.recording = 0; all.recording < count; all.recording++)
        recording_each_call(recordings[all.recording], add_sighting, &all);
    if (all.count > 0)
        qsort(all.items, all.count, sizeof(all.items[0]), compare_sightings);
    struct saturation result = {.recordings = count};
    for (size_t i = 0, next; i < all.count; i = next) {
        const struct sighting *call = &all.items[i];
        size_t seen_in = 0;
        for (next = i; next < all.count && all.items[next].abi == call->abi && all.items[next].number == call->number;
             next++) {
            const struct sighting *here = &all.items[next];
            if (next > i && here->recording == here[-1].recording)
                continue;
            seen_in++;
            see_first(&result, here, longest_run(recordings[here->recording]));
        }
        result.calls++;
        result.calls_in_one += count > 1 && seen_in == 1;
    }
    free(all.items);
    *ret = result;
}

bool saturation_reached(const struct saturation *saturation)
{
    return saturation->calls_in_one == 0 && saturation->last_new_ns <= saturation->duration_ns / 2;
}

void saturation_describe(const struct saturation *saturation, struct buf *out)
{
    char name[SYSCALL_NAME_MAX];
    uint64_t percent = saturation->duration_ns ? saturation->last_new_ns * 100 / saturation->duration_ns : 100;
    buf_printf(out, "the last new system call (%s) came %.1f s into a run of %.1f s (%u%%)",
               syscall_name(saturation->last_abi, saturation->last_number, name),
               (double)saturation->last_new_ns / 1e9, (double)saturation->duration_ns / 1e9,
               (unsigned)(percent > 100 ? 100 : percent));
    if (saturation->recordings > 1)
        buf_printf(out, "; %zu of %zu calls appear in only one of %zu recordings", saturation->calls_in_one,
                   saturation->calls, saturation->recordings);
}
