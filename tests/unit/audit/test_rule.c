#include "audit/rule.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/context.h"
#include "base/file.h"
#include "base/node_in.h"

/* ---- directories of rules ---------------------------------------------------------------------------------------- */

struct directory {
    char path[sizeof("/tmp/profgen-rules-XXXXXX")];
};

static void directory_init(struct directory *directory)
{
    *directory = (struct directory){"/tmp/profgen-rules-XXXXXX"};
    cr_assert_not_null(mkdtemp(directory->path));
}

static void directory_done(struct directory *directory)
{
    AUTO_FREE char *command = mem_printf("rm -r '%s'", directory->path);
    cr_expect_eq(system(command), 0);
}
#define AUTO_DIRECTORY __attribute__((cleanup(directory_done)))

static void put_file(const struct directory *directory, const char *name, const char *text)
{
    AUTO_FREE char *path = mem_printf("%s/%s", directory->path, name);
    struct err err = ERR_INIT;
    cr_assert_eq(file_write(path, text, strlen(text), FILE_REPLACE, 0600, &err), 0, "%s", err.sentence);
}

/* A rule with one more line. */
#define RULE(id, name, line)                                                                                          \
    "id: " id "\nname: " name "\ntitle: A title\nseverity: low\nlayer: container\nsubjects: [container]\n"             \
    "message: it is {name}\nwhy: because\nfix: do not\n" line "\n"
#define WHEN "when: {path: privileged, is: true}"

static int add_text(struct rule_set *set, const char *text, struct err *err)
{
    AUTO_DIRECTORY struct directory directory;
    directory_init(&directory);
    put_file(&directory, "rule.yaml", text);
    int rc = rule_set_add_directory(set, directory.path, err);
    /* What is said of the file, without where the file is. */
    char *file = strstr(err->sentence, "rule.yaml");
    if (file)
        memmove(err->sentence, file, strlen(file) + 1);
    return rc;
}

Test(rule, what_is_none_is_refused_with_its_place)
{
    static const struct {
        const char *text, *sentence;
    } rows[] = {
        {RULE("X1", "x", WHEN), ""},
        {RULE("X1", "x", WHEN "\nreferences: [CVE-2024-1086]\nformats: [compose]\nat: item.source\n"
                              "unless: {limit-range: memory.limit}\nonly-with: runtime-class\n"
                              "pss: {level: baseline, check: hostPorts}"), ""},
        {"[]", "rule.yaml:1:1: a rule file must be a map of keys and values"},
        {"", "rule.yaml: a rule file holds one rule, this one nothing"},
        {"a: 1\n---\nb: 1\n", "rule.yaml: a rule file holds one rule, this one several documents"},
        {RULE("X1", "x", WHEN "\nid: X2"), "rule.yaml:11:1: the key stands here twice, first on line 1"},
        {RULE("X1", "x", WHEN "\nrefrences: [x]"), "rule.yaml:11:1: there is no key 'refrences' here; did you mean references?"},
        {"id: X1\nname: x\n", "rule.yaml: the rule has no title"},
        {RULE("x1", "x", WHEN), "rule.yaml:1:5: an id is letters and digits, the first a capital, such as PG101 or ACME-7"},
        {RULE("X1", "A b", WHEN), "rule.yaml:2:7: a name is words with dashes between, such as privileged-container"},
        {RULE("[X1]", "x", WHEN), "rule.yaml:1:5: id must be a text"},
        {RULE("X1", "x", ""), "rule.yaml: a rule has either a `when` or a `check`"},
        {RULE("X1", "x", WHEN "\ncheck: pss"), "rule.yaml:10:7: a rule has either a `when` or a `check`"},
        {RULE("X1", "x", "check: psss"), "rule.yaml:10:8: there is no built-in check 'psss'; did you mean pss?"},
        {RULE("X1", "x", "check: pss\nwith: {chek: x}"), "rule.yaml:11:8: there is no key 'chek' here; did you mean check?"},
        {RULE("X1", "x", WHEN "\nwith: {check: x}"), "rule.yaml:11:7: `with` goes with a `check`, not with a `when`"},
        {RULE("X1", "x", "when: {path: x, matches: '('}"),
         "rule.yaml:10:26: the pattern is malformed at its character 2: missing closing parenthesis"},
        {RULE("X1", "x", WHEN "\nformats: [compos]"), "rule.yaml:11:11: there is no format 'compos'; did you mean compose?"},
        {RULE("X1", "x", WHEN "\nat: a..b"), "rule.yaml:11:5: at is no path: it is keys with single dots between"},
        {RULE("X1", "x", WHEN "\nweakened-by: .a"), "rule.yaml:11:14: weakened-by is no path: it is keys with single dots between"},
        {RULE("X1", "x", WHEN "\nfix-from: [a]"), "rule.yaml:11:11: fix-from must be a text"},
        {RULE("X1", "x", WHEN "\nunless: {limit-rang: x}"),
         "rule.yaml:11:10: there is no key 'limit-rang' here; did you mean limit-range?"},
        {RULE("X1", "x", WHEN "\nunless: {limit-range: x, handler: y}"), "rule.yaml:11:9: unless asks for one thing"},
        {RULE("X1", "x", WHEN "\nonly-with: handlers"),
         "rule.yaml:11:12: there is no thing that other files tell, 'handlers'; did you mean handler?"},
        {RULE("X1", "x", WHEN "\nreferences: CVE-1"), "rule.yaml:11:13: references must be a list"},
        {RULE("X1", "x", WHEN "\npss: {level: strict, check: y}"),
         "rule.yaml:11:6: pss needs a level, baseline or restricted, and the check's name"},
        {RULE("X1", "x", WHEN "\nexamples: {bad: a, god: b}"), "rule.yaml:11:20: there is no key 'god' here; did you mean good?"},
        {RULE("X1", "x", WHEN "\nreplaces: PG999999"), "rule.yaml:11:11: there is no rule 'PG999999' to replace"},
        {RULE("PG101", "x", WHEN), "rule.yaml:1:5: there is a rule PG101 already (rules/isolation/privileged-container.yaml); to "
                                   "take its place, say replaces: PG101"},
        {RULE("X1", "privileged-container", WHEN),
         "rule.yaml:2:7: there is a rule privileged-container already (rules/isolation/privileged-container.yaml); to take "
         "its place, say replaces: PG101"},
        {"id: X1\nname: x\ntitle: t\nseverity: hihg\n", "rule.yaml:4:11: a severity is info, low, medium, high or critical"},
        {"id: X1\nname: x\ntitle: t\nseverity: high\nlayer: x\n", "rule.yaml:5:8: a layer is kernel, container or orchestration"},
        {"id: X1\nname: x\ntitle: t\nseverity: high\nlayer: kernel\nmessage: \"a\\nb\"\n", "rule.yaml:6:10: message must be one line"},
        {"id: X1\nname: \"\\x1b[2J\"\n", "rule.yaml:2:7: a name is words with dashes between, such as privileged-container"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(rule_set_free_cleanup) struct rule_set *set = rule_set_new();
        struct err err = ERR_INIT;
        cr_assert_eq(rule_set_add_built_in(set, &err), 0, "%s", err.sentence);
        int rc = add_text(set, rows[i].text, &err);
        cr_expect_eq(rc == 0, rows[i].sentence[0] == '\0', "row %zu: %d", i, rc);
        cr_expect_str_eq(err.sentence, rows[i].sentence, "row %zu: %s", i, err.sentence);
    }
}

Test(rule, a_subject_or_fix_that_is_none)
{
    static const char head[] = "id: X1\nname: x\ntitle: t\nseverity: low\nlayer: kernel\nmessage: m\nwhy: w\n";
    static const struct {
        const char *rest, *sentence;
    } rows[] = {
        {"fix: {}\n", "rule.yaml:8:6: fix must be a text"},
        {"fix: {kubernets: x}\n", "rule.yaml:8:7: there is no key 'kubernets' here; did you mean kubernetes?"},
        {"fix: f\nsubjects: [contaner]\n" WHEN "\n", "rule.yaml:9:12: there is no kind of subject 'contaner'; did you mean container?"},
        {"fix: f\nsubjects: container\n" WHEN "\n", "rule.yaml:9:11: subjects must be a list with at least one item"},
        {"fix: {kubernetes: x}\nsubjects: [container, pod]\n" WHEN "\n", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(rule_set_free_cleanup) struct rule_set *set = rule_set_new();
        AUTO_FREE char *text = mem_printf("%s%s", head, rows[i].rest);
        struct err err = ERR_INIT;
        (void)add_text(set, text, &err);
        cr_expect_str_eq(err.sentence, rows[i].sentence, "row %zu: %s", i, err.sentence);
    }
}

Test(rule, a_directory_of_rules)
{
    AUTO_DIRECTORY struct directory directory;
    AUTO(rule_set_free_cleanup) struct rule_set *set = rule_set_new();
    struct err err = ERR_INIT;
    directory_init(&directory);
    cr_expect_eq(rule_set_add_directory(set, directory.path, &err), -ENOENT);
    AUTO_FREE char *below = mem_printf("%s/below", directory.path);
    cr_assert_eq(mkdir(below, 0700), 0);
    cr_assert_eq(rule_set_add_built_in(set, &err), 0, "%s", err.sentence);
    size_t built_in = rule_set_count(set);
    put_file(&directory, "z.yaml", RULE("ACME-2", "two", "replaces: privileged-container\n" WHEN));
    put_file(&directory, "below/a.yaml", RULE("ACME-1", "one", "when: {path: name, in: '@mine'}"));
    put_file(&directory, "lists.yaml", "mine: [it]\nescape-capabilities: [NONE]\n");
    put_file(&directory, "notes.txt", "no rule");
    put_file(&directory, ".hidden.yaml", "no rule");
    cr_assert_eq(rule_set_add_directory(set, directory.path, &err), 0, "%s", err.sentence);
    cr_expect_eq(rule_set_count(set), built_in + 1);
    cr_expect_null(rule_set_find(set, "PG101"));
    cr_expect_str_eq(rule_set_get(set, 0)->info.id, "ACME-1");
    cr_expect_str_eq(rule_set_get(set, 1)->info.id, "ACME-2");
    cr_expect_not_null(rule_set_find(set, "acme-1"));
    cr_expect_eq(rule_set_add_directory(set, "/nonexistent/rules", &err), -ENOENT);
    cr_expect_str_eq(err.sentence, "cannot read the rules in /nonexistent/rules: No such file or directory");
}

/* ---- choosing ------------------------------------------------------------------------------------------------------ */

static struct rule_set *built_in(void)
{
    struct rule_set *set = rule_set_new();
    struct err err = ERR_INIT;
    cr_assert_eq(rule_set_add_built_in(set, &err), 0, "%s", err.sentence);
    return set;
}

Test(rule, built_in_ones_are_sorted_and_whole)
{
    AUTO(rule_set_free_cleanup) struct rule_set *set = built_in();
    for (size_t i = 0; i < rule_set_count(set); i++) {
        const struct rule *rule = rule_set_get(set, i);
        struct err err = ERR_INIT;
        cr_expect(i == 0 || strcmp(rule_set_get(set, i - 1)->info.id, rule->info.id) < 0, "%s", rule->info.id);
        cr_expect(!rule->when || condition_compile_patterns(rule->when, &err) == 0, "%s", err.sentence);
        cr_expect_eq(rule_set_find(set, rule->info.name), rule, "%s", rule->info.name);
        cr_expect_neq(rule->info.why[strlen(rule->info.why) - 1], '\n', "%s", rule->info.id);
        cr_expect_neq(rule->info.fix[strlen(rule->info.fix) - 1], '\n', "%s", rule->info.id);
    }
}

Test(rule, are_kept_skipped_and_graded_by_pattern)
{
    AUTO(rule_set_free_cleanup) struct rule_set *set = built_in();
    char by_id[] = "pg10?", by_name[] = "dangerous-*", wrong[] = "PG1O1";
    char *unknown[] = {by_id, wrong};
    char *known[] = {by_id, by_name};
    const char *ret_unknown = NULL;
    size_t all = rule_set_count(set);
    cr_expect(!rule_set_keep_only(set, unknown, 2, &ret_unknown));
    cr_expect_str_eq(ret_unknown, wrong);
    cr_expect_eq(rule_set_count(set), all);
    cr_expect(rule_set_keep_only(set, known, 2, &ret_unknown));
    cr_expect_lt(rule_set_count(set), all);
    cr_expect_not_null(rule_set_find(set, "PG101"));
    cr_expect_not_null(rule_set_find(set, "DANGEROUS-CAPABILITY"));
    cr_expect(rule_set_skip(set, "PG101"));
    cr_expect_null(rule_set_find(set, "PG101"));
    cr_expect(!rule_set_skip(set, "PG101"));
    cr_expect(rule_set_grade(set, "host-network", SEVERITY_INFO));
    cr_expect_eq(rule_set_find(set, "PG104")->info.severity, SEVERITY_INFO);
    cr_expect(!rule_set_grade(set, "nothing-of-it", SEVERITY_INFO));
}

Test(rule, fixes_are_of_a_format)
{
    AUTO(rule_set_free_cleanup) struct rule_set *set = built_in();
    const struct rule *rule = rule_set_find(set, "PG106");
    cr_expect(strstr(rule_fix_for(rule, "kubernetes"), "hostIPC: false"));
    cr_expect(strstr(rule_fix_for(rule, "compose"), "ipc: host"));
    cr_expect_str_eq(rule_fix_for(rule, "oci"), rule->info.fix);
    cr_expect_str_eq(rule_fix_for(rule, NULL), rule->info.fix);
}

/* ---- judging ---------------------------------------------------------------------------------------------------------- */

static const struct node *read_facts(struct arena *arena, const char *text)
{
    struct node_stream stream = {0};
    struct err err = ERR_INIT;
    cr_assert_eq(yaml_read("facts", text, strlen(text), arena, &stream, &err), 0, "%s", err.sentence);
    return stream.documents[0];
}

Test(rule, messages_are_filled_with_harmless_text)
{
    static const struct {
        const char *template_, *expected;
    } rows[] = {
        {"plain", "plain"},
        {"{name} and {user.id}", "web and 0"},
        {"{nothing}{user}{none}", "---"},
        {"{list} of {mixed}", "a, b of x"},
        {"{item} {item.source} {item.nothing}", "- /etc -"},
        {"{ name} {} {name", "{ name} {} {name"},
        {"{{name}}", "{web}"},
        {"{name..x} {a b}", "{name..x} {a b}"},
        {"{evil}", "a\\x1b[2J\\x0ab\\x5c"},
        {"{labels.\"a.b/c\"}", "d"},
    };
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    const struct node *facts = read_facts(arena, "{name: web, user: {id: 0}, list: [a, b], mixed: [{y: 1}, x], none: [],"
                                                 " evil: \"a\\e[2J\\nb\\\\\", labels: {a.b/c: d}}");
    const struct node *item = read_facts(arena, "{source: /etc}");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const char *filled = rule_fill(rows[i].template_, facts, item, arena);
        cr_expect_str_eq(filled, rows[i].expected, "%s: %s", rows[i].template_, filled);
    }
}

Test(rule, long_values_are_cut_between_characters)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    AUTO_BUF struct buf text = BUF_INIT;
    buf_add_text(&text, "name: x");
    for (size_t i = 0; i < 100000; i++)
        buf_add_text(&text, "ä");
    const struct node *facts = read_facts(arena, buf_text(&text));
    const char *filled = rule_fill("{name}", facts, NULL, arena);
    cr_expect_leq(strlen(filled), 124);
    cr_expect(strstr(filled, "ä…"), "%s", filled);
    for (size_t i = 0; i < 5; i++) {
        AUTO_FREE char *template_ = mem_printf("%*s{name}{name}{name}{name}{name}{name}{name}{name}{name}", (int)i, "");
        cr_expect_leq(strlen(rule_fill(template_, facts, NULL, arena)), 1200);
    }
}

/* What the set says of facts, as "ID LINE MESSAGE". */
static const char *judge(const struct rule_set *set, const struct judge_options *options, struct subject *subject,
                         struct arena *arena, struct buf *out)
{
    struct verdicts verdicts = {0};
    rule_set_judge(set, options, subject, arena, &verdicts);
    for (size_t i = 0; i < verdicts.count; i++)
        buf_printf(out, "%s %u %s\n", verdicts.items[i].rule->info.id, verdicts.items[i].where->line,
                   verdicts.items[i].message);
    free(verdicts.items);
    return buf_text(out);
}

Test(rule, a_subject_is_judged_by_the_rules_that_apply)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    AUTO(rule_set_free_cleanup) struct rule_set *set = rule_set_new();
    AUTO_BUF struct buf one = BUF_INIT;
    AUTO_BUF struct buf two = BUF_INIT;
    AUTO_BUF struct buf three = BUF_INIT;
    AUTO_DIRECTORY struct directory directory;
    struct err err = ERR_INIT;
    directory_init(&directory);
    put_file(&directory, "1.yaml", RULE("A1", "a", WHEN));
    put_file(&directory, "2.yaml", RULE("A2", "b", "formats: [compose]\nwhen: {path: tty, is-not: true}"));
    put_file(&directory, "3.yaml", RULE("A3", "c", "when: {some: caps, where: {path: ., starts-with: SYS}}\nat: name"));
    cr_assert_eq(rule_set_add_directory(set, directory.path, &err), 0, "%s", err.sentence);
    const struct node *facts = read_facts(arena, "name: web\nprivileged: true\ncaps: [SYS_TIME, KILL, SYS_NICE]\n");
    struct subject subject = {.kind = SUBJECT_CONTAINER, .format = "kubernetes", .facts = facts, .where = facts};
    cr_expect_str_eq(judge(set, NULL, &subject, arena, &one), "A1 2 it is web\nA3 1 it is web\nA3 1 it is web\n");
    subject.format = "compose";
    cr_expect_str_eq(judge(set, NULL, &subject, arena, &two),
                     "A1 2 it is web\nA2 1 it is web\nA3 1 it is web\nA3 1 it is web\n");
    subject.kind = SUBJECT_POD;
    cr_expect_str_eq(judge(set, NULL, &subject, arena, &three), "");
}

Test(rule, of_a_thousand_matches_the_last_counts_the_rest)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    AUTO(rule_set_free_cleanup) struct rule_set *set = rule_set_new();
    AUTO_BUF struct buf text = BUF_INIT;
    struct err err = ERR_INIT;
    cr_assert_eq(add_text(set, RULE("A1", "a", "when: {some: caps, where: {path: ., exists: true}}"), &err), 0, "%s",
                 err.sentence);
    buf_add_text(&text, "name: web\ncaps:\n");
    for (size_t i = 0; i < 1234; i++)
        buf_add_text(&text, "- x\n");
    const struct node *facts = read_facts(arena, buf_text(&text));
    struct subject subject = {.kind = SUBJECT_CONTAINER, .format = "oci", .facts = facts, .where = facts};
    struct verdicts verdicts = {0};
    rule_set_judge(set, NULL, &subject, arena, &verdicts);
    cr_assert_eq(verdicts.count, 1000);
    cr_expect_str_eq(verdicts.items[998].message, "it is web");
    cr_expect_str_eq(verdicts.items[999].message, "it is web (and 234 more of the same)");
    cr_expect_eq(verdicts.items[999].where->line, 1002);
    free(verdicts.items);
}

Test(rule, provisos_are_handed_on)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    AUTO(rule_set_free_cleanup) struct rule_set *set = rule_set_new();
    AUTO_DIRECTORY struct directory directory;
    struct err err = ERR_INIT;
    directory_init(&directory);
    put_file(&directory, "1.yaml", RULE("A1", "a", "when: {path: memory, exists: false}\nunless: {limit-range: memory.limit}"));
    put_file(&directory, "2.yaml", RULE("A2", "b", "when: {path: runtime, exists: true}\nunless: {runtime-class: '{runtime}'}\n"
                                                   "only-with: runtime-class"));
    cr_assert_eq(rule_set_add_directory(set, directory.path, &err), 0, "%s", err.sentence);
    const struct node *facts = read_facts(arena, "name: web\nruntime: \"g\\evisor\"\n");
    struct subject subject = {.kind = SUBJECT_CONTAINER, .format = "kubernetes", .facts = facts, .where = facts,
                              .names.namespace_ = "shop"};
    struct verdicts verdicts = {0};
    rule_set_judge(set, NULL, &subject, arena, &verdicts);
    cr_assert_eq(verdicts.count, 2);
    cr_expect_eq(verdicts.items[0].proviso_fact, CONTEXT_LIMIT_RANGE);
    cr_expect(verdicts.items[0].proviso_wants);
    cr_expect_str_eq(verdicts.items[0].proviso_namespace, "shop");
    cr_expect_str_eq(verdicts.items[0].proviso_name, "memory.limit");
    cr_expect_eq(verdicts.items[0].only_with, -1);
    cr_expect_eq(verdicts.items[1].proviso_fact, CONTEXT_RUNTIME_CLASS);
    cr_expect_str_eq(verdicts.items[1].proviso_namespace, "");
    cr_expect_str_eq(verdicts.items[1].proviso_name, "g\033visor");
    cr_expect_eq(verdicts.items[1].only_with, CONTEXT_RUNTIME_CLASS);
    free(verdicts.items);
}

Test(rule, the_standards_speak_alone_or_not_at_all)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    AUTO(rule_set_free_cleanup) struct rule_set *set = built_in();
    AUTO_BUF struct buf without = BUF_INIT;
    AUTO_BUF struct buf baseline = BUF_INIT;
    AUTO_BUF struct buf restricted = BUF_INIT;
    const struct node *spec = read_facts(arena, "hostNetwork: true\ncontainers:\n- name: a\n  securityContext:\n"
                                                "    privileged: true\n");
    const struct node *facts = read_facts(arena, "name: web\nnamespaces: {network: host}\n");
    struct subject subject = {.kind = SUBJECT_POD, .format = "kubernetes", .facts = facts, .where = spec, .pod_spec = spec};
    struct judge_options options = {.pss = true, .level = PSS_BASELINE, .minor = PSS_VERSION_NEWEST};
    (void)judge(set, NULL, &subject, arena, &without);
    cr_expect(strstr(buf_text(&without), "PG104 "), "%s", buf_text(&without));
    cr_expect_null(strstr(buf_text(&without), "PSS-"), "%s", buf_text(&without));
    (void)judge(set, &options, &subject, arena, &baseline);
    cr_expect_null(strstr(buf_text(&baseline), "PG"), "%s", buf_text(&baseline));
    cr_expect(strstr(buf_text(&baseline), "PSS-hostNamespaces 1 "), "%s", buf_text(&baseline));
    cr_expect(strstr(buf_text(&baseline), "PSS-privileged 5 "), "%s", buf_text(&baseline));
    cr_expect_null(strstr(buf_text(&baseline), "PSS-runAsNonRoot"), "%s", buf_text(&baseline));
    options.level = PSS_RESTRICTED;
    (void)judge(set, &options, &subject, arena, &restricted);
    cr_expect(strstr(buf_text(&restricted), "PSS-runAsNonRoot"), "%s", buf_text(&restricted));
}
