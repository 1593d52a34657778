/* What is written as YAML reads back as it was, and looks as people would have written it. */
#include "base/yaml_out.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/mem.h"
#include "base/node_in.h"

/* Texts that some version of YAML, or some reader, takes for something else when they are plain. */
static const struct {
    const char *text, *written;
} scalars[] = {
    {"nginx", "nginx"},
    {"/var/lib/nginx", "/var/lib/nginx"},
    {"16Mi", "16Mi"},
    {"22m", "22m"},
    {"profiles/web.json", "profiles/web.json"},
    {"seccomp:./seccomp.json", "seccomp:./seccomp.json"},
    {"_x", "_x"},
    {"", "\"\""},
    {"true", "\"true\""},
    {"No", "\"No\""},
    {"y", "\"y\""},
    {"null", "\"null\""},
    {"12", "\"12\""},
    {"1e3", "\"1e3\""},
    {"0x1F", "\"0x1F\""},
    {"1_000", "\"1_000\""},
    {".5", "\".5\""},
    {".inf", "\".inf\""},
    {"190:20:30", "\"190:20:30\""},
    {"2026-11-22", "\"2026-11-22\""},
    {"2026-11-22T15:30:00Z", "\"2026-11-22T15:30:00Z\""},
    {"0:0", "\"0:0\""},
    {"a:", "\"a:\""},
    {"-a", "\"-a\""},
    {"a b", "\"a b\""},
    {"a#b", "\"a#b\""},
    {"{a}", "\"{a}\""},
    {"@a", "\"@a\""},
    {"say \"a\\b\"", "\"say \\\"a\\\\b\\\"\""},
    {"a\nb\tc\x01", "\"a\\nb\\tc\\x01\""},
    {"\x7f", "\"\\x7f\""},
    {"\xc3\xa4", "\"\xc3\xa4\""},
    {"\xc2\x85", "\"\\x85\""},                 /* next line */
    {"\xe2\x80\xa8", "\"\\u2028\""},           /* line separator */
    {"\xef\xbb\xbf", "\"\\ufeff\""},           /* byte order mark */
    {"\xf0\x9f\x90\x8b", "\"\xf0\x9f\x90\x8b\""},
};

Test(yaml_out, a_scalar_reads_back_as_its_text)
{
    for (size_t i = 0; i < ARRAY_COUNT(scalars); i++) {
        AUTO_BUF struct buf out = BUF_INIT;
        yaml_out_scalar(&out, scalars[i].text);
        cr_expect_str_eq(buf_text(&out), scalars[i].written);

        AUTO(arena_free_cleanup) struct arena *arena = arena_new();
        AUTO_BUF struct buf document = BUF_INIT;
        struct node_stream stream = {0};
        struct err err = ERR_INIT;
        buf_printf(&document, "key: %s\n", buf_text(&out));
        cr_assert_eq(yaml_read("x", buf_text(&document), document.length, arena, &stream, &err), 0, "%s", err.sentence);
        const struct node *value = node_get(stream.documents[0], "key");
        cr_assert(node_is(value, NODE_STRING), "%s", buf_text(&document));
        cr_expect_str_eq(node_text(value), scalars[i].text);
    }
}

Test(yaml_out, bytes_that_are_no_text_are_shown)
{
    AUTO_BUF struct buf out = BUF_INIT;
    yaml_out_scalar(&out, "a\xff" "b");
    cr_expect_str_eq(buf_text(&out), "\"a\\\\xffb\"");
}

Test(yaml_out, structure)
{
    AUTO_BUF struct buf out = BUF_INIT;
    struct yaml_out yaml;
    yaml_out_init(&yaml, &out);
    yaml_out_text(&yaml, "kind", "Pod");
    yaml_out_open(&yaml, "spec");
    yaml_out_bool(&yaml, "hostPID", false);
    yaml_out_open(&yaml, "containers");
    yaml_out_comment(&yaml, "the first");
    yaml_out_item(&yaml);
    yaml_out_comment(&yaml, "above its dash");
    yaml_out_text(&yaml, "name", "a");
    yaml_out_u64(&yaml, "id", 7);
    yaml_out_flow(&yaml, "drop", (const char *const[]){"ALL", "on"}, 2);
    yaml_out_flow(&yaml, "add", NULL, 0);
    yaml_out_open(&yaml, "texts");
    yaml_out_item_text(&yaml, "x y");
    yaml_out_end(&yaml);
    yaml_out_end(&yaml);
    yaml_out_end(&yaml);
    yaml_out_open(&yaml, "on");
    yaml_out_block(&yaml, "text", "one\n\n  two # three\n");
    yaml_out_block(&yaml, "odd", " one\n");
    yaml_out_block(&yaml, "ends", "one\n\n");
    cr_expect_str_eq(buf_text(&out), "kind: Pod\n"
                                     "spec:\n"
                                     "  hostPID: false\n"
                                     "  containers:\n"
                                     "    # the first\n"
                                     "    # above its dash\n"
                                     "    - name: a\n"
                                     "      id: 7\n"
                                     "      drop: [ALL, \"on\"]\n"
                                     "      add: []\n"
                                     "      texts:\n"
                                     "        - \"x y\"\n"
                                     "  \"on\":\n"
                                     "    text: |\n"
                                     "      one\n"
                                     "\n"
                                     "        two # three\n"
                                     "    odd: \" one\\n\"\n"
                                     "    ends: \"one\\n\\n\"\n");
}

/* What a workload called a file stands in comments; nothing of it can become YAML. */
static const char *const hostile[] = {"a\nkey: value", "a\rkey: value", "a\xc2\x85key: value", "a\xe2\x80\xa8key: value",
                                      "a\xe2\x80\xa9key: value", "a\xff\xfe", "\xef\xbb\xbf", "\x1b[2J"};

Test(yaml_out, a_comment_stays_one)
{
    for (size_t i = 0; i < ARRAY_COUNT(hostile); i++) {
        AUTO_BUF struct buf out = BUF_INIT;
        struct yaml_out yaml;
        yaml_out_init(&yaml, &out);
        yaml_out_comment(&yaml, hostile[i]);
        yaml_out_text(&yaml, "last", "one");
        AUTO(arena_free_cleanup) struct arena *arena = arena_new();
        struct node_stream stream = {0};
        struct err err = ERR_INIT;
        cr_assert_eq(yaml_read("x", buf_text(&out), out.length, arena, &stream, &err), 0, "%s: %s", buf_text(&out), err.sentence);
        cr_expect_eq(node_count(stream.documents[0]), 1, "%s", buf_text(&out));
        cr_expect_eq(strcspn(buf_text(&out), "\n\r") + 1, strlen(buf_text(&out)) - strlen("last: one\n"));
    }
}

Test(yaml_out, long_comments_and_lists_are_filled)
{
    AUTO_BUF struct buf words = BUF_INIT;
    AUTO_BUF struct buf out = BUF_INIT;
    const char *names[60];
    struct yaml_out yaml;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        names[i] = "word";
        buf_printf(&words, "%sword", i ? " " : "");
    }
    yaml_out_init(&yaml, &out);
    yaml_out_comment(&yaml, buf_text(&words));
    yaml_out_flow(&yaml, "names", names, ARRAY_COUNT(names));
    size_t count = 0;
    for (const char *at = buf_text(&out); (at = strstr(at, "word")); at++)
        count++;
    cr_expect_eq(count, 120);
    for (const char *line = buf_text(&out); *line; line += strcspn(line, "\n") + 1)
        cr_expect_leq(strcspn(line, "\n"), 112u, "%s", line);
}
