#include "model/recording.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define UNDER_SANITIZER 1
#elif defined(__has_feature)
#define UNDER_SANITIZER __has_feature(address_sanitizer)
#else
#define UNDER_SANITIZER 0
#endif

static uint32_t image_named(struct recording *recording, const char *name)
{
    return recording_image(recording, recording_string(recording, name), STRING_NONE, STRING_NONE);
}

Test(recording, every_name_is_found_again_and_unknown_ones_are_not)
{
    for (unsigned i = 0; i < ACCESS_BITS; i++)
        cr_assert_eq(access_from_name(access_name(i)), 1u << i);
    for (unsigned i = 0; i < FILE_TYPE_COUNT; i++)
        cr_assert_eq(file_type_from_name(file_type_name((enum file_type)i)), i);
    for (unsigned i = 0; i < FACT_KIND_COUNT; i++)
        cr_assert_eq(fact_kind_from_name(fact_kind_name((enum fact_kind)i)), i);
    for (unsigned i = 0; i < END_COUNT; i++)
        cr_assert_eq(run_end_from_name(run_end_name((enum run_end)i)), i);
    for (unsigned i = 0; i < LOSS_CAUSE_COUNT; i++) {
        cr_assert_eq(loss_cause_from_name(loss_cause_name((enum loss_cause)i)), i);
        cr_assert_gt(strlen(loss_cause_sentence((enum loss_cause)i)), 20);
    }
    cr_assert_eq(access_from_name("reed"), 0);
    cr_assert_eq(file_type_from_name(""), FILE_TYPE_COUNT);
    cr_assert_eq(fact_kind_from_name("Socket"), FACT_KIND_COUNT);
    cr_assert_eq(run_end_from_name("x"), END_COUNT);
    cr_assert_eq(loss_cause_from_name("x"), LOSS_CAUSE_COUNT);
}

Test(recording, an_image_is_its_three_strings)
{
    AUTO(recording_free_cleanup) struct recording *recording = recording_new();
    uint32_t a = recording_string(recording, "/bin/a");
    uint32_t b = recording_string(recording, "/bin/b");
    uint32_t plain = recording_image(recording, a, STRING_NONE, STRING_NONE);
    uint32_t dynamic = recording_image(recording, a, b, STRING_NONE);
    uint32_t script = recording_image(recording, a, b, b);
    cr_assert(plain != dynamic && dynamic != script && plain != script);
    cr_assert_eq(recording_image(recording, a, b, b), script);
    cr_assert_eq(recording_image(recording, a, STRING_NONE, STRING_NONE), plain);
    cr_assert_eq(recording->image_count, 3);
}

Test(recording, a_nul_byte_is_kept_as_an_at_sign)
{
    AUTO(recording_free_cleanup) struct recording *recording = recording_new();
    uint32_t string = recording_bytes(recording, "\0a\0b", 4);
    cr_assert_str_eq(recording_text(recording, string), "@a@b");
    cr_assert_null(recording_text(recording, STRING_NONE));
}

/* ---- calls ---------------------------------------------------------------------------------- */

struct seen {
    size_t count;
    uint64_t order[64];
};

static void note_call(void *context, const struct image *image, enum abi abi, const struct call_record *call)
{
    (void)image;
    struct seen *seen = context;
    seen->order[seen->count++] = (uint64_t)abi << 32 | call->number;
}

Test(recording, calls_come_in_order_of_image_abi_and_number_and_do_not_move)
{
    AUTO(recording_free_cleanup) struct recording *recording = recording_new();
    uint32_t image = image_named(recording, "/bin/a");
    static const struct {
        enum abi abi;
        uint64_t number;
    } calls[] = {
        {ABI_I386, 4},      {ABI_X86_64, 1023},   {ABI_X86_64, 0},          {ABI_X86_64, 70000},
        {ABI_X86_64, 1024}, {ABI_X86_64, 63},     {ABI_X86_64, UINT64_MAX}, {ABI_ARM, 0xf0005},
        {ABI_X86_64, 64},   {ABI_X86_64, 0xf0005},
    };
    struct call_record *records[ARRAY_COUNT(calls)];
    for (size_t i = 0; i < ARRAY_COUNT(calls); i++)
        records[i] = recording_call(recording, image, calls[i].abi, calls[i].number);
    for (size_t i = 0; i < ARRAY_COUNT(calls); i++)
        cr_assert_eq(recording_call(recording, image, calls[i].abi, calls[i].number), records[i]);

    static const uint64_t expected[] = {0, 63, 64, 1023, 1024, 70000, 0xf0005, UINT32_MAX,
                                        (uint64_t)ABI_I386 << 32 | 4, (uint64_t)ABI_ARM << 32 | 0xf0005};
    struct seen seen = {0};
    recording_each_call(recording, note_call, &seen);
    cr_assert_eq(seen.count, ARRAY_COUNT(expected));
    for (size_t i = 0; i < seen.count; i++)
        cr_assert_eq(seen.order[i], expected[i], "call %zu is %#lx", i, (unsigned long)seen.order[i]);
    cr_assert(recording_used_abi(recording, ABI_I386));
    cr_assert_not(recording_used_abi(recording, ABI_X32));
}

Test(recording, invented_call_numbers_are_bounded)
{
    AUTO(recording_free_cleanup) struct recording *recording = recording_new();
    uint32_t image = image_named(recording, "/bin/a");
    for (uint64_t i = 0; i < CALL_STRAY_MAX; i++)
        cr_assert_not_null(recording_call(recording, image, ABI_X86_64, 1000000 - i));
    cr_assert_null(recording_call(recording, image, ABI_X86_64, 5000000));
    cr_assert_not_null(recording_call(recording, image, ABI_X86_64, 1000000), "one that is there is still found");
    cr_assert_not_null(recording_call(recording, image, ABI_X86_64, 1), "a small number always fits");
    cr_assert_null(recording_call(recording, IMAGE_NONE, ABI_X86_64, 1));
}

Test(recording, results_are_sorted_and_counted)
{
    struct call_record call = {0};
    cr_assert_not(call_record_always(&call, ENOSYS), "nothing seen is not always");
    call_record_result(&call, ENOSYS, 2);
    call_record_result(&call, ENOSYS, 1);
    cr_assert(call_record_always(&call, ENOSYS));
    cr_assert_not(call_record_always(&call, 0));
    call_record_result(&call, 0, 5);
    call_record_result(&call, EPERM, 1);
    cr_assert_not(call_record_always(&call, ENOSYS));
    cr_assert_eq(call.results_seen, 9);
    cr_assert_eq(call.result_count, 3);
    cr_assert(call.results[0].error == 0 && call.results[0].count == 5);
    cr_assert(call.results[1].error == EPERM && call.results[1].count == 1);
    cr_assert(call.results[2].error == ENOSYS && call.results[2].count == 3);
    free(call.results);
}

Test(recording, argument_values_keep_the_smallest_in_any_order)
{
    struct call_record up = {0};
    struct call_record down = {0};
    for (uint64_t i = 0; i < ARG_VALUES_MAX; i++) {
        call_record_arg(&up, 2, i * 3);
        call_record_arg(&up, 2, i * 3);
        cr_assert_not(up.args[2]->overflow);
    }
    for (uint64_t i = 0; i < 100; i++) {
        call_record_arg(&up, 2, i * 3);
        call_record_arg(&down, 2, (99 - i) * 3);
    }
    cr_assert(up.args[2]->overflow && down.args[2]->overflow);
    cr_assert_eq(up.args[2]->count, ARG_VALUES_MAX);
    cr_assert_eq(memcmp(up.args[2], down.args[2], sizeof(struct arg_values)), 0);
    cr_assert_eq(up.args[2]->values[ARG_VALUES_MAX - 1], (ARG_VALUES_MAX - 1) * 3);
    cr_assert_null(up.args[0]);
    free(up.args[2]);
    free(down.args[2]);
}

/* ---- paths, facts, losses --------------------------------------------------------------------- */

Test(recording, a_path_is_kept_once_per_image)
{
    AUTO(recording_free_cleanup) struct recording *recording = recording_new();
    uint32_t a = image_named(recording, "/bin/a");
    uint32_t b = image_named(recording, "/bin/b");
    uint32_t path = recording_string(recording, "/etc/hosts");
    recording_path(recording, path, a, PHASE_STARTUP, ACCESS_PROBE, FILE_UNKNOWN);
    recording_path(recording, path, a, PHASE_SERVING, ACCESS_READ, FILE_REGULAR);
    const struct path_record *record =
        recording_path(recording, path, a, PHASE_SERVING, ACCESS_LOCK, FILE_UNKNOWN);
    cr_assert_eq(record->did[PHASE_STARTUP], ACCESS_PROBE);
    cr_assert_eq(record->did[PHASE_SERVING], ACCESS_READ | ACCESS_LOCK);
    cr_assert_eq(record->type, FILE_REGULAR);
    recording_path(recording, path, b, PHASE_STARTUP, ACCESS_READ, FILE_REGULAR);
    cr_assert_eq(recording->path_count, 2);
    cr_assert_null(recording_path(recording, path, IMAGE_NONE, PHASE_STARTUP, ACCESS_READ, FILE_REGULAR));
}

Test(recording, facts_are_counted_and_bounded_by_kind)
{
    AUTO(recording_free_cleanup) struct recording *recording = recording_new();
    uint32_t image = image_named(recording, "/bin/a");
    struct fact fact = {.kind = FACT_CONNECT, .image = image, .object = STRING_NONE, .note = STRING_NONE};
    for (uint32_t i = 0; i < FACTS_PER_KIND_MAX; i++) {
        fact.value = i;
        cr_assert(recording_fact(recording, &fact, PHASE_STARTUP, 1));
    }
    fact.value = FACTS_PER_KIND_MAX;
    cr_assert_not(recording_fact(recording, &fact, PHASE_STARTUP, 1));
    fact.value = 7;
    cr_assert(recording_fact(recording, &fact, PHASE_SERVING, 4));
    cr_assert_eq(recording->facts[7].count[PHASE_STARTUP], 1);
    cr_assert_eq(recording->facts[7].count[PHASE_SERVING], 4);
    fact.kind = FACT_BIND;
    cr_assert(recording_fact(recording, &fact, PHASE_STARTUP, 1), "another kind has its own room");
    fact.image = IMAGE_NONE;
    cr_assert_not(recording_fact(recording, &fact, PHASE_STARTUP, 1));
}

Test(recording, is_complete_only_when_it_ended_without_a_loss)
{
    AUTO(recording_free_cleanup) struct recording *recording = recording_new();
    cr_assert_not(recording_complete(recording), "no run shows nothing");
    struct run *run = recording_add_run(recording);
    cr_assert_not(recording_complete(recording), "still running");
    run->end = END_EXITED;
    cr_assert(recording_complete(recording));
    recording_loss(recording, run, LOSS_PATH, 0, "nothing");
    cr_assert(recording_complete(recording));
    recording_loss(recording, run, LOSS_PATH, 2, "first");
    recording_loss(recording, run, LOSS_PATH, 1, "second");
    cr_assert_not(recording_complete(recording));
    cr_assert_eq(run->losses[LOSS_PATH].count, 3);
    cr_assert_str_eq(recording_text(recording, run->losses[LOSS_PATH].example), "first");
}

/* ---- size --------------------------------------------------------------------------------------- */

/* DESIGN: the tracer stays under 64 MiB at 1,000 processes and 100,000 paths; the recording may have half. */
Test(recording, a_large_workload_fits_in_half_of_the_memory_bar)
{
    if (UNDER_SANITIZER)
        cr_skip_test("the sanitizer's allocator does not count as malloc does");
    size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    AUTO(recording_free_cleanup) struct recording *recording = recording_new();
    char name[128];
    for (unsigned i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof(name), "/usr/lib/programs/number-%u/bin/program", i);
        uint32_t image = image_named(recording, name);
        for (uint64_t number = 0; number < 350; number += 6) {
            struct call_record *call = recording_call(recording, image, ABI_X86_64, number);
            call_record_result(call, 0, 1);
            if (number % 24 == 0)
                call_record_arg(call, 1, number);
        }
    }
    for (uint32_t i = 0; i < 100000; i++) {
        (void)snprintf(name, sizeof(name), "/srv/data/some/where/deeper/%03u/file-with-a-name-%06u.txt", i / 1000, i);
        recording_path(recording, recording_string(recording, name), i % 1000, PHASE_SERVING, ACCESS_READ,
                       FILE_REGULAR);
    }
    size_t used = mallinfo2().uordblks + mallinfo2().hblkhd - before;
    cr_assert_lt(used, 32u << 20, "%zu bytes", used);
}
