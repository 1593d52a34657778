#include "audit/condition.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/node_in.h"

static const char lists_text[] = "paths: [/etc, /run/user/*/docker.sock]\n"
                                 "more: [\"@words\", green]\n"
                                 "words: [red, 3, true]\n"
                                 "circle: [\"@circle\"]\n"
                                 "none: []\n";

struct fixture {
    struct arena *arena;
    struct condition_lists lists;
};

static const struct node *read_text(struct arena *arena, const char *name, const char *text)
{
    struct node_stream stream = {0};
    struct err err = ERR_INIT;
    cr_assert_eq(yaml_read(name, text, strlen(text), arena, &stream, &err), 0, "%s", err.sentence);
    cr_assert_eq(stream.count, 1, "%s", text);
    return stream.documents[0];
}

static void fixture_init(struct fixture *fixture)
{
    *fixture = (struct fixture){.arena = arena_new()};
    fixture->lists.maps[fixture->lists.count++] = read_text(fixture->arena, "lists", lists_text);
}

static void fixture_done(struct fixture *fixture)
{
    arena_free(fixture->arena);
}

#define AUTO_FIXTURE __attribute__((cleanup(fixture_done)))

/* Each way in which it holds as "LINE:COLUMN", or "-", and the item behind a slash, with blanks between. */
static const char *describe(const struct condition_match *matches, size_t count, struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        const struct condition_match *match = &matches[i];
        if (match->where)
            buf_printf(out, "%s%u:%u", i ? " " : "", match->where->line, match->where->column);
        else
            buf_printf(out, "%s-", i ? " " : "");
        if (match->item)
            buf_printf(out, "/%s", node_text(match->item) ? node_text(match->item) : node_text_at(match->item, "name"));
    }
    return buf_text(out);
}

static const char facts_text[] = "format: kubernetes\n"             /*  1 */
                                 "privileged: true\n"               /*  2 */
                                 "words: 'true'\n"                  /*  3 */
                                 "empty: null\n"                    /*  4 */
                                 "user: {id: 0, name: root}\n"      /*  5 */
                                 "caps: [CHOWN, SYS_ADMIN, ALL]\n"  /*  6 */
                                 "memory: {request: 1048576, limit: 4194304}\n" /*  7 */
                                 "cpu: {limit: 500}\n"              /*  8 */
                                 "command: sh -c 'curl x | sh'\n"   /*  9 */
                                 "mounts:\n"                        /* 10 */
                                 "  - {name: a, source: /etc/ssl, ro: true}\n"
                                 "  - {name: b, source: /var, ro: false}\n"
                                 "  - {name: c, source: /srv}\n"
                                 "labels: {app.kubernetes.io/name: web, tier: '3'}\n"
                                 "single: one\n"
                                 "port: '8080'\n"
                                 "root: /\n"
                                 "sock: /run/user/1000/docker.sock\n"
                                 "nested: [{name: x, in: [1, 2]}, {name: y, in: [2, 3]}]\n";

struct row {
    const char *condition;
    const char *expected; /* NULL: does not hold */
};

static void check_rows(const struct row *rows, size_t count)
{
    AUTO_FIXTURE struct fixture fixture;
    fixture_init(&fixture);
    const struct node *facts = read_text(fixture.arena, "facts", facts_text);
    for (size_t i = 0; i < count; i++) {
        const struct condition *condition = NULL;
        struct err err = ERR_INIT;
        AUTO_BUF struct buf seen = BUF_INIT;
        struct condition_match matches[8];
        const struct node *text = read_text(fixture.arena, "rule", rows[i].condition);
        cr_assert_eq(condition_compile("rule", text, &fixture.lists, fixture.arena, &condition, &err), 0, "%s: %s",
                     rows[i].condition, err.sentence);
        size_t held = condition_evaluate(condition, facts, matches, ARRAY_COUNT(matches));
        cr_expect_eq(held > 0, rows[i].expected != NULL, "%s holds %zu times", rows[i].condition, held);
        if (held && rows[i].expected)
            cr_expect_str_eq(describe(matches, held, &seen), rows[i].expected, "%s: %s", rows[i].condition, buf_text(&seen));
        condition_done(condition);
    }
}

Test(condition, tests_of_a_fact)
{
    static const struct row rows[] = {
        {"{path: privileged, exists: true}", "2:1"},
        {"{path: privileged, exists: false}", NULL},
        {"{path: empty, exists: true}", NULL},
        {"{path: empty, exists: false}", "-"},
        {"{path: nothing, exists: false}", "-"},
        {"{path: nothing.below, exists: false}", "-"},
        {"{path: single.below, exists: true}", NULL},
        {"{path: privileged, is: true}", "2:1"},
        {"{path: privileged, is: false}", NULL},
        {"{path: privileged, is: 'true'}", "2:1"},
        {"{path: words, is: true}", NULL},
        {"{path: words, is: 'true'}", "3:1"},
        {"{path: nothing, is: true}", NULL},
        {"{path: privileged, is-not: true}", NULL},
        {"{path: nothing, is-not: true}", "-"},
        {"{path: words, is-not: true}", "3:1"},
        {"{path: user.id, is: 0}", "5:8"},
        {"{path: user.id, is: 0x0}", "5:8"},
        {"{path: port, is: 8080}", "16:1"},
        {"{path: port, is: 808}", NULL},
        {"{path: user, is: root}", NULL},
        {"{path: user, is-not: root}", "5:1"},
        {"{path: user.name, in: [admin, root]}", "5:15"},
        {"{path: user.name, in: root}", "5:15"},
        {"{path: user.name, not-in: [admin, root]}", NULL},
        {"{path: nothing, not-in: [admin, root]}", "-"},
        {"{path: nothing, in: [admin, root]}", NULL},
        {"{path: labels.tier, in: '@words'}", "14:39"},
        {"{path: privileged, in: '@more'}", "2:1"},
        {"{path: privileged, in: '@none'}", NULL},
        {"{path: privileged, not-in: '@none'}", "2:1"},
        {"{path: single, in: [two, '@more', one]}", "15:1"},
        {"{path: labels.\"app.kubernetes.io/name\", is: web}", "14:10"},
        {"{path: labels.app, exists: true}", NULL},
        {"{path: $.single, is: one}", "15:1"},
        {"{path: command, matches: 'curl [^|]*\\| *(ba)?sh'}", "9:1"},
        {"{path: command, matches: CURL}", NULL},
        {"{path: command, matches: (?i)CURL}", "9:1"},
        {"{path: command, not-matches: curl}", NULL},
        {"{path: caps, matches: CHOWN}", NULL},
        {"{path: caps, not-matches: CHOWN}", "6:1"},
        {"{path: nothing, matches: .*}", NULL},
        {"{path: nothing, not-matches: .*}", "-"},
        {"{path: user.id, matches: ^0$}", "5:8"},
        {"{path: command, starts-with: 'sh '}", "9:1"},
        {"{path: command, starts-with: 'h'}", NULL},
        {"{path: single, starts-with: 'one more'}", NULL},
        {"{path: single, ends-with: 'ne'}", "15:1"},
        {"{path: single, ends-with: 'on'}", NULL},
        {"{path: nothing, ends-with: x}", NULL},
        {"{path: caps, contains: ALL}", "6:1"},
        {"{path: caps, contains: AL}", NULL},
        {"{path: command, contains: 'x |'}", "9:1"},
        {"{path: nothing, contains: x}", NULL},
        {"{path: caps, lacks: ALL}", NULL},
        {"{path: caps, lacks: NET_RAW}", "6:1"},
        {"{path: nothing, lacks: x}", "-"},
    };
    check_rows(rows, ARRAY_COUNT(rows));
}

Test(condition, numbers)
{
    static const struct row rows[] = {
        {"{path: user.id, above: 0}", NULL},
        {"{path: user.id, at-least: 0}", "5:8"},
        {"{path: user.id, above: -1}", "5:8"},
        {"{path: user.id, below: 1}", "5:8"},
        {"{path: user.id, at-most: 0}", "5:8"},
        {"{path: user.id, below: 0}", NULL},
        {"{path: memory.limit, at-least: 4Mi}", "7:28"},
        {"{path: memory.limit, above: 4Mi}", NULL},
        {"{path: memory.limit, above: 4M}", "7:28"},
        {"{path: memory.limit, below: 4.5Mi}", "7:28"},
        {"{path: cpu.limit, is: 500}", "8:7"},
        {"{path: cpu.limit, at-most: 500m}", "8:7"},
        {"{path: cpu.limit, below: 500m}", NULL},
        {"{path: cpu.limit, below: '1500m'}", "8:7"},
        {"{path: memory.limit, at-least: 4 * memory.request}", "7:28"},
        {"{path: memory.limit, above: 4 * memory.request}", NULL},
        {"{path: memory.limit, above: 3.999 * memory.request}", "7:28"},
        {"{path: memory.limit, above: memory.request}", "7:28"},
        {"{path: memory.limit, above: memory.nothing}", NULL},
        {"{path: memory.limit, below: memory.nothing}", NULL},
        {"{path: nothing, above: 1}", NULL},
        {"{path: nothing, below: 1}", NULL},
        {"{path: single, above: 0}", NULL},
        {"{path: port, above: 1024}", "16:1"},
        {"{path: user.id, above: -9223372036854775808}", "5:8"},
        {"{path: memory.limit, below: 9223372036854775807 * memory.limit}", "7:28"},
    };
    check_rows(rows, ARRAY_COUNT(rows));
}

Test(condition, file_paths)
{
    static const struct row rows[] = {
        {"{path: root, covers: [/etc/shadow]}", "17:1"},
        {"{path: root, under: [/etc/shadow]}", NULL},
        {"{path: root, under: [/]}", "17:1"},
        {"{path: sock, under: ['@paths']}", "18:1"},
        {"{path: sock, covers: '@paths'}", "18:1"},
        {"{path: sock, under: [/run/user]}", "18:1"},
        {"{path: sock, under: [/run/use]}", NULL},
        {"{path: sock, covers: [/run/user/1000/docker.sock/x]}", "18:1"},
        {"{path: sock, under: [/run/*]}", "18:1"},
        {"{path: sock, under: [/run/*/docker.sock]}", NULL},
        {"{path: single, covers: [/]}", NULL},
        {"{path: nothing, covers: [/]}", NULL},
        {"{some: mounts, where: {path: source, covers: [/etc, /var/run]}}", "11:15/a 12:15/b"},
        {"{some: mounts, where: {path: source, under: [/etc, /var/run]}}", "11:15/a"},
    };
    check_rows(rows, ARRAY_COUNT(rows));
}

Test(condition, forms)
{
    static const struct row rows[] = {
        {"{all: [{path: privileged, is: true}, {path: user.id, is: 0}]}", "2:1"},
        {"{all: [{path: privileged, is: true}, {path: user.id, is: 1}]}", NULL},
        {"{all: [{path: nothing, exists: false}, {path: user.id, is: 0}]}", "-"},
        {"{any: [{path: privileged, is: false}, {path: user.id, is: 0}]}", "5:8"},
        {"{any: [{path: privileged, is: false}, {path: user.id, is: 1}]}", NULL},
        {"{none: [{path: privileged, is: false}, {path: user.id, is: 1}]}", "2:1"},
        {"{none: [{path: privileged, is: false}, {path: user.id, is: 0}]}", NULL},
        {"{not: {path: privileged, is: false}}", "2:1"},
        {"{not: {path: privileged, is: true}}", NULL},
        {"{not: {not: {path: privileged, is: true}}}", "2:1"},
        /* A `some` holds once for every item. */
        {"{some: caps, where: {path: ., in: [SYS_ADMIN, ALL]}}", "6:15/SYS_ADMIN 6:26/ALL"},
        {"{some: caps, where: {path: ., is: NONE}}", NULL},
        {"{some: nothing, where: {path: ., exists: true}}", NULL},
        {"{some: single, where: {path: ., is: one}}", "15:1/one"},
        {"{some: mounts, where: {path: ro, is-not: true}}", "12:29/b 13:5/c"},
        {"{some: mounts, where: {all: [{path: source, is: /srv}, {path: $.privileged, is: true}]}}", "13:15/c"},
        {"{some: mounts, where: {all: [{path: $.privileged, is: true}, {path: source, is: /srv}]}}", "13:15/c"},
        {"{some: nested, where: {some: in, where: {path: ., is: 2}}}", "19:28/2 19:48/2"},
        {"{some: nested, where: {some: in, where: {path: ., above: 0}}}", "19:25/1 19:48/2"},
        {"{not: {some: caps, where: {path: ., is: NONE}}}", "6:1"},
        {"{all: [{path: privileged, is: true}, {some: caps, where: {path: ., is: ALL}}]}", "6:26/ALL"},
        {"{all: [{path: privileged, is: false}, {some: caps, where: {path: ., is: ALL}}]}", NULL},
        {"{all: [{some: caps, where: {path: ., is: ALL}}, {some: mounts, where: {path: ro, is: true}}]}", "6:26/ALL"},
        {"{all: [{some: caps, where: {path: ., is: ALL}}, {some: mounts, where: {path: ro, is: 3}}]}", NULL},
        /* Of `any`, all alternatives with a `some` give theirs; of the others one is enough. */
        {"{any: [{some: caps, where: {path: ., is: ALL}}, {some: mounts, where: {path: ro, is: true}}]}", "6:26/ALL 11:33/a"},
        {"{any: [{path: privileged, is: true}, {path: user.id, is: 0}, {some: caps, where: {path: ., is: ALL}}]}",
         "2:1 6:26/ALL"},
        {"{every: mounts, where: {path: source, starts-with: /}}", "10:1"},
        {"{every: mounts, where: {path: ro, exists: true}}", NULL},
        {"{not: {every: mounts, where: {path: ro, exists: true}}}", "13:5"},
        {"{every: nothing, where: {path: ., exists: true}}", NULL},
        {"{every: single, where: {path: ., is: one}}", "15:1"},
    };
    check_rows(rows, ARRAY_COUNT(rows));
}

Test(condition, what_is_none_is_refused_with_its_place)
{
    static const struct {
        const char *condition, *sentence;
    } rows[] = {
        {"[1]", "rule:1:1: a condition must be a map of keys and values"},
        {"{}", "rule:1:1: a condition must be a map of keys and values"},
        {"{pth: x, is: 1}", "rule:1:2: there is no key 'pth' here; did you mean path?"},
        {"{path: x, iss: 1}", "rule:1:11: there is no key 'iss' here; did you mean is?"},
        {"{path: x}", "rule:1:1: a path needs a test, such as exists: true"},
        {"{is: x}", "rule:1:1: a condition needs one of path, all, any, none, not, some and every"},
        {"{path: x, is: 1, is-not: 2}", "rule:1:26: a path has one test; several stand in an `all`"},
        {"{path: x, is: 1, all: [{path: y, is: 1}]}",
         "rule:1:8: all and path cannot stand in one condition; put both in an `all`"},
        {"{path: x, is: 1, where: {path: y, is: 1}}", "rule:1:18: there is no key 'where' here"},
        {"{all: [{path: x, is: 1}], is: 1}", "rule:1:27: there is no key 'is' here"},
        {"{all: []}", "rule:1:7: all must be a list with at least one item"},
        {"{all: {path: x, is: 1}}", "rule:1:7: all must be a list with at least one item"},
        {"{some: x}", "rule:1:1: some needs a `where`"},
        {"{path: x..y, is: 1}", "rule:1:8: 'x..y' is no path: it is keys with single dots between"},
        {"{path: .x, is: 1}", "rule:1:8: '.x' is no path: it is keys with single dots between"},
        {"{path: x., is: 1}", "rule:1:8: 'x.' is no path: it is keys with single dots between"},
        {"{path: 'x.\"y', is: 1}", "rule:1:8: 'x.\"y' is no path: it is keys with single dots between"},
        {"{path: [x], is: 1}", "rule:1:8: a path to a fact must be a text"},
        {"{path: x, exists: maybe}", "rule:1:19: true or false must stand here"},
        {"{path: x, is: [1]}", "rule:1:15: a text, a number, true or false must stand here"},
        {"{path: x, is: null}", "rule:1:15: a text, a number, true or false must stand here"},
        {"{path: x, in: []}", "rule:1:15: an empty list: the test could never hold"},
        {"{path: x, in: '@wrds'}", "rule:1:15: there is no list of the name 'wrds'; did you mean @words?"},
        {"{path: x, in: [a, '@circle']}", "rule:1:19: lists are nested too deep, or name each other in a circle"},
        {"{path: x, matches: ''}", "rule:1:20: a pattern must be a text"},
        {"{path: x, above: much}", NULL},
        {"{path: x, above: 1.5}", "rule:1:18: '1.5' is no whole number, no quantity such as 10Mi or 500m, and no fact such "
                                  "as 2 * memory.request"},
        {"{path: x, above: 5 apples}", "rule:1:18: '5 apples' is no whole number, no quantity such as 10Mi or 500m, and no "
                                       "fact such as 2 * memory.request"},
        {"{path: x, above: a * b}", "rule:1:18: 'a * b' is no whole number, no quantity such as 10Mi or 500m, and no fact "
                                    "such as 2 * memory.request"},
        {"{path: x, covers: [etc]}", "rule:1:19: a file path must begin with a slash"},
        {"{some: a, where: {some: b, where: {some: c, where: {some: d, where: {some: e, where: {path: ., is: 1}}}}}}",
         "rule:1:69: some and every may be nested 4 deep"},
    };
    AUTO_FIXTURE struct fixture fixture;
    fixture_init(&fixture);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const struct condition *condition = NULL;
        struct err err = ERR_INIT;
        const struct node *text = read_text(fixture.arena, "rule", rows[i].condition);
        int rc = condition_compile("rule", text, &fixture.lists, fixture.arena, &condition, &err);
        cr_expect_eq(rc, rows[i].sentence ? -EINVAL : 0, "%s", rows[i].condition);
        cr_expect_str_eq(err.sentence, rows[i].sentence ? rows[i].sentence : "", "%s", rows[i].condition);
    }
}

Test(condition, a_malformed_pattern_is_told_when_patterns_are_compiled)
{
    AUTO_FIXTURE struct fixture fixture;
    fixture_init(&fixture);
    const struct condition *condition = NULL;
    struct err err = ERR_INIT;
    const struct node *text = read_text(fixture.arena, "rule", "not:\n  some: x\n  where: {path: ., matches: 'a(b'}\n");
    cr_assert_eq(condition_compile("rule", text, &fixture.lists, fixture.arena, &condition, &err), 0);
    cr_expect_eq(condition_compile_patterns(condition, &err), -EINVAL);
    cr_expect_str_eq(err.sentence, "rule:3:29: the pattern is malformed at its character 4: missing closing parenthesis");
    condition_done(condition);
}

static double seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Patterns that would take years, on the longest text; the bound is far above what they take and far below years. */
Test(condition, a_pattern_that_runs_away_is_stopped, .timeout = 60)
{
    static const char *const patterns[] = {"(a+)+$", "(a|aa)+$", "(.*)*b", "^(([a-z])+.)+[A-Z]([a-z])+$", "a.*b.*c.*d"};
    AUTO_FIXTURE struct fixture fixture;
    fixture_init(&fixture);
    enum { LENGTH = 1 << 20 };
    char *subject = arena_alloc(fixture.arena, LENGTH + 1);
    memset(subject, 'a', LENGTH);
    subject[0] = 'x';
    subject[1] = ':';
    subject[2] = ' ';
    const struct node *facts = read_text(fixture.arena, "facts", subject);
    for (size_t i = 0; i < ARRAY_COUNT(patterns); i++) {
        AUTO_FREE char *text = mem_printf("{path: x, matches: '%s'}", patterns[i]);
        const struct node *rule = read_text(fixture.arena, "rule", arena_strdup(fixture.arena, text));
        const struct condition *condition = NULL;
        struct err err = ERR_INIT;
        cr_assert_eq(condition_compile("rule", rule, NULL, fixture.arena, &condition, &err), 0, "%s", err.sentence);
        double before = seconds();
        (void)condition_evaluate(condition, facts, NULL, 0);
        cr_expect_lt(seconds() - before, 5, "%s took %.2f s", patterns[i], seconds() - before);
        condition_done(condition);
    }
}

/* More matches than there is room for are counted, not written. */
Test(condition, counts_beyond_the_room)
{
    AUTO_FIXTURE struct fixture fixture;
    fixture_init(&fixture);
    const struct node *facts = read_text(fixture.arena, "facts", facts_text);
    const struct node *text = read_text(fixture.arena, "rule", "{some: caps, where: {path: ., exists: true}}");
    const struct condition *condition = NULL;
    struct err err = ERR_INIT;
    struct condition_match matches[3] = {0};
    cr_assert_eq(condition_compile("rule", text, NULL, fixture.arena, &condition, &err), 0);
    cr_expect_eq(condition_evaluate(condition, facts, matches, 2), 3);
    cr_expect_not_null(matches[1].item);
    cr_expect_null(matches[2].item);
}

struct shared {
    const struct condition *condition;
    const struct node *facts;
};

static void *evaluate_often(void *argument)
{
    const struct shared *shared = argument;
    size_t held = 0;
    for (size_t i = 0; i < 500; i++)
        held += condition_evaluate(shared->condition, shared->facts, NULL, 0);
    return (void *)held;
}

/* Patterns are compiled by whoever needs them first. */
Test(condition, threads_share_one)
{
    enum { THREADS = 8 };
    AUTO_FIXTURE struct fixture fixture;
    fixture_init(&fixture);
    const struct node *text = read_text(fixture.arena, "rule",
                                        "all: [{path: command, matches: 'curl +x'}, {path: single, matches: '^o(n|m)e$'}]");
    struct shared shared = {.facts = read_text(fixture.arena, "facts", facts_text)};
    struct err err = ERR_INIT;
    pthread_t threads[THREADS];
    cr_assert_eq(condition_compile("rule", text, NULL, fixture.arena, &shared.condition, &err), 0);
    for (size_t i = 0; i < THREADS; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, evaluate_often, &shared), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *held = NULL;
        cr_assert_eq(pthread_join(threads[i], &held), 0);
        cr_expect_eq((size_t)held, 500);
    }
    condition_done(shared.condition);
}
