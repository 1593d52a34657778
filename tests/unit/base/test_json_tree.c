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
    {"{\"a\": 1, \"b\": [true, \"x\", null, 1.5, false]}", "{a: 1, b: [true, \"x\", null, float 1.5, false]}"},
    {" {} ", "{}"},
    {"[[],{},[[]]]", "[[], {}, [[]]]"},
    {"\"text\"", "\"text\""},
    {"\xef\xbb\xbf[1]\r\n", "[1]"},
    {"{\"\":0}", "{: 0}"},
    /* Documents. */
    {"{}{}\n[1]2 true\"x\"", "{} --- {} --- [1] --- 2 --- true --- \"x\""},
    {"", " (1 empty)"},
    {"null\n{}\nnull", "{} (2 empty)"},
    /* Numbers. */
    {"[0,-0,9223372036854775807,-9223372036854775808]", "[0, 0, 9223372036854775807, -9223372036854775808]"},
    {"[9223372036854775808,-9223372036854775809,1e5,-0.5E-3]",
     "[float 9223372036854775808, float -9223372036854775809, float 1e5, float -0.5E-3]"},
    /* Text. */
    {"\"\\\" \\\\ \\/ \\b\\f\\n\\r\\t \\u0041\\u00e4\\u20ac\"",
     "\"\" \\x5c / \\x08\\x0c\\x0a\\x0d\\x09 A\xc3\xa4\xe2\x82\xac\""},
    {"\"\\ud83d\\ude00 \xf0\x9f\x98\x80\"", "\"\xf0\x9f\x98\x80 \xf0\x9f\x98\x80\""},
    {"\"\\u0000\"", "\"\\x00\""},
    {"{\"a\\u002eb\":\"1234567\\\"8\"}", "{a.b: \"1234567\"8\"}"},
    {"\"12345678\x7f\"", "\"12345678\\x7f\""},
    /* Keys that stand twice, also when they are written in two ways. */
    {"{\"a\":1,\"b\":2,\n\"\\u0061\":3}", "{b: 2, a: 3} (a 2:1 was 1)"},
};

Test(json_tree, readings)
{
    readings_check(json_read, readings, ARRAY_COUNT(readings));
}

static const struct {
    const char *text;
    const char *sentence;
    size_t good;
} errors[] = {
    {"{\"a\":1}\n{\"b\":}", "f:2:6: not valid JSON: a value is missing here", 1},
    {"{", "f:1:2: not valid JSON: a key in double quotes is missing here, where the file ends", 0},
    {"[1 2]", "f:1:4: not valid JSON: a comma or ] is missing", 0},
    {"[1,]", "f:1:4: not valid JSON: a value is missing here", 0},
    {"{\"a\":1,}", "f:1:8: not valid JSON: a key in double quotes is missing", 0},
    {"{'a':1}", "f:1:2: not valid JSON: a key in double quotes is missing", 0},
    {"{\"a\" 1}", "f:1:6: not valid JSON: a colon behind the key is missing", 0},
    {"[1}", "f:1:3:", 0},
    {"]", "f:1:1:", 0},
    {"[01]", "f:1:2: not valid JSON: here is a number that begins with 0", 0},
    {"[1.]", "f:1:4: not valid JSON: here is a number that ends with a dot", 0},
    {"[-]", "f:1:3: not valid JSON: here is a minus", 0},
    {"[1e+]", "f:1:5: not valid JSON: here is a number whose exponent", 0},
    {"[+1]", "f:1:2:", 0},
    {"[.5]", "f:1:2:", 0},
    {"[1a]", "f:1:2: not valid JSON: here is neither", 0},
    {"[nulls]", "f:1:2: not valid JSON: here is neither", 0},
    {"[True]", "f:1:2:", 0},
    {"// x\n1", "f:1:1:", 0},
    {"\"abc", "f:1:5: not valid JSON: here is the end of the file inside of a string", 0},
    {"\"abc\\", "f:1:6: not valid JSON: here is the end of the file", 0},
    {"\"a\nb\"", "f:1:3: not valid JSON: here is the end of the line", 0},
    {"\"a\tb\"", "f:1:3: not valid JSON: here is a control character", 0},
    {"\"a\\x\"", "f:1:3: not valid JSON: here is a backslash", 0},
    {"\"a\\u12g4\"", "f:1:3: not valid JSON: here is \\u without", 0},
    {"\"a\\ud83d\"", "f:1:3: not valid JSON: here is half of a surrogate", 0},
    {"\"\\ude00\\ud83d\"", "f:1:2: not valid JSON: here is half", 0},
    {"\"\\ud83d\\u0041\"", "f:1:2: not valid JSON: here is half", 0},
    {"\"\xc3\xa4\xff\"", "f:1:4: not valid JSON: here is a byte that is not valid UTF-8", 0},
    {"\"\xed\xa0\x80\"", "f:1:2: not valid JSON: here is a byte", 0},
    {REPEAT_100("[") "1" REPEAT_100("]") REPEAT_100("[") "[", "f:1:302: nests deeper than 100 levels", 1},
};

Test(json_tree, errors)
{
    for (size_t i = 0; i < ARRAY_COUNT(errors); i++) {
        AUTO_ARENA struct arena *arena = arena_new();
        struct node_stream stream;
        struct err err = ERR_INIT;
        int rc = json_read("f", errors[i].text, strlen(errors[i].text), arena, &stream, &err);
        cr_expect_lt(rc, 0, "%s was read", errors[i].text);
        cr_expect_eq(strncmp(err.sentence, errors[i].sentence, strlen(errors[i].sentence)), 0, "%s: %s",
                     errors[i].text, err.sentence);
        cr_expect_eq(stream.count, errors[i].good, "%s: %zu good", errors[i].text, stream.count);
        char place[64];
        (void)snprintf(place, sizeof(place), "f:%u:%u: ", stream.error_line, stream.error_column);
        cr_expect_eq(strncmp(err.sentence, place, strlen(place)), 0, "%s is not at %s", err.sentence, place);
    }
}

Test(json_tree, places)
{
    static const char text[] = "\xef\xbb\xbf{ \"a\": 1,\r\n  \"k\xc3\xa4\" : [true,\n\t{\"m\":\"\xe2\x82\xac\"}, null]}";
    static const char places[] = "1:1 1:1\na 1:3 1:8\n[\"k\xc3\xa4\"] 2:3 2:11\n[\"k\xc3\xa4\"][0] 2:12 2:12\n"
                                 "[\"k\xc3\xa4\"][1] 3:2 3:2\n[\"k\xc3\xa4\"][1].m 3:3 3:7\n[\"k\xc3\xa4\"][2] 3:15 3:15\n";
    AUTO_ARENA struct arena *arena = arena_new();
    struct node_stream stream;
    AUTO_BUF struct buf dump = BUF_INIT;
    cr_assert_eq(json_read("f", text, strlen(text), arena, &stream, NULL), 0);
    node_dump_places(stream.documents[0], &dump);
    cr_expect_str_eq(buf_text(&dump), places);
}

Test(json_tree, long_and_many_keys)
{
    enum { COUNT = 200000 };
    AUTO_ARENA struct arena *arena = arena_new();
    AUTO_BUF struct buf text = BUF_INIT;
    struct node_stream stream;
    buf_printf(&text, "{\"%0100000d\":0", 0);
    for (int i = 0; i < COUNT; i++)
        buf_printf(&text, ",\"k%d\":%d", i, i);
    buf_add_text(&text, ",\"k5\":\"last\"}");
    cr_assert_eq(json_read("f", text.data, text.length, arena, &stream, NULL), 0);
    cr_expect_eq(stream.documents[0]->count, COUNT + 1);
    cr_expect_eq(stream.documents[0]->first->key_length, 100000);
    cr_expect_str_eq(node_text_at(stream.documents[0], "k5"), "last");
    cr_assert_not_null(stream.duplicates);
    cr_expect_str_eq(stream.duplicates->key, "k5");
    cr_expect_null(stream.duplicates->next);
}
