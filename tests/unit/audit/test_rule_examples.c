/*
 * Every rule of rules/ is shown at work by the rule itself: its bad examples give its finding, its good ones do not.
 *
 * Each example is audited as a file of its own. RULE=PG101 in the environment (or a name, or a pattern) looks at some
 * rules only and prints all that they find.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit/audit.h"
#include "audit/used_recordings.h"
#include "base/file.h"

struct fixture {
    struct rule_set *rules; /* those of rules/, with their examples */
    char directory[sizeof("/tmp/profgen-rules-XXXXXX")];
    char example[sizeof("/tmp/profgen-rules-XXXXXX/example")];
};

static void fixture_init(struct fixture *fixture)
{
    struct err err = ERR_INIT;
    *fixture = (struct fixture){.rules = rule_set_new(), .directory = "/tmp/profgen-rules-XXXXXX"};
    int rc = rule_set_add_directory(fixture->rules, SOURCE_DIR "/rules", &err);
    cr_assert_eq(rc, 0, "%s", err.sentence);
    cr_assert_not_null(mkdtemp(fixture->directory));
    (void)snprintf(fixture->example, sizeof(fixture->example), "%s/example", fixture->directory);
}

static void fixture_done(struct fixture *fixture)
{
    rule_set_free(fixture->rules);
    (void)rmdir(fixture->directory);
}

static bool is_chosen(const struct rule *rule)
{
    const char *pattern = getenv("RULE");
    return !pattern || rule_matches_name(rule, pattern);
}

/* A check of the standards is asked at the newest version that has it. */
static struct judge_options judge_of(const struct rule *rule)
{
    const char *check = rule->with ? node_text(node_get(rule->with, "check")) : NULL;
    struct judge_options judge = {.minor = PSS_VERSION_NEWEST};
    if (!check || strncmp(rule->info.id, "PSS", 3) != 0)
        return judge;
    const struct pss_check_row *rows;
    size_t count = pss_checks(&rows);
    judge.pss = true;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].id, check) == 0) {
            judge.level = rows[i].level;
            judge.minor = rows[i].last_minor < PSS_VERSION_NEWEST ? rows[i].last_minor : PSS_VERSION_NEWEST;
        }
    }
    return judge;
}

/* What the examples of the rule are held against; NULL when there is nothing. */
static struct used_recordings *recordings_of(struct fixture *fixture, const struct rule *rule)
{
    const struct node *text = node_get(rule->examples, "recording");
    struct err err = ERR_INIT;
    if (!text)
        return NULL;
    struct used_recordings *recordings = used_recordings_new();
    cr_assert_eq(file_write(fixture->example, text->text, text->length, FILE_REPLACE, 0600, &err), 0, "%s", err.sentence);
    cr_assert_eq(used_recordings_add(recordings, fixture->example, &err), 0, "%s: its recording: %s", rule->origin, err.sentence);
    used_recordings_prepare(recordings);
    return recordings;
}

/* The result borrows the fixture's path. */
static void audit_text(struct fixture *fixture, const struct rule *rule, const struct node *text, struct audit_result *ret)
{
    char *const path = fixture->example;
    struct err err = ERR_INIT;
    AUTO(used_recordings_free_cleanup) struct used_recordings *recordings = recordings_of(fixture, rule);
    cr_assert_eq(file_write(path, text->text, text->length, FILE_REPLACE, 0600, &err), 0, "%s", err.sentence);
    struct audit_request request = {.paths = &path, .path_count = 1, .rules = fixture->rules, .threads = 1,
                                    .judge = judge_of(rule), .least = SEVERITY_INFO, .recordings = recordings, .today = "2026-11-22"};
    cr_assert_eq(audit_run(&request, ret, &err), 0, "%s", err.sentence);
    (void)unlink(path);
}

/* A dash where nothing was there to fill a placeholder. */
static bool has_gap(const char *message)
{
    for (const char *at = message; (at = strchr(at, '-')); at++)
        if ((at == message || strchr(" \"'(", at[-1])) && (at[1] == '\0' || strchr(" ,.;:\"')", at[1])))
            return true;
    return false;
}

static void list_findings(const struct audit_entry *entry, struct buf *out)
{
    for (size_t i = 0; i < entry->finding_count; i++) {
        const struct finding *finding = &entry->findings[i];
        buf_printf(out, "    %s at %u:%u: %s\n", finding->rule->id, finding->line, finding->column, finding->message);
    }
    if (entry->finding_count == 0)
        buf_add_text(out, "    nothing\n");
}

static void check_example(struct fixture *fixture, const struct rule *rule, const struct node *text, const char *sort,
                          size_t number)
{
    struct audit_result result;
    AUTO_BUF struct buf found = BUF_INIT;
    audit_text(fixture, rule, text, &result);
    bool bad = strcmp(sort, "bad") == 0;
    size_t own = 0;
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(&result);
    const struct audit_entry *entry = audit_cursor_next(&cursor);
    list_findings(entry, &found);
    for (size_t i = 0; i < entry->finding_count; i++) {
        const struct finding *finding = &entry->findings[i];
        if (strcmp(finding->rule->id, rule->info.id) != 0)
            continue;
        own++;
        cr_expect_gt(finding->line, 0, "%s: %s example %zu: its finding has no place", rule->origin, sort, number);
        cr_expect(!has_gap(finding->message), "%s: %s example %zu: a placeholder is empty: %s", rule->origin, sort,
                  number, finding->message);
    }
    if (getenv("RULE"))
        (void)printf("%s: %s example %zu finds\n%s", rule->origin, sort, number, buf_text(&found));
    const struct audit_file *file = &entry->file;
    cr_expect_eq(file->status, FILE_READ, "%s: %s example %zu cannot be judged: line %u: %s", rule->origin, sort, number,
                 file->reason_line, file->reason ? file->reason : "");
    cr_expect(bad ? own > 0 : own == 0, "%s: %s example %zu %s %s; it finds\n%s", rule->origin, sort, number,
              bad ? "does not give" : "gives", rule->info.id, buf_text(&found));
    audit_cursor_done(&cursor);
    audit_result_free(&result);
}

static void check_sort(struct fixture *fixture, const struct rule *rule, const char *sort)
{
    const struct node *examples = node_get(rule->examples, sort);
    size_t number = 1;
    if (node_text(examples))
        check_example(fixture, rule, examples, sort, number++);
    for (const struct node *item = node_is(examples, NODE_LIST) ? node_first(examples) : NULL; item; item = item->next)
        check_example(fixture, rule, item, sort, number++);
    cr_expect_gt(number, 1, "%s: there is no %s example", rule->origin, sort);
}

Test(rule_examples, bad_ones_are_found_and_good_ones_are_not)
{
    struct fixture fixture;
    fixture_init(&fixture);
    for (size_t i = 0; i < rule_set_count(fixture.rules); i++) {
        const struct rule *rule = rule_set_get(fixture.rules, i);
        if (is_chosen(rule)) {
            check_sort(&fixture, rule, "bad");
            check_sort(&fixture, rule, "good");
        }
    }
    fixture_done(&fixture);
}

/* What reviewers count on when they read a finding. */
Test(rule_examples, words_are_whole)
{
    struct fixture fixture;
    fixture_init(&fixture);
    for (size_t i = 0; i < rule_set_count(fixture.rules); i++) {
        const struct rule *rule = rule_set_get(fixture.rules, i);
        const char *slash = strrchr(rule->origin, '/');
        AUTO_FREE char *file = mem_printf("%s.yaml", rule->info.name);
        if (!is_chosen(rule))
            continue;
        cr_expect_str_eq(slash + 1, file, "%s: the file is not called as the rule", rule->origin);
        cr_expect_geq(strlen(rule->info.why), 100, "%s: why is too short to convince anybody", rule->origin);
        cr_expect_geq(strlen(rule->info.fix), 10, "%s: fix says nothing", rule->origin);
        bool of_audit = strncmp(rule->info.id, "PG9", 3) == 0; /* its own findings refer to nothing */
        cr_expect(of_audit || rule->info.reference_count > 0, "%s: there are no references", rule->origin);
        cr_expect_leq(strlen(rule->info.title), 72, "%s: the title is too long for one line", rule->origin);
        cr_expect_neq(rule->info.title[strlen(rule->info.title) - 1], '.', "%s: the title ends in a full stop", rule->origin);
        cr_expect_neq(rule->message[strlen(rule->message) - 1], '.', "%s: the message ends in a full stop", rule->origin);
    }
    fixture_done(&fixture);
}

/* The same rules from files and compiled in. */
Test(rule_examples, all_are_compiled_in)
{
    struct fixture fixture;
    fixture_init(&fixture);
    AUTO(rule_set_free_cleanup) struct rule_set *built_in = rule_set_new();
    struct err err = ERR_INIT;
    cr_assert_eq(rule_set_add_built_in(built_in, &err), 0, "%s", err.sentence);
    cr_expect_gt(rule_set_count(built_in), 0);
    cr_assert_eq(rule_set_count(built_in), rule_set_count(fixture.rules));
    for (size_t i = 0; i < rule_set_count(built_in); i++) {
        const struct rule *rule = rule_set_get(built_in, i);
        const struct rule *same = rule_set_get(fixture.rules, i);
        cr_expect_str_eq(rule->info.id, same->info.id);
        cr_expect_str_eq(rule->info.why, same->info.why);
        cr_expect_str_eq(rule->info.fix, same->info.fix);
        cr_expect_str_eq(rule->message, same->message);
    }
    fixture_done(&fixture);
}
