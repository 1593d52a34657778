#include "model/audit_result.h"

#include <criterion/criterion.h>

static struct finding findings[] = {
    {.severity = SEVERITY_LOW},
    {.severity = SEVERITY_HIGH},
    {.severity = SEVERITY_HIGH},
    {.severity = SEVERITY_CRITICAL, .suppressed_reason = "accepted", .suppressed_by = "comment"},
};

static struct audit_file files[] = {
    {.path = "a", .status = FILE_READ, .documents = 3, .documents_other = 1, .subjects = 2},
    {.path = "b", .status = FILE_SKIPPED, .documents = 1, .documents_other = 1},
    {.path = "c", .status = FILE_ERROR, .documents = 5, .subjects = 4},
    {.path = "d", .status = FILE_ERROR},
};

static struct audit_pod pods[] = {{.level = "baseline"}};

static const struct audit_result full = {
    .files = files, .file_count = 4, .findings = findings, .finding_count = 4, .pods = pods, .pod_count = 1};

Test(audit_result, summary_counts_all_there_is)
{
    struct audit_summary summary;
    audit_result_summarise(&full, &summary);
    cr_expect(summary.files == 4 && summary.files_read == 1 && summary.files_skipped == 1 && summary.files_error == 2);
    cr_expect(summary.documents == 9 && summary.documents_other == 2 && summary.subjects == 6 && summary.pods == 1);
    cr_expect(summary.by_severity[SEVERITY_LOW] == 1 && summary.by_severity[SEVERITY_HIGH] == 2);
    cr_expect_eq(summary.by_severity[SEVERITY_CRITICAL], 0, "a suppressed finding counts by itself alone");
    cr_expect_eq(summary.suppressed, 1);
    audit_result_summarise(&(struct audit_result){0}, &summary);
    cr_expect(summary.files == 0 && summary.documents == 0 && summary.suppressed == 0);
}

Test(audit_result, fails_at_or_above_a_severity_unless_suppressed)
{
    static const bool expect[SEVERITY_COUNT] = {
        [SEVERITY_INFO] = true, [SEVERITY_LOW] = true, [SEVERITY_MEDIUM] = true, [SEVERITY_HIGH] = true};
    for (size_t i = 0; i < SEVERITY_COUNT; i++) {
        cr_expect_eq(audit_result_fails(&full, (enum severity)i), expect[i], "%s", severity_name((enum severity)i));
        cr_expect_not(audit_result_fails(&(struct audit_result){0}, (enum severity)i));
    }
}

Test(audit_result, statuses_have_names)
{
    cr_expect_str_eq(file_status_name(FILE_READ), "read");
    cr_expect_str_eq(file_status_name(FILE_SKIPPED), "skipped");
    cr_expect_str_eq(file_status_name(FILE_ERROR), "error");
}
