/* The mark by which an artefact is known again, and the words about where it comes from. */
#include "model/provenance.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/mem.h"

static const struct {
    const char *before; /* the artefact, in which M stands for the mark */
    bool stamped;
} stamp_rows[] = {
    {"{\"comment\": \"M\"}\n", true},
    {"M", true},
    {"# M\nprofile x {}\n# M\n", true}, /* the first is the mark, the other is text */
    {"no mark", false},
    {"", false},
    {"profgen-mark:00", false},
};

static void expand(struct buf *out, const char *text)
{
    for (; *text; text++)
        if (*text == 'M')
            buf_add_text(out, PROVENANCE_MARK);
        else
            buf_add_char(out, *text);
}

Test(provenance, a_stamped_artefact_is_known_again)
{
    for (size_t i = 0; i < ARRAY_COUNT(stamp_rows); i++) {
        AUTO_BUF struct buf artefact = BUF_INIT;
        expand(&artefact, stamp_rows[i].before);
        cr_expect_eq(provenance_stamp(&artefact), stamp_rows[i].stamped, "row %zu", i);
        cr_expect_eq(provenance_state(artefact.data, artefact.length),
                     stamp_rows[i].stamped ? PROVENANCE_INTACT : PROVENANCE_NONE, "row %zu", i);
    }
}

Test(provenance, any_changed_byte_is_noticed)
{
    AUTO_BUF struct buf artefact = BUF_INIT;
    expand(&artefact, "{\"syscalls\": [\"read\"], \"comment\": \"M\", \"more\": [1, 2]}\n");
    cr_assert(provenance_stamp(&artefact));
    for (size_t i = 0; i < artefact.length; i++) {
        artefact.data[i] = (char)(artefact.data[i] ^ 1);
        cr_expect_neq(provenance_state(artefact.data, artefact.length), PROVENANCE_INTACT, "byte %zu", i);
        artefact.data[i] = (char)(artefact.data[i] ^ 1);
    }
    cr_expect_eq(provenance_state(artefact.data, artefact.length), PROVENANCE_INTACT);
    cr_expect_eq(provenance_state(artefact.data, artefact.length - 1), PROVENANCE_CHANGED);
}

Test(provenance, the_words_are_one_printable_line)
{
    AUTO(recording_free_cleanup) struct recording *recording = recording_new();
    struct run *run = recording_add_run(recording);
    run->command = mem_zero(2, sizeof(*run->command));
    run->command_count = 2;
    run->command[0] = recording_string(recording, "sh");
    run->command[1] = recording_string(recording, "a\nb\x1b[31m*/ \xff");
    run->kernel = recording_string(recording, "6.1.0");
    run->end = END_EXITED;
    AUTO_BUF struct buf text = BUF_INIT;
    provenance_describe(recording, &text);
    cr_expect(strstr(text.data, "sh a\\x0ab\\x1b[31m*/ \\xff (Linux 6.1.0,"), "%s", text.data);
    cr_expect(strstr(text.data, ", complete)"), "%s", text.data);
    cr_expect_null(strstr(text.data, "INCOMPLETE"));
    cr_expect_null(strchr(text.data, '\n'));
    recording_loss(recording, run, LOSS_IO_URING, 2, "x");
    recording_loss(recording, run, LOSS_PATH, 1, "y");
    buf_clear(&text);
    provenance_describe(recording, &text);
    cr_expect(strstr(text.data, "INCOMPLETE: 3 losses (io-uring, path)"), "%s", text.data);
}

Test(provenance, a_long_command_is_cut_at_a_character)
{
    AUTO(recording_free_cleanup) struct recording *recording = recording_new();
    struct run *run = recording_add_run(recording);
    AUTO_BUF struct buf word = BUF_INIT;
    for (int i = 0; i < 1000; i++)
        buf_add_text(&word, "\xc3\xa9"); /* é */
    run->command = mem_zero(1, sizeof(*run->command));
    run->command_count = 1;
    run->command[0] = recording_string(recording, word.data);
    run->end = END_EXITED;
    AUTO_BUF struct buf text = BUF_INIT;
    provenance_describe(recording, &text);
    cr_expect_lt(text.length, 400u);
    cr_expect(strstr(text.data, "\xc3\xa9… (Linux unknown,"), "%s", text.data);
}
