#include "model/audit_result.h"

#include <criterion/criterion.h>

#include "sample_result.h"

static struct finding findings[] = {
    {.severity = SEVERITY_LOW},
    {.severity = SEVERITY_HIGH},
    {.severity = SEVERITY_HIGH},
    {.severity = SEVERITY_CRITICAL, .suppressed_reason = "accepted", .suppressed_by = "comment"},
};

static struct audit_file files[] = {
    {.path = "a", .status = FILE_READ, .documents = 3, .documents_other = 1, .subjects = 2},
    {.path = "b", .status = FILE_SKIPPED, .documents = 1, .documents_other = 1},
    {.path = "c", .named = true, .status = FILE_ERROR, .documents = 5, .subjects = 4},
    {.path = "d", .status = FILE_ERROR},
    {.path = "e", .named = true, .status = FILE_ERROR},
};

static struct audit_pod pods[] = {{.level = "baseline"}};

static struct sample full = {
    .files = files, .file_count = 5, .findings = findings, .finding_count = 4, .pods = pods, .pod_count = 1};

Test(audit_result, summary_counts_all_there_is)
{
    struct audit_summary summary = sample_result(&full).summary;
    cr_expect(summary.files == 5 && summary.files_read == 1 && summary.files_skipped == 1 && summary.files_error == 3);
    cr_expect(summary.documents == 9 && summary.documents_other == 2 && summary.subjects == 6 && summary.pods == 1);
    cr_expect(summary.by_severity[SEVERITY_LOW] == 1 && summary.by_severity[SEVERITY_HIGH] == 2);
    cr_expect_eq(summary.by_severity[SEVERITY_CRITICAL], 0, "a suppressed finding counts by itself alone");
    cr_expect_eq(summary.suppressed, 1);
    cr_expect_eq(summary.files_unseen, 1, "named, and with no document: the broken one has some, the other was found");
    summary = sample_result(&(struct sample){0}).summary;
    cr_expect(summary.files == 0 && summary.documents == 0 && summary.suppressed == 0);
}

Test(audit_result, fails_at_or_above_a_severity_unless_suppressed)
{
    static const bool expect[SEVERITY_COUNT] = {
        [SEVERITY_INFO] = true, [SEVERITY_LOW] = true, [SEVERITY_MEDIUM] = true, [SEVERITY_HIGH] = true};
    struct audit_result result = sample_result(&full);
    for (size_t i = 0; i < SEVERITY_COUNT; i++) {
        cr_expect_eq(audit_result_fails(&result, (enum severity)i), expect[i], "%s", severity_name((enum severity)i));
        cr_expect_not(audit_result_fails(&(struct audit_result){0}, (enum severity)i));
    }
}

Test(audit_result, statuses_have_names)
{
    cr_expect_str_eq(file_status_name(FILE_READ), "read");
    cr_expect_str_eq(file_status_name(FILE_SKIPPED), "skipped");
    cr_expect_str_eq(file_status_name(FILE_ERROR), "error");
}

static void accept_low(const void *acceptance, struct finding *finding)
{
    if (finding->severity == SEVERITY_LOW)
        finding->suppressed_reason = acceptance;
}

Test(audit_result, a_cursor_gives_every_file_with_its_own_and_may_begin_again)
{
    const struct finding two[] = {{.severity = SEVERITY_LOW}, {.severity = SEVERITY_LOW, .file = &files[2]}};
    struct sample sample = {.files = files, .file_count = 5, .findings = two, .finding_count = 2};
    struct audit_result result = sample_result(&sample);
    result.accept = accept_low;
    result.acceptance = "why not";
    for (size_t round = 0; round < 2; round++) {
        size_t count = 0;
        AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(&result);
        for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor)); count++) {
            cr_expect_str_eq(entry->file.path, files[count].path);
            cr_expect_eq(entry->finding_count, count == 0 || count == 2);
            for (size_t i = 0; i < entry->finding_count; i++) {
                cr_expect_eq(entry->findings[i].file, &entry->file);
                cr_expect_str_eq(entry->findings[i].suppressed_reason, "why not");
            }
        }
        cr_expect_eq(count, 5);
    }
    AUTO_AUDIT_CURSOR struct audit_cursor nowhere = audit_cursor_init(&(struct audit_result){0});
    cr_expect_null(audit_cursor_next(&nowhere));
}
