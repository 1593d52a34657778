#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/wrap.h"

Test(wrap, paragraphs)
{
    static const struct {
        const char *text;
        size_t width;
        const char *expect;
    } rows[] = {
        {"one two three", 80, "one two three\n"},
        {"one two three", 7, "one two\nthree\n"},
        {"one two three", 6, "one\ntwo\nthree\n"},
        {"one\ntwo\nthree", 80, "one two three\n"},
        /* A word that is wider than the column is not broken. */
        {"a incomprehensibilities b", 6, "a\nincomprehensibilities\nb\n"},
        {"one\ntwo\n\nthree", 80, "one two\n\nthree\n"},
        /* Indented lines are kept. */
        {"one\n  two   three four\n  five", 9, "one\n  two   three four\n  five\n"},
        {"", 80, ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_FREE char *got = NULL;
        size_t length = 0;
        FILE *out = open_memstream(&got, &length);
        wrap_paragraphs(out, rows[i].text, rows[i].width);
        cr_assert_eq(fclose(out), 0);
        cr_expect_str_eq(got, rows[i].expect, "row %zu: got %s", i, got);
    }
}

Test(wrap, words_start_and_go_on_at_columns)
{
    AUTO_FREE char *got = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&got, &length);
    wrap_words(out, "aa bb cc and not this", 8, 10, 4, 12);
    cr_assert_eq(fclose(out), 0);
    cr_expect_str_eq(got, "aa\n    bb cc");
}

Test(wrap, lines_are_kept_and_wide_prose_is_filled)
{
    static const struct {
        const char *text;
        const char *expect;
    } rows[] = {
        {"", ""},
        {"one", "one\n"},
        {"one\ntwo", "one\n  two\n"},
        {"one\ntwo\n", "one\n  two\n"},
        {"One two three\nfour", "One two\n  three four\n"},
        /* What does not begin like a sentence can be pasted. */
        {"one two three\nfour", "one two three\n  four\n"},
        {"RUN a long command\nUSER 1", "RUN a long command\n  USER 1\n"},
        {"key:\n  value that is wide", "key:\n    value that is wide\n"},
        {"Prose that is wide:\n\n  code that is wide\n\nend", "Prose that\n  is wide:\n\n    code that is wide\n\n  end\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_FREE char *got = NULL;
        size_t length = 0;
        FILE *out = open_memstream(&got, &length);
        wrap_lines(out, rows[i].text, 2, 12);
        cr_assert_eq(fclose(out), 0);
        cr_expect_str_eq(got, rows[i].expect, "row %zu: got %s", i, got);
    }
}
