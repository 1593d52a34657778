#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "support/node_dump.h"
#include "support/readings.h"

#define AUTO_ARENA AUTO(arena_free_cleanup)

static const struct reading readings[] = {
    {"a: 1\nb: [true, 'x', ~, 1.5]\n", "{a: 1, b: [true, \"x\", null, float 1.5]}"},
    {"- - 1\n  - 2\n- {}\n- []\n", "[[1, 2], {}, []]"},
    {"text", "\"text\""},
    /* Documents. */
    {"a: 1\n---\nb: 2\n", "{a: 1} --- {b: 2}"},
    {"---\n# only a comment\n---\na: 1\n---\n~\n---\n", "{a: 1} (3 empty)"},
    {"a: 1\n...\n---\nb: 2\n...\n", "{a: 1} --- {b: 2}"},
    {"", " (1 empty)"},
    {"# nothing\n\n", " (1 empty)"},
    {"%YAML 1.2\n---\na: 1\n", "{a: 1}"},
    /* Line ends, byte order marks, UTF-16. */
    {"a:\r\n  b: |\r\n    x\r\n    y\r\nc: 'd\r\n  e'\r\n", "{a: {b: \"x\\x0ay\\x0a\"}, c: \"d e\"}"},
    {"\xef\xbb\xbf" "a: 1\n", "{a: 1}"},
    {"k\xc3\xa4se: \"\\u00e4 \\x41\"\n", "{k\xc3\xa4se: \"\xc3\xa4 A\"}"},
    /* Quotes, blocks, tags. */
    {"a: 'true'\nb: \"5\"\nc: >\n  5\nd: |-\n  null\n", "{a: \"true\", b: \"5\", c: \"5\\x0a\", d: \"null\"}"},
    {"a: !!str true\nb: !!int '5'\nc: !!binary aGk=\nd: ! 5\ne: !!bool yes\n",
     "{a: \"true\", b: 5, c: \"aGk=\", d: \"5\", e: true}"},
    {"a: !reset null\nb: !override [1]\nc: !Ref Foo\nd: !x {e: !y 1}\n",
     "{a: !reset null, b: !override [1], c: \"Foo\", d: {e: 1}}"},
    {"? a\n: 1\n? b\n", "{a: 1, b: null}"},
    {"5: a\nyes: b\n~: c\n", "{5: \"a\", yes: \"b\", ~: \"c\"}"},
    {"a: \"x\\0y\"\n", "{a: \"x\\x00y\"}"},
    /* Aliases. */
    {"a: &x [1, {b: 2}]\nc: *x\n", "{a: [1, {b: 2}], c: *[1, {b: 2}]}"},
    {"a: &x 1\nb: &x 2\nc: *x\n", "{a: 1, b: 2, c: *2}"},
    {"&k key: *k\n", "{key: *\"key\"}"},
    {"a: &x key\n*x : 1\n", "{a: \"key\", key: 1}"},
    {"a: &x\nb: *x\n", "{a: null, b: *null}"},
    {"&a [&a x, *a]", "[\"x\", *\"x\"]"},
    /* Merges: explicit entries win, wherever they stand; then the first of the list. */
    {"a: &x {k: 1, l: 2}\nb:\n  <<: *x\n  k: 3\n", "{a: {k: 1, l: 2}, b: {k: 3, l: *2}}"},
    {"a: &x {k: 1, l: 2}\nb:\n  k: 3\n  <<: *x\n", "{a: {k: 1, l: 2}, b: {k: 3, l: *2}}"},
    {"- &x {k: 1}\n- &y {k: 2, l: 3}\n- {<<: [*x, *y]}\n- {<<: [*y, *x], m: 4}\n",
     "[{k: 1}, {k: 2, l: 3}, {k: *1, l: *3}, {m: 4, k: *2, l: *3}]"},
    {"- &x {k: 1}\n- &y {<<: *x, l: 2}\n- <<: *y\n  m: 3\n", "[{k: 1}, {l: 2, k: *1}, {m: 3, l: *2, k: *1}]"},
    {"<<: {a: 1, b: {c: 2}}\na: 3\n", "{a: 3, b: *{c: 2}}"},
    {"- &x {a: 1}\n- &y {b: 2}\n- <<: *x\n  <<: *y\n", "[{a: 1}, {b: 2}, {a: *1, b: *2}]"},
    {"\"<<\": 1\n", "{<<: 1}"},
    {"<<: []\n", "{}"},
    /* Keys that stand twice. */
    {"a: 1\nb: 2\na: 3\n", "{b: 2, a: 3} (a 3:1 was 1)"},
    {"a: 1\na: 2\na: 3\n", "{a: 3} (a 2:1 was 1) (a 3:1 was 1)"},
    {"o: {a: 1, a: 2}\no: {b: 1, b: 2}\n", "{o: {b: 2}} (a 1:11 was 1) (o 2:1 was 1) (b 2:11 was 2)"},
    {"x: 1\nin:\n  y: 1\n  y: 2\nx: 2\n", "{in: {y: 2}, x: 2} (y 4:3 was 3) (x 5:1 was 1)"},
};

Test(yaml_in, readings)
{
    readings_check(yaml_read, readings, ARRAY_COUNT(readings));
}

static const struct {
    const char *text;
    size_t length; /* 0: strlen */
    int code;
    const char *sentence; /* how it begins */
    size_t good;          /* documents before it */
} errors[] = {
    {"a: 1\n---\nb: [1\nc: 2\n", 0, -EINVAL, "f:4:2: not valid YAML: did not find expected ',' or ']'", 1},
    {"a: *b\n", 0, -EINVAL, "f:1:4: the alias *b has no anchor before it", 0},
    {"a: &x 1\n---\nb: *x\n", 0, -EINVAL, "f:3:4: the alias *x has no anchor before it", 1},
    {"a: &x [1, *x]\n", 0, -EINVAL, "f:1:11: the alias *x stands inside of what it names", 0},
    {"a: &x\n  <<: *x\n", 0, -EINVAL, "f:2:7: the alias *x stands inside of what it names", 0},
    {"{a: 1}: 2\n", 0, -EINVAL, "f:1:1: a list or a map cannot be a key here", 0},
    {"a: {{ .Values.x }}\n", 0, -EINVAL, "f:1:5: a list or a map cannot be a key here", 0},
    {"a: &x [1]\n*x : 2\n", 0, -EINVAL, "f:2:1: the alias *x as a key stands for no text", 0},
    {"a: 1\n<<: 5\n", 0, -EINVAL, "f:2:1: << merges maps, and this is none", 0},
    {"a: 1\n<<: [{b: 1}, 5]\n", 0, -EINVAL, "f:2:1: << merges maps, and this is none", 0},
    {"k\xc3\xa4: [\n\xc3\xa4 : *q", 0, -EINVAL, "f:2:6: the alias *q has no anchor", 0},
    {"a: 1\n---\nb: 2\n---\nc: \xff\n", 0, -EINVAL, "f:5:4: not valid YAML: here is a byte that is not valid UTF-8", 2},
    {"a: 1\n---\nb: \"x\0y\"\n", 19, -EINVAL, "f:3:6: not valid YAML: here is a NUL byte", 1},
    {"a: 1\n...\n\x01", 0, -EINVAL, "f:3:1: not valid YAML: here is a control character", 1},
    {"a: \xc2\x80\n", 0, -EINVAL, "f:1:4: not valid YAML: here is a control character", 0},
    {"a: ]\nb: \x01", 0, -EINVAL, "f:1:4: not valid YAML: did not find expected node content", 0},
    {"\xff\xfe" "a\0:\0 \0\x3d\xd8\n\0", 12, -EINVAL, "f:1:4: not valid YAML: here is a byte that is not valid UTF-8", 0},
    {"a:\n\t- b\n", 0, -EINVAL, "f:2:1: not valid YAML: found character that cannot start any token", 0},
};

Test(yaml_in, errors)
{
    for (size_t i = 0; i < ARRAY_COUNT(errors); i++) {
        AUTO_ARENA struct arena *arena = arena_new();
        struct node_stream stream;
        struct err err = ERR_INIT;
        size_t length = errors[i].length ? errors[i].length : strlen(errors[i].text);
        int rc = yaml_read("f", errors[i].text, length, arena, &stream, &err);
        cr_expect_eq(rc, errors[i].code, "%s: %d %s", errors[i].text, rc, err.sentence);
        cr_expect_eq(strncmp(err.sentence, errors[i].sentence, strlen(errors[i].sentence)), 0, "%s: %s", errors[i].text,
                     err.sentence);
        cr_expect_eq(stream.count, errors[i].good, "%s: %zu good", errors[i].text, stream.count);
        char place[64];
        (void)snprintf(place, sizeof(place), "f:%u:%u: ", stream.error_line, stream.error_column);
        cr_expect_eq(strncmp(err.sentence, place, strlen(place)), 0, "%s is not at %s", err.sentence, place);
    }
}

/* Bombs are refused with a sentence and for their count, whatever time that takes. */
static void expect_refused(const char *text, size_t length, int code, const char *why, size_t memory)
{
    AUTO_ARENA struct arena *arena = arena_new();
    struct node_stream stream;
    struct err err = ERR_INIT;
    int rc = yaml_read("f", text, length, arena, &stream, &err);
    cr_expect_eq(rc, code, "%d: %s", rc, err.sentence);
    cr_expect_not_null(strstr(err.sentence, why), "%s", err.sentence);
    cr_expect_leq(arena_used(arena), memory, "%zu bytes", arena_used(arena));
}

Test(yaml_in, bomb)
{
    AUTO_BUF struct buf text = BUF_INIT;
    buf_add_text(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 60; i++) {
        buf_printf(&text, "a%d: &a%d [", i, i);
        for (int j = 0; j < 9; j++)
            buf_printf(&text, "%s*a%d", j > 0 ? ", " : "", i - 1);
        buf_add_text(&text, "]\n");
    }
    expect_refused(text.data, text.length, -E2BIG, "f:7:", 64 << 10);
    expect_refused(text.data, text.length, -E2BIG, "more than 4000000 values, counting each alias", 64 << 10);
}

Test(yaml_in, merge_bomb)
{
    AUTO_BUF struct buf text = BUF_INIT;
    buf_add_text(&text, "- &a0 {k: v}\n");
    for (int i = 1; i < 60; i++)
        buf_printf(&text, "- &a%d {<<: [*a%d, *a%d, *a%d], k%d: v}\n", i, i - 1, i - 1, i - 1, i);
    expect_refused(text.data, text.length, -E2BIG, "more than 4000000 values", 512 << 20);
}

Test(yaml_in, depth)
{
    AUTO_BUF struct buf text = BUF_INIT;
    for (int i = 0; i < 100000; i++)
        buf_add_char(&text, '[');
    expect_refused(text.data, text.length, -E2BIG, "f:1:101: nests deeper than 100 levels", 64 << 10);
    buf_clear(&text);
    for (int i = 0; i < 100000; i++)
        buf_add_text(&text, "- ");
    expect_refused(text.data, text.length, -E2BIG, "f:1:201: nests deeper than 100 levels", 64 << 10);
    /* Aliases deepen, too: 60 levels inside of 60. */
    buf_clear(&text);
    buf_add_text(&text, "- &a ");
    for (int i = 0; i < 60; i++)
        buf_add_char(&text, '[');
    for (int i = 0; i < 60; i++)
        buf_add_char(&text, ']');
    buf_add_text(&text, "\n- ");
    for (int i = 0; i < 60; i++)
        buf_add_char(&text, '[');
    buf_add_text(&text, "*a");
    expect_refused(text.data, text.length, -E2BIG, "f:2:63: nests deeper than 100 levels", 64 << 10);
}

/* A chain of merges stays as deep as each of its maps. */
Test(yaml_in, merges_do_not_deepen)
{
    AUTO_ARENA struct arena *arena = arena_new();
    AUTO_BUF struct buf text = BUF_INIT;
    struct node_stream stream;
    struct err err = ERR_INIT;
    buf_add_text(&text, "- &a0 {k: v}\n");
    for (int i = 1; i < 200; i++)
        buf_printf(&text, i % 2 ? "- &a%d {<<: *a%d}\n" : "- &a%d {<<: [*a%d]}\n", i, i - 1);
    cr_assert_eq(yaml_read("f", text.data, text.length, arena, &stream, &err), 0, "%s", err.sentence);
    cr_expect_str_eq(node_text_at(stream.documents[0]->last, "k"), "v");
}

Test(yaml_in, tag_directives)
{
    AUTO_BUF struct buf text = BUF_INIT;
    for (int i = 0; i < 200; i++)
        buf_printf(&text, "%%TAG !a%d! x\n", i);
    buf_add_text(&text, "---\na: 1\n");
    expect_refused(text.data, text.length, -EINVAL, "f:101:1: not valid YAML: here is the 101st %TAG directive", 64 << 10);
    buf_clear(&text);
    buf_printf(&text, "%%TAG !a! %0300d\n---\na: 1\n", 0);
    expect_refused(text.data, text.length, -EINVAL, "f:1:1: not valid YAML: here is a %TAG directive longer", 64 << 10);
}

Test(yaml_in, documents)
{
    AUTO_BUF struct buf text = BUF_INIT;
    for (int i = 0; i <= NODE_DOCUMENTS_MAX; i++)
        buf_add_text(&text, "---\n");
    expect_refused(text.data, text.length, -E2BIG, "f:100001:1: more than 100000 documents", 16 << 20);
}

Test(yaml_in, long_keys)
{
    AUTO_BUF struct buf text = BUF_INIT;
    buf_printf(&text, "a: 1\n%02000d: 2\n", 0);
    expect_refused(text.data, text.length, -EINVAL, "a key may have at most 1,024 characters unless", 64 << 10);
    buf_clear(&text);
    buf_printf(&text, "{\"%02000d\": 2}\n", 0);
    expect_refused(text.data, text.length, -EINVAL, "a key may have at most 1,024 characters unless", 64 << 10);
}

/* More keys than comparing them in pairs could bear. */
Test(yaml_in, many_keys)
{
    enum { COUNT = 300000 };
    AUTO_ARENA struct arena *arena = arena_new();
    AUTO_BUF struct buf text = BUF_INIT;
    struct node_stream stream;
    for (int i = 0; i < COUNT; i++)
        buf_printf(&text, "k%d:\n", i % (COUNT - 150));
    cr_assert_eq(yaml_read("f", text.data, text.length, arena, &stream, NULL), 0);
    cr_expect_eq(stream.documents[0]->count, COUNT - 150);
    size_t count = 0;
    for (const struct node_duplicate *twice = stream.duplicates; twice; twice = twice->next)
        count++;
    cr_expect_eq(count, 100);
    cr_expect_str_eq(stream.documents[0]->first->key, "k150");
    cr_expect_str_eq(stream.documents[0]->last->key, "k149");
}

/* Columns are bytes, whatever stands before; U+2028 ends a line for libyaml alone. */
Test(yaml_in, places)
{
    static const struct {
        const char *text;
        size_t length;
        const char *places;
    } rows[] = {
        {"a: 1\nb:\n  - x\n  - k: v\n    l: [1, {m: 2}]\n", 0,
         "1:1 1:1\na 1:1 1:4\nb 2:1 3:3\nb[0] 3:5 3:5\nb[1] 4:5 4:5\nb[1].k 4:5 4:8\nb[1].l 5:5 5:8\nb[1].l[0] 5:9 5:9\n"
         "b[1].l[1] 5:12 5:12\nb[1].l[1].m 5:13 5:16\n"},
        {"k\xc3\xa4: \xe2\x82\xac\n\xf0\x9f\x98\x80: &a 'x'\nz: *a\n", 0,
         "1:1 1:1\n[\"k\xc3\xa4\"] 1:1 1:6\n[\"\xf0\x9f\x98\x80\"] 2:1 2:7\nz 3:1 3:4\n"},
        {"a: \"\xe2\x80\xa8\"\nb: 1", 0, "1:1 1:1\na 1:1 1:4\nb 2:1 2:4\n"},
        {"\xef\xbb\xbf" "a: 1\r\n\r\nb: 2\r\n", 0, "1:1 1:1\na 1:1 1:4\nb 3:1 3:4\n"},
        {"a:\n", 0, "1:1 1:1\na 1:1 1:3\n"},
        {"- a\n-", 0, "1:1 1:1\n[0] 1:3 1:3\n[1] 2:2 2:2\n"},
        {"x: &m {a: {b: 1}}\ny: {<<: *m}\n", 0,
         "1:1 1:1\nx 1:1 1:4\nx.a 1:8 1:11\nx.a.b 1:12 1:15\ny 2:1 2:4\ny.a 1:8 1:11\nx.a.b 1:12 1:15\n"},
        {"\xff\xfe" "a\0:\0 \0\xe4\0:\0 \0001\0", 16, NULL},
        {"\xfe\xff\0a\0:\0 \0[\0\xe4\0,\0 \0b\0]\0\n", 22, "1:1 1:1\na 1:1 1:4\na[0] 1:5 1:5\na[1] 1:9 1:9\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_ARENA struct arena *arena = arena_new();
        AUTO_BUF struct buf dump = BUF_INIT;
        struct node_stream stream;
        struct err err = ERR_INIT;
        size_t length = rows[i].length ? rows[i].length : strlen(rows[i].text);
        int rc = yaml_read("f", rows[i].text, length, arena, &stream, &err);
        cr_expect_eq(rc == 0, rows[i].places != NULL, "row %zu: %s", i, err.sentence);
        if (rc < 0)
            continue;
        node_dump_places(stream.documents[0], &dump);
        cr_expect_str_eq(buf_text(&dump), rows[i].places);
    }
}

/* Plain scalars, as go-yaml v2 resolves them. */
static const struct {
    const char *text;
    enum node_kind kind;
    int64_t integer;
} scalars[] = {
    {"true", NODE_BOOL, 1},   {"True", NODE_BOOL, 1},   {"TRUE", NODE_BOOL, 1},   {"yes", NODE_BOOL, 1},
    {"Yes", NODE_BOOL, 1},    {"YES", NODE_BOOL, 1},    {"on", NODE_BOOL, 1},     {"On", NODE_BOOL, 1},
    {"ON", NODE_BOOL, 1},     {"y", NODE_BOOL, 1},      {"Y", NODE_BOOL, 1},      {"false", NODE_BOOL, 0},
    {"False", NODE_BOOL, 0},  {"FALSE", NODE_BOOL, 0},  {"no", NODE_BOOL, 0},     {"No", NODE_BOOL, 0},
    {"NO", NODE_BOOL, 0},     {"off", NODE_BOOL, 0},    {"Off", NODE_BOOL, 0},    {"OFF", NODE_BOOL, 0},
    {"n", NODE_BOOL, 0},      {"N", NODE_BOOL, 0},      {"tRUE", NODE_STRING, 0}, {"truex", NODE_STRING, 0},
    {"yEs", NODE_STRING, 0},  {"null", NODE_NULL, 0},   {"Null", NODE_NULL, 0},   {"NULL", NODE_NULL, 0},
    {"~", NODE_NULL, 0},      {"nULL", NODE_STRING, 0}, {"~~", NODE_STRING, 0},   {"0", NODE_INT, 0},
    {"-0", NODE_INT, 0},      {"+12", NODE_INT, 12},    {"-12", NODE_INT, -12},   {"1_000", NODE_INT, 1000},
    {"1__0_", NODE_INT, 10},  {"0x1F", NODE_INT, 31},   {"0X1f", NODE_INT, 31},   {"-0x10", NODE_INT, -16},
    {"0o17", NODE_INT, 15},   {"0O17", NODE_INT, 15},   {"017", NODE_INT, 15},    {"0644", NODE_INT, 420},
    {"00", NODE_INT, 0},      {"0b101", NODE_INT, 5},   {"0B11", NODE_INT, 3},    {"0_7", NODE_INT, 7},
    {"08", NODE_FLOAT, 0},    {"0o8", NODE_STRING, 0},  {"0x", NODE_STRING, 0},   {"0xg", NODE_STRING, 0},
    {"0b12", NODE_STRING, 0}, {"1.5", NODE_FLOAT, 0},   {"1.", NODE_FLOAT, 0},    {".5", NODE_FLOAT, 0},
    {"-.5", NODE_FLOAT, 0},   {"1e3", NODE_FLOAT, 0},   {"1E+3", NODE_FLOAT, 0},  {"1e", NODE_STRING, 0},
    {"1.5.6", NODE_STRING, 0}, {".", NODE_STRING, 0},   {"+", NODE_STRING, 0},
    {"e5", NODE_STRING, 0},   {".inf", NODE_FLOAT, 0},  {".Inf", NODE_FLOAT, 0},  {".INF", NODE_FLOAT, 0},
    {"+.inf", NODE_FLOAT, 0}, {"+.Inf", NODE_FLOAT, 0}, {"+.INF", NODE_FLOAT, 0}, {"-.inf", NODE_FLOAT, 0},
    {"-.Inf", NODE_FLOAT, 0}, {"-.INF", NODE_FLOAT, 0}, {".nan", NODE_FLOAT, 0},  {".NaN", NODE_FLOAT, 0},
    {".NAN", NODE_FLOAT, 0},  {"inf", NODE_STRING, 0},  {"22:22", NODE_STRING, 0}, {"2001-12-14", NODE_STRING, 0},
    {"1.2.3.4", NODE_STRING, 0}, {"500m", NODE_STRING, 0}, {"_1", NODE_STRING, 0},
    {"9223372036854775807", NODE_INT, INT64_MAX},
    {"-9223372036854775808", NODE_INT, INT64_MIN},
    {"9223372036854775808", NODE_FLOAT, 0},
    {"0x8000000000000000", NODE_FLOAT, 0},
    {"-9223372036854775809", NODE_FLOAT, 0},
    {"99999999999999999999", NODE_FLOAT, 0},
    {"0x10000000000000000", NODE_STRING, 0},
};

Test(yaml_in, scalars)
{
    for (size_t i = 0; i < ARRAY_COUNT(scalars); i++) {
        AUTO_ARENA struct arena *arena = arena_new();
        AUTO_BUF struct buf text = BUF_INIT;
        struct node_stream stream;
        buf_printf(&text, "[%s , '%s']", scalars[i].text, scalars[i].text);
        const char *written = scalars[i].text;
        int rc = yaml_read("f", text.data, text.length, arena, &stream, NULL);
        cr_assert_eq(rc, 0, "%s", written);
        const struct node *plain = stream.documents[0]->first;
        cr_expect_eq(plain->kind, scalars[i].kind, "%s is %d", written, plain->kind);
        cr_expect_eq(plain->integer, scalars[i].integer, "%s is %ld", written, (long)plain->integer);
        cr_expect_str_eq(plain->text, written);
        cr_expect_not(plain->quoted);
        cr_expect_eq(plain->next->kind, NODE_STRING);
        cr_expect(plain->next->quoted);
    }
}
