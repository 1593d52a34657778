/*
 * Merging, as laws over random recordings: sums add up, sets unite, order is no matter, and what is
 * there already adds nothing but counts.
 */
#include "model/recording_file.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* xorshift64: the same recordings on every machine. */
static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static uint32_t below(uint64_t *state, uint32_t bound)
{
    return (uint32_t)(next(state) % bound);
}

static uint32_t numbered(struct recording *recording, const char *format, uint32_t number)
{
    char name[64];
    (void)snprintf(name, sizeof(name), "%s%u", format, number);
    return recording_string(recording, name);
}

static void add_random_call(struct recording *recording, uint32_t image, uint64_t *state)
{
    static const uint32_t numbers[] = {0, 1, 41, 59, 300, 1023, 1024, 99999};
    struct call_record *call = recording_call(recording, image, (enum abi)below(state, ABI_COUNT),
                                              numbers[below(state, ARRAY_COUNT(numbers))]);
    uint64_t first = below(state, 1000);
    if (call_record_total(call) == 0 || first < call->first_ns)
        call->first_ns = first;
    call->count[below(state, PHASE_COUNT)] += 1 + below(state, 9);
    call_record_result(call, (int)below(state, 40), 1 + below(state, 5));
    for (uint32_t i = below(state, 30); i > 0; i--)
        call_record_arg(call, below(state, 2), below(state, 50));
}

static struct recording *random_recording(uint64_t *state)
{
    struct recording *recording = recording_new();
    struct run *run = recording_add_run(recording);
    run->kernel = numbered(recording, "6.", below(state, 3));
    run->end = END_EXITED;
    if (below(state, 2))
        recording_loss(recording, run, LOSS_PATH, 1 + below(state, 3), "example");
    uint32_t images = 1 + below(state, 4);
    for (uint32_t i = 0; i < images; i++) {
        uint32_t image = recording_image(recording, numbered(recording, "/bin/", below(state, 5)), STRING_NONE,
                                         below(state, 2) ? numbered(recording, "/script/", 1) : STRING_NONE);
        recording->images[image].execs += below(state, 3);
        for (uint32_t k = below(state, 12); k > 0; k--)
            add_random_call(recording, image, state);
        for (uint32_t k = below(state, 20); k > 0; k--) {
            struct path_record *path = recording_path(
                recording, numbered(recording, "/tmp/", below(state, 15)), image, (enum phase)below(state, 2),
                (access_mask)1 << below(state, ACCESS_BITS), (enum file_type)below(state, FILE_TYPE_COUNT));
            if (below(state, 2) && !path->probe_error)
                path->probe_error = below(state, 2) ? ENOENT : EACCES;
        }
        for (uint32_t k = below(state, 9); k > 0; k--) {
            struct fact fact = {.kind = (enum fact_kind)below(state, FACT_KIND_COUNT),
                                .image = image,
                                .subject = numbered(recording, "subject", below(state, 2)),
                                .object = STRING_NONE,
                                .note = STRING_NONE,
                                .value = below(state, 2)};
            recording_fact(recording, &fact, (enum phase)below(state, 2), 1 + below(state, 4));
        }
    }
    return recording;
}

/* ---- a recording as sorted lines, so that two can be compared whatever their order ------------- */

struct lines {
    struct buf lines[4096];
    size_t count;
    bool with_counts;
    const struct recording *recording;
};

static struct buf *add_line(struct lines *lines)
{
    cr_assert_lt(lines->count, ARRAY_COUNT(lines->lines));
    return &lines->lines[lines->count++];
}

static void add_image_name(struct lines *lines, struct buf *line, const struct image *image)
{
    const char *script = recording_text(lines->recording, image->script);
    buf_printf(line, "%s %s", recording_text(lines->recording, image->path), script ? script : "-");
}

static void add_call_lines(void *context, const struct image *image, enum abi abi, const struct call_record *call)
{
    struct lines *lines = context;
    struct buf *line = add_line(lines);
    add_image_name(lines, line, image);
    buf_printf(line, " call %u %u first %" PRIu64, abi, call->number, call->first_ns);
    for (unsigned i = 0; i < PHASE_COUNT; i++)
        buf_printf(line, " %" PRIu64, lines->with_counts ? call->count[i] : call->count[i] > 0);
    for (size_t i = 0; i < call->result_count; i++)
        buf_printf(line, " result %d %" PRIu64, call->results[i].error,
                   lines->with_counts ? call->results[i].count : 1);
    for (unsigned i = 0; i < ARRAY_COUNT(call->args); i++) {
        const struct arg_values *set = call->args[i];
        if (set)
            buf_printf(line, " arg %u %s", i, set->overflow ? "overflow" : "");
        for (uint32_t k = 0; set && k < set->count; k++)
            buf_printf(line, " %" PRIu64, set->values[k]);
    }
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(buf_text(a), buf_text(b));
}

static char *as_lines(const struct recording *recording, bool with_counts)
{
    struct lines *lines = mem_zero(1, sizeof(*lines));
    lines->recording = recording;
    lines->with_counts = with_counts;
    for (size_t i = 0; i < recording->image_count; i++) {
        struct buf *line = add_line(lines);
        add_image_name(lines, line, &recording->images[i]);
        buf_printf(line, " execs %" PRIu64, with_counts ? recording->images[i].execs : 0);
    }
    recording_each_call(recording, add_call_lines, lines);
    for (size_t i = 0; i < recording->path_count; i++) {
        const struct path_record *path = &recording->paths[i];
        struct buf *line = add_line(lines);
        add_image_name(lines, line, &recording->images[path->image]);
        buf_printf(line, " path %s %x %x %d %d", recording_text(recording, path->path), path->did[0], path->did[1],
                   (int)path->type, path->probe_error);
    }
    for (size_t i = 0; i < recording->fact_count; i++) {
        const struct fact *fact = &recording->facts[i];
        struct buf *line = add_line(lines);
        add_image_name(lines, line, &recording->images[fact->image]);
        buf_printf(line, " fact %d %s %" PRIu64, (int)fact->kind, recording_text(recording, fact->subject),
                   fact->value);
        for (unsigned k = 0; k < PHASE_COUNT; k++)
            buf_printf(line, " %" PRIu64, with_counts ? fact->count[k] : fact->count[k] > 0);
    }
    for (size_t i = 0; i < recording->run_count && with_counts; i++) {
        const struct run *run = &recording->runs[i];
        buf_printf(add_line(lines), "run %s losses %" PRIu64, recording_text(recording, run->kernel),
                   run->losses[LOSS_PATH].count);
    }
    qsort(lines->lines, lines->count, sizeof(lines->lines[0]), compare_lines);
    AUTO_BUF struct buf all = BUF_INIT;
    for (size_t i = 0; i < lines->count; i++) {
        buf_printf(&all, "%s\n", buf_text(&lines->lines[i]));
        buf_done(&lines->lines[i]);
    }
    free(lines);
    return buf_take(&all);
}

static struct recording *merged(const struct recording *a, const struct recording *b)
{
    struct recording *both = recording_new();
    recording_merge(both, a);
    recording_merge(both, b);
    return both;
}

static void assert_same(const struct recording *a, const struct recording *b, bool with_counts)
{
    AUTO_FREE char *left = as_lines(a, with_counts);
    AUTO_FREE char *right = as_lines(b, with_counts);
    cr_assert_str_eq(left, right);
}

enum { ROUNDS = 200 };

Test(recording_merge, into_nothing_copies)
{
    uint64_t state = 1;
    for (unsigned round = 0; round < ROUNDS; round++) {
        AUTO(recording_free_cleanup) struct recording *a = random_recording(&state);
        AUTO(recording_free_cleanup) struct recording *copy = recording_new();
        recording_merge(copy, a);
        AUTO_BUF struct buf text_a = BUF_INIT;
        AUTO_BUF struct buf text_copy = BUF_INIT;
        recording_write(a, &text_a);
        recording_write(copy, &text_copy);
        cr_assert_str_eq(buf_text(&text_a), buf_text(&text_copy));
    }
}

Test(recording_merge, is_commutative_up_to_order)
{
    uint64_t state = 2;
    for (unsigned round = 0; round < ROUNDS; round++) {
        AUTO(recording_free_cleanup) struct recording *a = random_recording(&state);
        AUTO(recording_free_cleanup) struct recording *b = random_recording(&state);
        AUTO(recording_free_cleanup) struct recording *ab = merged(a, b);
        AUTO(recording_free_cleanup) struct recording *ba = merged(b, a);
        assert_same(ab, ba, true);
        cr_assert_eq(recording_complete(ab), recording_complete(a) && recording_complete(b));
    }
}

Test(recording_merge, is_associative_up_to_order)
{
    uint64_t state = 3;
    for (unsigned round = 0; round < ROUNDS; round++) {
        AUTO(recording_free_cleanup) struct recording *a = random_recording(&state);
        AUTO(recording_free_cleanup) struct recording *b = random_recording(&state);
        AUTO(recording_free_cleanup) struct recording *c = random_recording(&state);
        AUTO(recording_free_cleanup) struct recording *ab = merged(a, b);
        AUTO(recording_free_cleanup) struct recording *bc = merged(b, c);
        AUTO(recording_free_cleanup) struct recording *left = merged(ab, c);
        AUTO(recording_free_cleanup) struct recording *right = merged(a, bc);
        assert_same(left, right, true);
    }
}

Test(recording_merge, is_idempotent_in_sets)
{
    uint64_t state = 4;
    for (unsigned round = 0; round < ROUNDS; round++) {
        AUTO(recording_free_cleanup) struct recording *a = random_recording(&state);
        AUTO(recording_free_cleanup) struct recording *twice = merged(a, a);
        assert_same(a, twice, false);
        cr_assert_eq(twice->run_count, 2);
    }
}

static void add_total(void *context, const struct image *image, enum abi abi, const struct call_record *call)
{
    (void)image;
    (void)abi;
    *(uint64_t *)context += call_record_total(call) + 1000003 * call->results_seen;
}

Test(recording_merge, sums_counts)
{
    uint64_t state = 5;
    for (unsigned round = 0; round < ROUNDS; round++) {
        AUTO(recording_free_cleanup) struct recording *a = random_recording(&state);
        AUTO(recording_free_cleanup) struct recording *b = random_recording(&state);
        AUTO(recording_free_cleanup) struct recording *ab = merged(a, b);
        uint64_t parts = 0;
        uint64_t whole = 0;
        recording_each_call(a, add_total, &parts);
        recording_each_call(b, add_total, &parts);
        recording_each_call(ab, add_total, &whole);
        cr_assert_eq(parts, whole);
    }
}

Test(recording_merge, what_no_longer_fits_is_a_loss)
{
    AUTO(recording_free_cleanup) struct recording *first = recording_new();
    AUTO(recording_free_cleanup) struct recording *second = recording_new();
    struct recording *const parts[] = {first, second};
    for (uint32_t side = 0; side < 2; side++) {
        recording_add_run(parts[side])->end = END_EXITED;
        uint32_t image = recording_image(parts[side], numbered(parts[side], "/bin/", 1), STRING_NONE, STRING_NONE);
        for (uint32_t i = 0; i < FACTS_PER_KIND_MAX / 2 + 1; i++) {
            struct fact fact = {.kind = FACT_BIND, .image = image, .value = side * 100000 + i};
            fact.subject = fact.object = fact.note = STRING_NONE;
            recording_fact(parts[side], &fact, PHASE_STARTUP, 1);
        }
        for (uint32_t i = 0; i < CALL_STRAY_MAX / 2 + 1; i++)
            recording_call(parts[side], image, ABI_X86_64, CALL_DENSE_MAX + side * 100000 + i);
        cr_assert(recording_complete(parts[side]));
    }
    recording_merge(parts[0], parts[1]);
    cr_assert_not(recording_complete(parts[0]));
    cr_assert_eq(parts[0]->runs[0].losses[LOSS_FACTS].count, 0);
    cr_assert_eq(parts[0]->runs[1].losses[LOSS_FACTS].count, 2);
    cr_assert_eq(parts[0]->runs[1].losses[LOSS_STRAY_NUMBERS].count, 2);
}
