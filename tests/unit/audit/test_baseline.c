#include "audit/baseline.h"

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "audit/finding_list.h"
#include "base/file.h"
#include "sample_result.h"

static const struct rule_info rule = {.id = "PG104", .name = "host-network", .title = "t"};

static struct finding finding_at(uint32_t line, const char *path, const char *excerpt)
{
    struct finding finding = {.rule = &rule, .line = line, .path = path, .message = "m", .excerpt = excerpt,
                              .subject = {.kind = "Pod", .name = "p"}};
    finding.fingerprint = finding_fingerprint(&finding, "a.yaml");
    return finding;
}

Test(baseline, a_fingerprint_survives_moves_and_nothing_else)
{
    struct finding one = finding_at(4, "spec.containers[0].x", "  x: 1");
    struct finding moved = finding_at(40, "spec.containers[3].x", "      x:  1\r");
    struct finding other = finding_at(4, "spec.containers[0].x", "  x: 2");
    struct finding elsewhere = finding_at(4, "spec.containers[0].y", "  x: 1");
    cr_expect_eq(one.fingerprint, moved.fingerprint);
    cr_expect_neq(one.fingerprint, other.fingerprint);
    cr_expect_neq(one.fingerprint, elsewhere.fingerprint);
    cr_expect_eq(one.fingerprint, finding_fingerprint(&one, "./a.yaml"));
    cr_expect_neq(one.fingerprint, finding_fingerprint(&one, "b.yaml"));
}

Test(baseline, equal_fingerprints_are_told_apart_the_same_way_each_time)
{
    struct finding once[3] = {finding_at(1, "a", "x"), finding_at(2, "a", "x"), finding_at(3, "a", "x")};
    struct finding twice[3] = {finding_at(11, "a", "x"), finding_at(12, "a", "x"), finding_at(13, "a", "x")};
    findings_tell_apart(once, 3, 0);
    findings_tell_apart(twice, 3, 0);
    cr_expect_neq(once[0].fingerprint, once[1].fingerprint);
    cr_expect_neq(once[1].fingerprint, once[2].fingerprint);
    for (size_t i = 0; i < 3; i++)
        cr_expect_eq(once[i].fingerprint, twice[i].fingerprint);
}

/* A file that is given three times: what is found in it differs from copy to copy. */
Test(baseline, copies_of_a_file_are_told_apart)
{
    struct finding all[9];
    for (uint32_t copy = 0; copy < 3; copy++) {
        struct finding *own = &all[(size_t)3 * copy];
        own[0] = finding_at(1, "a", "x");
        own[1] = finding_at(2, "a", "x");
        own[2] = finding_at(3, "b", "x");
        findings_tell_apart(own, 3, copy);
    }
    cr_expect_eq(all[0].fingerprint, finding_at(1, "a", "x").fingerprint, "the first is as if it were alone");
    for (size_t i = 0; i < ARRAY_COUNT(all); i++)
        for (size_t k = 0; k < i; k++)
            cr_expect_neq(all[i].fingerprint, all[k].fingerprint, "%zu and %zu", i, k);
}

static int read_text(const char *text, size_t length, struct baseline **ret, struct err *err)
{
    char path[] = "/tmp/profgen-baseline-XXXXXX";
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    cr_assert_eq(file_write_fd(fd, text, length), 0);
    (void)close(fd);
    int failed = baseline_read(path, ret, err);
    (void)unlink(path);
    return failed;
}

Test(baseline, what_was_written_is_accepted)
{
    struct audit_file file = {.path = "a.yaml"};
    struct finding findings[3] = {finding_at(1, "a", "x"), finding_at(2, "b", "x"), finding_at(3, "c", "x")};
    findings[2].suppressed_reason = "said so";
    findings[2].suppressed_by = "comment";
    struct sample two = {.files = &file, .file_count = 1, .findings = findings, .finding_count = 2};
    struct sample others = {.files = &file, .file_count = 1, .findings = findings + 1, .finding_count = 2};
    struct audit_result result = sample_result(&two);
    AUTO_SINK struct sink text = SINK_INIT(-1);
    AUTO(baseline_free_cleanup) struct baseline *baseline = NULL;
    struct err err = ERR_INIT;
    baseline_write(&result, NULL, &text);
    cr_assert_eq(read_text(text.buf.data, text.buf.length, &baseline, &err), 0, "%s", err.sentence);
    result = sample_result(&others);
    cr_expect_eq(baseline_apply(baseline, &result), 1, "one is gone");
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(&result);
    const struct audit_entry *entry = audit_cursor_next(&cursor);
    cr_assert_eq(entry->finding_count, 2);
    cr_expect_str_eq(entry->findings[0].suppressed_by, "baseline");
    cr_expect_str_eq(entry->findings[1].suppressed_by, "comment");
    cr_expect_eq(result.summary.suppressed, 2);
}

Test(baseline, other_files_are_refused)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"{}", "is not a baseline"},
        {"[1]", "is not a baseline"},
        {"{\"schema\":\"profgen-baseline/1\"}", "is not a baseline"},
        {"{\"schema\":\"profgen-baseline/1\",\"findings\":[{}]}", "findings[0] has no fingerprint"},
        {"{\"schema\":\"profgen-baseline/1\",\"findings\":[{\"fingerprint\":\"12\"}]}", "findings[0] has no fingerprint"},
        {"{", "not valid JSON"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct baseline *baseline = NULL;
        struct err err = ERR_INIT;
        cr_expect_lt(read_text(rows[i].text, strlen(rows[i].text), &baseline, &err), 0);
        cr_expect_not_null(strstr(err.sentence, rows[i].says), "%s: %s", rows[i].text, err.sentence);
    }
}
