#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "support/node_dump.h"

#define AUTO_ARENA AUTO(arena_free_cleanup)

static const struct {
    const char *text;
    const char *tree;
} readings[] = {
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
    for (size_t i = 0; i < ARRAY_COUNT(readings); i++) {
        AUTO_ARENA struct arena *arena = arena_new();
        struct node_stream stream;
        struct err err = ERR_INIT;
        AUTO_BUF struct buf dump = BUF_INIT;
        int rc = yaml_read("f", readings[i].text, strlen(readings[i].text), arena, &stream, &err);
        cr_expect_eq(rc, 0, "%s: %s", readings[i].text, err.sentence);
        node_dump_stream(&stream, &dump);
        cr_expect_str_eq(buf_text(&dump), readings[i].tree, "of %s", readings[i].text);
    }
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
