#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "support/node_dump.h"
#include "support/readings.h"

#define AUTO_ARENA AUTO(arena_free_cleanup)
#define REPEAT_10(text) text text text text text text text text text text
#define REPEAT_100(text) REPEAT_10(REPEAT_10(text))

static const struct reading readings[] = {
    {"a = 1\nb = \"x\" # comment\n\n[t]\nc = true", "{a: 1, b: \"x\", t: {c: true}}"},
    {"", " (1 empty)"},
    {"# only\r\n\r\n", " (1 empty)"},
    {"\xef\xbb\xbf" "a=1", "{a: 1}"},
    /* A piece of what containerd reads. */
    {"version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".containerd]\n  default_runtime_name = \"runc\"\n"
     "  [plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runsc]\n    runtime_type = \"io.containerd.runsc.v1\"\n",
     "{version: 2, plugins: {io.containerd.grpc.v1.cri: {containerd: {default_runtime_name: \"runc\", runtimes: "
     "{runsc: {runtime_type: \"io.containerd.runsc.v1\"}}}}}}"},
    /* Tables. */
    {"[a.b]\nc=1\n[a]\nd=2\n[a.e]\n", "{a: {b: {c: 1}, d: 2, e: {}}}"},
    {"a.b.c = 1\na.b.d = 2\na.\"x.y\" . z = 3\n", "{a: {b: {c: 1, d: 2}, x.y: {z: 3}}}"},
    {"[f]\na.c=1\na.t.s=true\n[f.a.x]\ns=2\n", "{f: {a: {c: 1, t: {s: true}, x: {s: 2}}}}"},
    {"[[p]]\nn=1\n[[p]]\n[p.q]\nr=1\n[[p.v]]\n[[p.v]]\nz=1\n", "{p: [{n: 1}, {q: {r: 1}, v: [{}, {z: 1}]}]}"},
    {"[ a . 'b c' ]\n[[ d ]]\n", "{a: {b c: {}}, d: [{}]}"},
    {"a = {b = 1, c.d = \"x\", e = {}, f = [1,\n {g=2}, # x\n]}\n", "{a: {b: 1, c: {d: \"x\"}, e: {}, f: [1, {g: 2}]}}"},
    {"\"\" = 1\n3.14 = 2\ntrue = 3\n", "{: 1, 3: {14: 2}, true: 3}"},
    /* Text. */
    {"a = \"\\b\\t\\n\\f\\r\\\"\\\\\\u00e4\\U0001F600\"\n", "{a: \"\\x08\\x09\\x0a\\x0c\\x0d\"\\x5c\xc3\xa4\xf0\x9f\x98\x80\"}"},
    {"a = 'C:\\x'\nb = '''\n'x'\\\n'''''\nc = \"\"\"\r\nx \\\n\n   y\"\"\"\"\n",
     "{a: \"C:\\x5cx\", b: \"'x'\\x5c\\x0a''\", c: \"x y\"\"}"},
    {"a = [\"\"\"x\ny\"\"\", '''''']", "{a: [\"x\\x0ay\", \"\"]}"},
    /* Numbers, dates, words. */
    {"a = [+1, -2, 0, 1_000, 0xDEAD_beef, 0o17, 0b1_01, -9223372036854775808, 9223372036854775807]",
     "{a: [1, -2, 0, 1000, 3735928559, 15, 5, -9223372036854775808, 9223372036854775807]}"},
    {"a = [1.5, -0.0, 1e5, 1_0.2_5E-0_3, inf, -inf, +nan]",
     "{a: [float 1.5, float -0.0, float 1e5, float 1_0.2_5E-0_3, float inf, float -inf, float +nan]}"},
    {"a = [1979-05-27T07:32:00Z, 1979-05-27 00:32:00.999-07:00, 1979-05-27, 07:32:00.5, 2024-02-29, 1979-05-27T07:32:00]",
     "{a: [\"1979-05-27T07:32:00Z\", \"1979-05-27 00:32:00.999-07:00\", \"1979-05-27\", \"07:32:00.5\", \"2024-02-29\", "
     "\"1979-05-27T07:32:00\"]}"},
    {"a = true\nb = false", "{a: true, b: false}"},
};

Test(toml_in, readings)
{
    readings_check(toml_read, readings, ARRAY_COUNT(readings));
}

static const struct {
    const char *text;
    const char *sentence;
} errors[] = {
    /* What is there twice. */
    {"a = 1\na = 2", "f:2:1: not valid TOML: \"a\" is there already (line 1)"},
    {"[a]\n[b]\n[a]", "f:3:2: not valid TOML: \"a\" is there already (line 1)"},
    {"a.b = 1\n[a]", "f:2:2: not valid TOML: \"a\" is there already (line 1)"},
    {"[a.b]\n[a]\nb.c = 1", "f:3:1: not valid TOML: \"b\" has a header of its own"},
    {"a = 1\na.b = 2", "f:2:1: not valid TOML: \"a\" has a value already"},
    {"a = {b = 1}\n[a.c]", "f:2:2: not valid TOML: \"a\" has a value already"},
    {"a = {b = 1}\na.c = 2", "f:2:1: not valid TOML: \"a\" has a value already"},
    {"a = {b = 1, b = 2}", "f:1:13: not valid TOML: \"b\" is there already (line 1)"},
    {"a = {b.c = 1, b.c.d = 2}", "f:1:17: not valid TOML: \"c\" has a value already"},
    {"[a]\n[[a]]", "f:2:3: not valid TOML: \"a\" is there already, and no array of tables (line 1)"},
    {"a = []\n[[a]]", "f:2:3: not valid TOML: \"a\" is there already, and no array of tables"},
    {"[[a]]\n[a]", "f:2:2: not valid TOML: \"a\" is there already (line 1)"},
    {"[[a]]\n[b]\n[[a.b]]\n[a.b]", "f:4:4: not valid TOML: \"b\" is there already (line 3)"},
    {"[a.b]\n[a]\n[a]", "f:3:2: not valid TOML: \"a\" is there already (line 2)"},
    /* What cannot be read. */
    {"a = 1 b = 2", "f:1:7: not valid TOML: the line should end here"},
    {"a", "f:1:2: not valid TOML: = is missing here"},
    {"a =\n", "f:1:4: not valid TOML: a value is missing here"},
    {"= 1", "f:1:1: not valid TOML: a key is missing here"},
    {"a. = 1", "f:1:4: not valid TOML: a key is missing here"},
    {"[]", "f:1:2: not valid TOML: a key is missing here"},
    {"[a", "f:1:3: not valid TOML: ] is missing here"},
    {"[[a]", "f:1:4: not valid TOML: ]] is missing here"},
    {"[ [a]]", "f:1:3: not valid TOML: a key is missing here"},
    {"\"\"\"a\"\"\" = 1", "f:1:3: not valid TOML: = is missing here"},
    {"a = yes", "f:1:5: not valid TOML: this is no number, date, true or false (text needs quotes)"},
    {"a = 01", "f:1:5:"},
    {"a = 1__0", "f:1:5:"},
    {"a = _1", "f:1:5:"},
    {"a = 1.", "f:1:5:"},
    {"a = .5", "f:1:5:"},
    {"a = 1e", "f:1:5:"},
    {"a = +0x1", "f:1:5:"},
    {"a = 0xg", "f:1:5:"},
    {"a = 2023-02-29", "f:1:5:"},
    {"a = 24:00:00", "f:1:5:"},
    {"a = 9223372036854775808", "f:1:5: not valid TOML: this number does not fit into 64 bits"},
    {"a = \"x\ny\"", "f:1:7: not valid TOML: the line ends inside of a string"},
    {"a = \"x", "f:1:7: not valid TOML: the file ends inside of a string"},
    {"a = '''\n\nx", "f:3:2: not valid TOML: the file ends inside of a string"},
    {"a = \"\\x41\"", "f:1:6: not valid TOML: a backslash before what it cannot escape"},
    {"a = \"\\ud800\"", "f:1:6: not valid TOML: this escape is no character"},
    {"a = \"\xc3\xa4\xff\"", "f:1:8: not valid TOML: here is a byte that is not valid UTF-8"},
    {"# \x01", "f:1:3: not valid TOML: here is a control character"},
    {"a = 1\rb = 2", "f:1:6: not valid TOML: the line should end here"},
    {"a = [1 2]", "f:1:8: not valid TOML: a comma or ] is missing here"},
    {"a = [,]", "f:1:6: not valid TOML: a value is missing here"},
    {"a = {b = 1,}", "f:1:12: not valid TOML: a key is missing here"},
    {"a = {b = 1\n}", "f:1:11: not valid TOML: a comma or } is missing here"},
    {"a = " REPEAT_100("["), "f:1:104: nests deeper than 100 levels"},
    {REPEAT_100("a.") "a=1", "f:1:201: nests deeper than 100 levels"},
};

Test(toml_in, errors)
{
    for (size_t i = 0; i < ARRAY_COUNT(errors); i++) {
        AUTO_ARENA struct arena *arena = arena_new();
        struct node_stream stream;
        struct err err = ERR_INIT;
        int rc = toml_read("f", errors[i].text, strlen(errors[i].text), arena, &stream, &err);
        cr_expect_lt(rc, 0, "%s was read", errors[i].text);
        cr_expect_eq(strncmp(err.sentence, errors[i].sentence, strlen(errors[i].sentence)), 0, "%s: %s",
                     errors[i].text, err.sentence);
        cr_expect_eq(stream.count + stream.empty_count, 0);
        char place[64];
        (void)snprintf(place, sizeof(place), "f:%u:%u: ", stream.error_line, stream.error_column);
        cr_expect_eq(strncmp(err.sentence, place, strlen(place)), 0, "%s is not at %s", err.sentence, place);
    }
}

Test(toml_in, places)
{
    static const char text[] = "x = [1, 2]\n[a.b]\nc = {d = 3}\n[[l]]\n  e.f = 1\n[a]\n";
    static const char places[] = "1:1 1:1\nx 1:1 1:5\nx[0] 1:6 1:6\nx[1] 1:9 1:9\na 6:2 6:2\na.b 2:4 2:4\na.b.c 3:1 3:5\n"
                                 "a.b.c.d 3:6 3:10\nl 4:3 4:3\nl[0] 4:3 4:3\nl[0].e 5:3 5:3\nl[0].e.f 5:5 5:9\n";
    AUTO_ARENA struct arena *arena = arena_new();
    struct node_stream stream;
    AUTO_BUF struct buf dump = BUF_INIT;
    cr_assert_eq(toml_read("f", text, strlen(text), arena, &stream, NULL), 0);
    node_dump_places(stream.documents[0], &dump);
    cr_expect_str_eq(buf_text(&dump), places);
}
