#include "report/audit_words.h"

#include <criterion/criterion.h>
#include <string.h>

#include "audit_sample.h"

Test(audit_words, escaping)
{
    static const struct {
        const char *text, *keep, *expect;
    } rows[] = {
        {"", KEEP_WORDS, ""},
        {"plain words", KEEP_PATH, "plain words"},
        {"a\\b", KEEP_PATH, "a\\x5cb"},
        {"a\\b", KEEP_WORDS, "a\\b"},
        {"a\nb\tc", KEEP_WORDS, "a\\x0ab\\x09c"},
        {"a\nb\tc\\", KEEP_LINES, "a\nb\tc\\"},
        {"\x1b[2J\r\x7f", KEEP_LINES, "\\x1b[2J\\x0d\\x7f"},
        {"\xff\xc3", KEEP_LINES, "\\xff\\xc3"},
        {"\xed\xa0\x80", KEEP_LINES, "\\xed\\xa0\\x80"}, /* half of a surrogate pair */
        {"\xc2\x9b", KEEP_LINES, "\\xc2\\x9b"},          /* a control character of two bytes */
        {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", KEEP_PATH, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"\xe2\x80\xae\xe2\x81\xa6\xe2\x80\xa8", KEEP_WORDS, "\\xe2\\x80\\xae\\xe2\\x81\\xa6\\xe2\\x80\\xa8"},
        {"\xe2\x80\x93\xe2\x81\xaa", KEEP_WORDS, "\xe2\x80\x93\xe2\x81\xaa"}, /* their neighbours */
        {"\xd8\x9c\xef\xbb\xbf\xef\xbf\xbf", KEEP_WORDS, "\\xd8\\x9c\\xef\\xbb\\xbf\\xef\\xbf\\xbf"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_BUF struct buf out = BUF_INIT;
        audit_escape_text(&out, rows[i].text, rows[i].keep);
        cr_expect_str_eq(buf_text(&out), rows[i].expect, "row %zu: %s", i, buf_text(&out));
    }
}

Test(audit_words, columns_in_utf16)
{
    static const char line[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xff.";
    static const struct {
        uint32_t column, expect;
    } rows[] = {{1, 1},  {2, 2},  {4, 3},  {7, 4},   {11, 6},  {12, 7},
                {13, 8}, {14, 8}, {99, 8}, {0, 1}, {UINT32_MAX, 8}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        cr_expect_eq(audit_utf16_column(line, rows[i].column), rows[i].expect, "column %u: %u", rows[i].column,
                     audit_utf16_column(line, rows[i].column));
}

Test(audit_words, places_and_subjects)
{
    static const struct audit_file file = {.path = "a\n.yaml"};
    static const struct audit_file standard_input = {.path = "-", .reason = "why", .reason_line = 3};
    AUTO_BUF struct buf out = BUF_INIT;
    audit_add_place(&out, &file, 3, 4);
    buf_add_char(&out, '|');
    audit_add_place(&out, &file, 3, 0);
    buf_add_char(&out, '|');
    audit_add_place(&out, &standard_input, 0, 4);
    buf_add_char(&out, '|');
    audit_add_reason(&out, &standard_input);
    cr_expect_str_eq(buf_text(&out), "a\\x0a.yaml:3:4|a\\x0a.yaml:3|<stdin>|line 3: why");
    static const struct {
        struct finding_subject subject;
        const char *expect;
    } rows[] = {
        {{"Pod", "ns", "n", "c"}, "Pod ns/n, container c"},
        {{"Pod", NULL, "n", NULL}, "Pod n"},
        {{"Pod", "ns", NULL, "c"}, "Pod ns/, container c"},
        {{"docker daemon", NULL, NULL, NULL}, "docker daemon"},
        {{NULL, NULL, NULL, NULL}, "document"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        buf_clear(&out);
        audit_add_subject_whole(&out, &rows[i].subject);
        cr_expect_str_eq(buf_text(&out), rows[i].expect);
    }
}

Test(audit_words, sums)
{
    AUTO_BUF struct buf out = BUF_INIT;
    struct audit_summary summary = {.files = 1200,
                                    .files_skipped = 2,
                                    .documents = 3,
                                    .documents_other = 1,
                                    .subjects = 1,
                                    .by_severity = {[SEVERITY_INFO] = 2, [SEVERITY_CRITICAL] = 1}};
    audit_add_counts(&out, &summary);
    buf_add_text(&out, " in ");
    audit_add_extent(&out, &summary);
    cr_expect_str_eq(buf_text(&out), "1 critical, 2 info in 1,200 files (2 skipped), 3 documents (1 of no audited kind), 1 subject");
}

Test(audit_report, names_are_found_and_every_row_is_whole)
{
    size_t count = 0;
    for (const struct audit_report *report = audit_reports; report->name; report++, count++) {
        cr_expect_eq(audit_report_find(report->name), report);
        cr_expect(report->summary && *report->summary && report->write);
    }
    cr_expect_eq(count, 6);
    cr_expect_null(audit_report_find("html"));
    cr_expect_null(audit_report_find(""));
}
