/*
 * What the readers make of files, for other readers to compare with.
 *
 *   node_dump_json yaml|json|toml FILE…
 *
 * Each file gives one line of JSON: {"error": "…"}, or {"documents": […], "empty": N}. A scalar is [KIND, TEXT, PLACE],
 * a list or a map [KIND, CHILDREN, PLACE]; the children of a map are [KEY, NODE]. A place is line, column, line and
 * column of the value.
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/node_in.h"

typedef int (*read_function)(const char *name, const char *bytes, size_t length, struct arena *arena,
                             struct node_stream *ret, struct err *err);

/* json_out.h does not nest as deep as nodes may. */
static void put_text(struct buf *out, const char *text, size_t length)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < length; i++)
        if (text[i] == '"' || text[i] == '\\' || (unsigned char)text[i] < 0x20)
            buf_printf(out, "\\u%04x", (unsigned char)text[i]);
        else
            buf_add_char(out, text[i]);
    buf_add_char(out, '"');
}

static void put_node(struct buf *out, const struct node *node)
{
    static const char *const kinds[] = {"null", "bool", "int", "float", "string", "list", "map"};
    buf_printf(out, "[\"%s\", ", kinds[node->kind]);
    if (node->kind < NODE_LIST)
        put_text(out, node->text, node->length);
    else
        buf_add_char(out, '[');
    for (const struct node *item = node_first(node); item; item = item->next) {
        buf_add_text(out, item == node_first(node) ? "" : ", ");
        if (item->key) {
            buf_add_char(out, '[');
            put_text(out, item->key, item->key_length);
            buf_add_text(out, ", ");
        }
        put_node(out, item);
        buf_add_text(out, item->key ? "]" : "");
    }
    buf_printf(out, "%s, [%u, %u, %u, %u]]", node->kind < NODE_LIST ? "" : "]", node->line, node->column,
               node->value_line, node->value_column);
}

static int dump(read_function read, const char *path)
{
    AUTO_BUF struct buf text = BUF_INIT;
    AUTO_BUF struct buf out = BUF_INIT;
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    struct node_stream stream;
    struct err err = ERR_INIT;
    if (file_read(path, NODE_BYTES_MAX, &text, &err) < 0) {
        (void)fprintf(stderr, "%s\n", err.sentence);
        return 1;
    }
    if (read(path, buf_text(&text), text.length, arena, &stream, &err) < 0) {
        buf_add_text(&out, "{\"error\": ");
        put_text(&out, err.sentence, strlen(err.sentence));
    } else {
        buf_printf(&out, "{\"empty\": %zu, \"documents\": [", stream.empty_count);
        for (size_t i = 0; i < stream.count; i++) {
            buf_add_text(&out, i > 0 ? ", " : "");
            put_node(&out, stream.documents[i]);
        }
        buf_add_char(&out, ']');
    }
    (void)printf("%s}\n", buf_text(&out));
    return 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        read_function read;
    } readers[] = {{"yaml", yaml_read}, {"json", json_read}, {"toml", toml_read}};
    for (size_t i = 0; argc > 2 && i < ARRAY_COUNT(readers); i++) {
        if (strcmp(argv[1], readers[i].name) != 0)
            continue;
        int rc = 0;
        for (int file = 2; file < argc; file++)
            rc |= dump(readers[i].read, argv[file]);
        return rc;
    }
    (void)fputs("usage: node_dump_json yaml|json|toml FILE...\n", stderr);
    return 2;
}
