#include "report/recording_text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "report/call_list.h"
#include "report/path_list.h"

static uint32_t image_named(struct recording *recording, const char *name)
{
    return recording_image(recording, recording_string(recording, name), STRING_NONE, STRING_NONE);
}

static struct recording *two_images(void)
{
    struct recording *recording = recording_new();
    recording_add_run(recording)->end = END_EXITED;
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t image = image_named(recording, i ? "/bin/b" : "/bin/a");
        struct call_record *call = recording_call(recording, image, ABI_X86_64, 0);
        call->count[i] = 5;
        call_record_result(call, i ? 11 : 0, 5);
        recording_call(recording, image, i ? ABI_I386 : ABI_X86_64, 4)->count[PHASE_STARTUP] = 1;
        uint32_t path = recording_string(recording, "/tmp/\x1b[2J\xff");
        recording_path(recording, path, image, (enum phase)i, i ? ACCESS_WRITE : ACCESS_READ, FILE_REGULAR);
        recording_path(recording, recording_string(recording, "/"), image, PHASE_STARTUP, ACCESS_LIST, FILE_DIRECTORY);
    }
    return recording;
}

Test(recording_text, calls_are_united_over_images_but_not_over_abis)
{
    AUTO(recording_free_cleanup) struct recording *recording = two_images();
    AUTO_CALL_LIST struct call_list list;
    call_list_init(&list, recording);
    cr_assert_eq(list.count, 3);
    const struct listed_call *read = &list.calls[0];
    cr_assert_str_eq(read->name, "read");
    cr_assert(read->images == 2 && read->count[0] == 5 && read->count[1] == 5);
    cr_assert(read->succeeded == 5 && read->failed == 5 && read->error == 11);
    cr_assert_str_eq(list.calls[1].name, "stat");
    cr_assert_str_eq(list.calls[2].name, "write");
    cr_assert_eq(list.calls[2].abi, ABI_I386);
}

/* What print writes, on the heap. */
static char *printed(const struct recording *recording, void (*print)(const struct recording *, FILE *))
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    print(recording, out);
    (void)fclose(out);
    return text;
}

Test(recording_text, lists_are_sorted_and_each_line_is_there_once)
{
    AUTO(recording_free_cleanup) struct recording *recording = two_images();
    AUTO_FREE char *calls = printed(recording, recording_text_syscalls);
    AUTO_FREE char *paths = printed(recording, recording_text_paths);
    cr_assert_str_eq(calls, "i386 write\nx86_64 read\nx86_64 stat\n");
    cr_assert_str_eq(paths, "list /\nread,write /tmp/\\x1b[2J\\xff\n");
    AUTO(recording_free_cleanup) struct recording *empty = recording_new();
    AUTO_FREE char *nothing = printed(empty, recording_text_paths);
    AUTO_FREE char *no_calls = printed(empty, recording_text_syscalls);
    cr_assert_str_eq(nothing, "");
    cr_assert_str_eq(no_calls, "");
}

static void print_plain(const struct recording *recording, FILE *out)
{
    recording_text_summary(recording, &(struct sheet){.out = out, .color = false, .width = 80});
}

static void print_colored(const struct recording *recording, FILE *out)
{
    recording_text_summary(recording, &(struct sheet){.out = out, .color = true, .width = 80});
}

Test(recording_text, a_summary_fits_the_width_and_nothing_in_it_moves_a_cursor)
{
    AUTO(recording_free_cleanup) struct recording *recording = two_images();
    for (unsigned cause = 0; cause < LOSS_CAUSE_COUNT; cause++)
        recording_loss(recording, &recording->runs[0], (enum loss_cause)cause, cause + 1, "in \x1b]0;evil\x07 words");
    AUTO_FREE char *plain = printed(recording, print_plain);
    AUTO_FREE char *colored = printed(recording, print_colored);
    cr_assert_null(strchr(plain, '\x1b'));
    cr_assert_not_null(strchr(colored, '\x1b'));
    cr_assert_null(strchr(colored, '\x07'));
    cr_assert_null(strstr(colored, "\x1b]"));
    for (const char *line = plain; *line; line += strcspn(line, "\n") + 1)
        cr_expect_leq(strcspn(line, "\n"), 80, "%.*s", (int)strcspn(line, "\n"), line);
    for (unsigned cause = 0; cause < LOSS_CAUSE_COUNT; cause++)
        cr_expect_not_null(strstr(plain, loss_cause_name((enum loss_cause)cause)));
}
