#include "audit_hostile.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const struct audit_report_options options = {.width = 80, .verbose = true};

/* Nothing in any form moves a cursor, turns text around or is not UTF-8. */
Test(audit_hostile, every_form_is_plain_text)
{
    for (size_t i = 0; i < ARRAY_COUNT(hostile_texts); i++)
        for (const struct audit_report *report = audit_reports; report->name; report++) {
            struct hostile hostile;
            hostile_init(&hostile, hostile_texts[i]);
            AUTO_FREE char *text = report_of(report->name, &hostile.result, &options);
            for (const char *c = text; *c;) {
                size_t step = text_utf8_length(c, strlen(c));
                cr_assert(step, "%s of text %zu is no UTF-8 at %.30s", report->name, i, c);
                bool plain = *c == '\n' || *c == '\\' || *c == '\t' || text_is_plain(c, step);
                cr_assert(plain, "%s of text %zu has a control character at %.30s", report->name, i, c);
                cr_assert(step != 3 || (memcmp(c, "\xe2\x80\xae", 3) != 0 && memcmp(c, "\xe2\x81\xa6", 3) != 0));
                c += step;
            }
        }
}

/* Reports are appended, whole, and the same each time. */
Test(audit_hostile, every_form_is_deterministic_and_appended)
{
    for (const struct audit_report *report = audit_reports; report->name; report++) {
        struct hostile hostile;
        hostile_init(&hostile, hostile_texts[0]);
        struct audit_result result = sample_result(&hostile.result);
        AUTO_SINK struct sink twice = SINK_INIT(-1);
        report->write(&result, &options, &twice);
        size_t length = twice.buf.length;
        report->write(&result, &options, &twice);
        cr_assert_eq(twice.buf.length, 2 * length, "%s", report->name);
        cr_assert_eq(memcmp(twice.buf.data, twice.buf.data + length, length), 0, "%s", report->name);
        cr_assert_eq(twice.buf.data[length - 1], '\n', "%s", report->name);
    }
}

/* The path of the file comes back from JSON byte for byte. */
Test(audit_hostile, json_is_read_back)
{
    for (size_t i = 0; i < ARRAY_COUNT(hostile_texts); i++) {
        struct hostile hostile;
        hostile_init(&hostile, hostile_texts[i]);
        AUTO_FREE char *text = report_of("json", &hostile.result, &options);
        json_error_t error;
        json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
        cr_assert(json, "text %zu: %s at line %d", i, error.text, error.line);
        const char *path = json_string_value(json_object_get(json_array_get(json_object_get(json, "findings"), 1), "file"));
        cr_assert(path);
        AUTO_BUF struct buf bytes = BUF_INIT;
        cr_assert(text_unescape(&bytes, path, strlen(path)));
        cr_expect_str_eq(buf_text(&bytes), hostile_texts[i]);
        json_decref(json);
    }
}

/* Each line is one command, and the sums at the end: three commands for the file, the finding and nothing else. */
Test(audit_hostile, github_commands_cannot_be_injected)
{
    for (size_t i = 0; i < ARRAY_COUNT(hostile_texts); i++) {
        struct hostile hostile;
        hostile_init(&hostile, hostile_texts[i]);
        AUTO_FREE char *text = report_of("github", &hostile.result, &options);
        size_t lines = 0;
        for (const char *line = text; *line; line = strchr(line, '\n') + 1, lines++) {
            static const char *const begins[] = {"::warning file=", "::error file=", "profgen audit: 1 high in 3 files"};
            cr_assert(lines < 3 && strncmp(line, begins[lines], strlen(begins[lines])) == 0, "text %zu: %s", i, text);
        }
        cr_expect_eq(lines, 3);
    }
}

/* Nothing that Markdown or HTML would obey is left of the text. */
Test(audit_hostile, markdown_is_inert)
{
    static const char *const never[] = {"<script", "](", "@everyone", "```", "</testcase>", "&amp;", "<x"};
    for (size_t i = 0; i < ARRAY_COUNT(hostile_texts); i++) {
        struct hostile hostile;
        hostile_init(&hostile, hostile_texts[i]);
        AUTO_FREE char *text = report_of("markdown", &hostile.result, &options);
        for (size_t k = 0; k < ARRAY_COUNT(never); k++)
            cr_expect_not(strstr(text, never[k]), "text %zu has %s:\n%s", i, never[k], text);
        for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
            size_t bars = 0;
            for (const char *c = line; *c; c++)
                bars += *c == '|';
            cr_expect(bars == 0 || bars == 4, "text %zu, a row of %zu bars: %s", i, bars, line);
        }
    }
}

static void send_report(FILE *pipe, const char *report, struct sample *sample)
{
    AUTO_FREE char *text = report_of(report, sample, &options);
    cr_expect_eq(fwrite(text, 1, strlen(text) + 1, pipe), strlen(text) + 1);
}

/* A script of this folder has nothing to say about the report of any result. */
static void check_all(const char *script, const char *report)
{
    if (system("python3 -c '' 2>/dev/null") != 0)
        cr_skip_test("python3 is missing (package python3)");
    AUTO_FREE char *command = mem_printf("python3 '%s/tests/unit/report/%s'", SOURCE_DIR, script);
    FILE *pipe = popen(command, "w");
    cr_assert(pipe);
    static struct sample *const samples[] = {&sample_mixed, &sample_clean, &sample_nothing};
    for (size_t i = 0; i < ARRAY_COUNT(samples); i++)
        send_report(pipe, report, samples[i]);
    for (size_t i = 0; i < ARRAY_COUNT(hostile_texts); i++) {
        struct hostile hostile;
        hostile_init(&hostile, hostile_texts[i]);
        send_report(pipe, report, &hostile.result);
    }
    cr_expect_eq(pclose(pipe), 0, "%s refuses a report", script);
}

Test(audit_hostile, junit_is_read_back)
{
    check_all("check_junit.py", "junit");
}

Test(audit_hostile, sarif_is_read_back)
{
    check_all("check_sarif.py", "sarif");
}
