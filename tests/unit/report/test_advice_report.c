#include "report/advice_report.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* Whose names and numbers come from a hostile workload. */
static struct recording *hostile(void)
{
    struct recording *recording = recording_new();
    struct run *run = recording_add_run(recording);
    run->end = END_EXITED;
    run->duration_ns = INT64_MAX;
    run->resources = (struct resources){.peak_memory_bytes = INT64_MAX, .total_memory_bytes = INT64_MAX,
                                        .cpu_user_ns = INT64_MAX, .cpu_system_ns = INT64_MAX,
                                        .peak_processes = INT64_MAX, .peak_threads = INT64_MAX};
    uint32_t image = recording_image(recording, recording_string(recording, "/\x1b[2J\xff"), STRING_NONE, STRING_NONE);
    recording->images[image].execs = INT64_MAX;
    for (int i = 0; i < 100; i++) {
        char path[64];
        (void)snprintf(path, sizeof(path), "/dev/\x1b]0;%d\x07\xfe", i);
        recording_path(recording, recording_string(recording, path), image, PHASE_STARTUP, ACCESS_READ, FILE_CHARACTER);
    }
    for (uint64_t number = 0; number < 2000; number++) {
        struct call_record *call = recording_call(recording, image, ABI_X86_64, number);
        call->count[PHASE_STARTUP] = INT64_MAX / 2;
        call_record_result(call, number % 2 ? 38 : 0, INT64_MAX / 2);
    }
    return recording;
}

Test(advice_report, text_fits_the_width_and_json_parses_whatever_was_recorded)
{
    AUTO(recording_free_cleanup) struct recording *recording = hostile();
    AUTO(advice_free_cleanup) struct advice *advice =
        advice_new((const struct recording *const[]){recording}, 1, ADVICE_MARGIN_MAX);
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    advice_text(advice, &(struct sheet){.out = out, .color = false, .width = 80});
    (void)fclose(out);
    cr_expect_null(strchr(text, '\x1b'));
    cr_expect_null(strchr(text, '\x07'));
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        cr_expect_leq(strcspn(line, "\n"), 80, "%.*s", (int)strcspn(line, "\n"), line);
    cr_expect_not_null(strstr(text, "; and 92 more"));
    free(text);

    out = open_memstream(&text, &length);
    advice_json(advice, out);
    (void)fclose(out);
    json_error_t error;
    json_t *root = json_loadb(text, length, 0, &error);
    cr_assert_not_null(root, "%s", error.text);
    cr_expect_str_eq(json_string_value(json_object_get(root, "schema")), "profgen-advice/1");
    cr_expect_eq(json_array_size(json_object_get(root, "platforms")), 11);
    json_decref(root);
    free(text);
}
