#include "audit/project.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

static int read_text(const char *text, struct arena *arena, struct project *ret, struct err *err)
{
    char path[] = "/tmp/profgen-project-XXXXXX";
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    cr_assert_eq(file_write_fd(fd, text, strlen(text)), 0);
    (void)close(fd);
    int failed = project_read(path, arena, ret, err);
    (void)unlink(path);
    return failed;
}

Test(project, all_settings_are_read)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    struct project project;
    struct err err = ERR_INIT;
    const char *text = "fail-on: never\nseverity: low\nstrict: true\npss: restricted@1.29\nonly: [PG1*]\nskip: [PG2*, x]\n"
                       "severities: {PG101: info}\nrules: [policy, /abs]\nexclude: [vendor/]\nbaseline: b.json\n"
                       "recordings: [a.json, shop/web=b/c.json, web=/abs.json]\n"
                       "lists: {trusted-registries: [a.example]}\n"
                       "ignore:\n- {rule: PG1, reason: why not, until: 2026-12-31}\n";
    cr_assert_eq(read_text(text, arena, &project, &err), 0, "%s", err.sentence);
    cr_expect_str_eq(project.fail_on, "never");
    cr_expect_str_eq(project.severity, "low");
    cr_expect(project.strict);
    cr_expect_str_eq(project.pss, "restricted@1.29");
    cr_expect_eq(project.only_count, 1);
    cr_expect_eq(project.skip_count, 2);
    cr_expect_eq(project.grade_count, 1);
    cr_expect_eq(project.grades[0].severity, SEVERITY_INFO);
    cr_expect_str_eq(project.rules[0], "/tmp/policy");
    cr_expect_str_eq(project.rules[1], "/abs");
    cr_expect_eq(project.recordings_count, 3);
    cr_expect_str_eq(project.recordings[0], "/tmp/a.json");
    cr_expect_str_eq(project.recordings[1], "shop/web=/tmp/b/c.json");
    cr_expect_str_eq(project.recordings[2], "web=/abs.json");
    cr_expect_str_eq(project.exclude[0], "vendor/");
    cr_expect_str_eq(project.baseline, "/tmp/b.json");
    cr_expect_not_null(project.lists);
    cr_expect_eq(project.ignore_count, 1);
    cr_expect_str_eq(project.ignore[0].reason, "why not");
}

Test(project, what_is_wrong_is_said_with_its_place)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"fail-on: hihg\n", ":1:10: a severity is"},
        {"\nfail_on: high\n", ":2:1: there is no key 'fail_on' here; did you mean fail-on?"},
        {"colour: red\n", ":1:1: there is no key 'colour' here"},
        {"skip: PG1\n", ":1:7: skip must be a list"},
        {"skip: [{a: b}]\n", ":1:8: an item must be a text"},
        {"skip: [PG1]\nskip: [PG2]\n", ":2:1: the key stands here twice, first on line 1"},
        {"colour:\n", ":1:1: there is no key 'colour' here"},
        {"strict: 1\n", ":1:9: true or false is expected here"},
        {"pss: strict\n", ":1:6: a level is baseline or restricted"},
        {"- a\n", ": a project file is one map of settings"},
        {"strict: true\n---\nstrict: true\n", ": a project file is one map of settings"},
        {"severities: {PG1: bad}\n", ":1:19: a severity is"},
        {"lists: {a: b}\n", ":1:12: a must be a list"},
        {"ignore: [{rule: PG1}]\n", ":1:10: this entry of ignore gives no reason"},
        {"ignore: [{rule: PG1, reason: ' '}]\n", ":1:10: this entry of ignore gives no reason"},
        {"ignore: [{reason: x}]\n", ":1:10: this entry of ignore names no rule"},
        {"ignore: [{rule: PG1, reason: x, until: soon}]\n", ":1:10: until is a date"},
        {"ignore: [{rule: PG1, reason: x, file: y}]\n", ":1:33: there is no key 'file' here"},
        {"ignore: [x]\n", ":1:10: an item must be a map"},
        {"baseline: \"a\\0b\"\n", ":1:11: baseline holds a NUL character"},
        {"a: [\n", ":2:"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(arena_free_cleanup) struct arena *arena = arena_new();
        struct project project;
        struct err err = ERR_INIT;
        cr_expect_lt(read_text(rows[i].text, arena, &project, &err), 0, "%s", rows[i].text);
        cr_expect_not_null(strstr(err.sentence, rows[i].says), "'%s' says '%s'", rows[i].text, err.sentence);
    }
}

Test(project, an_empty_file_says_nothing)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    struct project project;
    struct err err = ERR_INIT;
    cr_expect_eq(read_text("# later\n", arena, &project, &err), 0);
    cr_expect_null(project.fail_on);
    cr_expect_eq(read_text("skip: []\nignore: []\nlists: {}\nseverities:\n", arena, &project, &err), 0, "%s", err.sentence);
    cr_expect_eq(project_read("/nowhere/.profgen.yaml", arena, &project, &err), -ENOENT);
}
