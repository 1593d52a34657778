#include <assert.h>

#include "base/mem.h"
#include "model/recording.h"
#include "model/recording_index.h"

/* The numbers of other's strings and images in the recording that takes them in. */
struct merge {
    struct recording *to;
    const struct recording *from;
    uint32_t *strings;
    uint32_t *images;
    size_t first_run; /* the first of from's runs in to */
};

/* STRING_NONE until it is needed. */
static uint32_t merged_string(struct merge *merge, uint32_t string)
{
    if (string == STRING_NONE)
        return STRING_NONE;
    if (merge->strings[string] == STRING_NONE) {
        size_t length;
        const char *bytes = intern_get(merge->from->strings, string, &length);
        merge->strings[string] = intern_add(merge->to->strings, bytes, length);
    }
    return merge->strings[string];
}

/* What no longer fits is a loss of the runs that brought it. */
static void merge_loss(struct merge *merge, enum loss_cause cause)
{
    if (merge->first_run < merge->to->run_count)
        recording_loss(merge->to, &merge->to->runs[merge->first_run], cause, 1, "dropped while merging recordings");
}

static void merge_run(struct merge *merge, const struct run *from)
{
    struct run run = *from;
    run.command = mem_zero(from->command_count, sizeof(*run.command));
    for (size_t i = 0; i < from->command_count; i++)
        run.command[i] = merged_string(merge, from->command[i]);
    uint32_t *const strings[] = {&run.directory, &run.kernel,      &run.machine,
                                 &run.libc,      &run.method, &run.serving_sign};
    for (size_t i = 0; i < ARRAY_COUNT(strings); i++)
        *strings[i] = merged_string(merge, *strings[i]);
    for (unsigned cause = 0; cause < LOSS_CAUSE_COUNT; cause++)
        run.losses[cause].example = merged_string(merge, run.losses[cause].example);
    *recording_add_run(merge->to) = run;
}

static void merge_image(struct merge *merge, size_t number)
{
    const struct image *from = &merge->from->images[number];
    uint32_t to = recording_image(merge->to, merged_string(merge, from->path), merged_string(merge, from->interpreter),
                                  merged_string(merge, from->script));
    merge->images[number] = to;
    if (to == IMAGE_NONE)
        return;
    struct image *image = &merge->to->images[to];
    image->execs = count_sum(image->execs, from->execs);
    image->processes = count_sum(image->processes, from->processes);
}

static void merge_args(struct call_record *to, const struct call_record *from)
{
    for (unsigned i = 0; i < ARRAY_COUNT(from->args); i++) {
        const struct arg_values *set = from->args[i];
        for (uint32_t k = 0; set && k < set->count; k++)
            call_record_arg(to, i, set->values[k]);
        if (!set || !set->overflow)
            continue;
        if (!to->args[i])
            to->args[i] = mem_zero(1, sizeof(*to->args[i]));
        to->args[i]->overflow = true;
    }
}

static void merge_call(void *context, const struct image *image, enum abi abi, const struct call_record *from)
{
    struct merge *merge = context;
    uint32_t number = merge->images[image - merge->from->images];
    struct call_record *to = recording_call(merge->to, number, abi, from->number);
    if (!to) {
        merge_loss(merge, LOSS_STRAY_NUMBERS);
        return;
    }
    if (call_record_total(to) == 0 || from->first_ns < to->first_ns)
        to->first_ns = from->first_ns;
    for (unsigned phase = 0; phase < PHASE_COUNT; phase++)
        to->count[phase] = count_sum(to->count[phase], from->count[phase]);
    for (size_t i = 0; i < from->result_count; i++)
        call_record_result(to, from->results[i].error, from->results[i].count);
    merge_args(to, from);
}

static void merge_path(struct merge *merge, const struct path_record *from)
{
    uint32_t image = merge->images[from->image];
    uint32_t path = merged_string(merge, from->path);
    struct path_record *to = NULL;
    for (unsigned phase = 0; phase < PHASE_COUNT; phase++)
        to = recording_path(merge->to, path, image, (enum phase)phase, from->did[phase], from->type);
    if (!to)
        merge_loss(merge, LOSS_PATHS);
    else if (from->probe_error && (!to->probe_error || from->probe_error < to->probe_error))
        to->probe_error = from->probe_error;
}

static void merge_fact(struct merge *merge, const struct fact *from)
{
    struct fact fact = *from;
    fact.image = merge->images[from->image];
    fact.subject = merged_string(merge, from->subject);
    fact.object = merged_string(merge, from->object);
    fact.note = merged_string(merge, from->note);
    for (unsigned phase = 0; phase < PHASE_COUNT; phase++)
        if (!recording_fact(merge->to, &fact, (enum phase)phase, from->count[phase])) {
            merge_loss(merge, LOSS_FACTS);
            return;
        }
}

void recording_merge(struct recording *recording, const struct recording *other)
{
    assert(recording != other);
    struct merge merge = {.to = recording, .from = other, .first_run = recording->run_count};
    AUTO_FREE uint32_t *strings = mem_zero(intern_count(other->strings), sizeof(*strings));
    AUTO_FREE uint32_t *images = mem_zero(other->image_count, sizeof(*images));
    for (uint32_t i = 0; i < intern_count(other->strings); i++)
        strings[i] = STRING_NONE;
    merge.strings = strings;
    merge.images = images;
    for (size_t i = 0; i < other->run_count; i++)
        merge_run(&merge, &other->runs[i]);
    for (size_t i = 0; i < other->image_count; i++)
        merge_image(&merge, i);
    recording_each_call(other, merge_call, &merge);
    for (size_t i = 0; i < other->path_count; i++)
        merge_path(&merge, &other->paths[i]);
    for (size_t i = 0; i < other->fact_count; i++)
        merge_fact(&merge, &other->facts[i]);
}
