/*
 * Logs: a seccomp profile, an AppArmor profile and a log, parted by NUL bytes; without them all of it is the log. What is
 * read can be judged and reported, its recording can be written and read back, and a proposed rule is one that AppArmor
 * text can hold.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/log_review.h"
#include "model/recording_file.h"
#include "report/log_report.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check_recording(const struct audit_log *log)
{
    size_t left = 0;
    AUTO(recording_free_cleanup) struct recording *recording = audit_log_recording(log, "log", NULL, &left);
    AUTO(recording_free_cleanup) struct recording *again = NULL;
    AUTO_BUF struct buf once = BUF_INIT;
    AUTO_BUF struct buf twice = BUF_INIT;
    recording_write(recording, &once);
    if (recording_complete(recording) || left > log->entry_count ||
        recording_parse("log", once.data, once.length, &again, NULL) < 0)
        abort();
    recording_write(again, &twice);
    if (once.length != twice.length || memcmp(once.data, twice.data, once.length) != 0)
        abort();
}

static void check_rules(const struct log_review *review)
{
    for (size_t i = 0; i < review->group_count; i++) {
        AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *again = NULL;
        AUTO_BUF struct buf text = BUF_INIT;
        buf_add_text(&text, "profile p {\n");
        apparmor_policy_write_rules(review->groups[i].remedy.apparmor, &text);
        buf_add_text(&text, "}\n");
        if (apparmor_policy_parse("remedy", text.data, text.length, &again, NULL) < 0)
            abort();
    }
}

static void check_report(const struct log_review *review)
{
    char *name = (char *)(uintptr_t)"log";
    struct log_report report = {.review = review, .files = &name, .file_count = 1};
    AUTO_BUF struct buf json = BUF_INIT;
    char *bytes = NULL;
    size_t length = 0;
    struct sheet sheet = {.out = open_memstream(&bytes, &length), .width = 80};
    log_text(&report, &sheet);
    (void)fclose(sheet.out);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)bytes[i] < ' ' && bytes[i] != '\n')
            abort();
    free(bytes);
    log_json(&report, &json);
}

static void feed(struct audit_log *log, const char *text, size_t length)
{
    const char *end = text + length;
    for (uint64_t number = 1; text < end; number++) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        size_t line = (size_t)((stop ? stop : end) - text);
        audit_log_line(log, "log", number, text, line);
        text += line + 1;
    }
    audit_log_end(log);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const char *start = (const char *)bytes;
    const char *second = length ? memchr(start, '\0', length) : NULL;
    const char *third = second ? memchr(second + 1, '\0', length - (size_t)(second + 1 - start)) : NULL;
    const char *text = third ? third + 1 : start;
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *seccomp = NULL;
    AUTO(apparmor_file_free_cleanup) struct apparmor_file *apparmor = NULL;
    AUTO(audit_log_free_cleanup) struct audit_log *log = audit_log_new(NULL);
    AUTO(log_review_free_cleanup) struct log_review *review = NULL;
    struct seccomp_context context = {.runc_stub = true};
    if (third && seccomp_policy_parse("s", start, (size_t)(second - start), &seccomp, NULL) < 0)
        seccomp = NULL;
    if (third && apparmor_file_parse("a", second + 1, (size_t)(third - second - 1), NULL, &apparmor, NULL) < 0)
        apparmor = NULL;
    feed(log, text, length - (size_t)(text - start));
    check_recording(log);
    if (log_review_new(log, seccomp, &context, apparmor, &review, NULL) < 0)
        return 0;
    check_rules(review);
    check_report(review);
    return 0;
}
