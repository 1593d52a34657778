/*
 * Turns the YAML files under a directory (rules/) into C tables of nodes, at build time.
 *
 *   yaml2c OUTPUT.c OUTPUT.h DIRECTORY
 *
 * Every *.yaml below DIRECTORY, in the order of their paths, becomes one array of struct node and one row of
 * rule_files[]; its path there begins behind DIRECTORY.
 * A file holds exactly one map. Anything irregular stops the build with its line and column.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/node_in.h"
#include "base/strings.h"

/* The nodes of one file, in the order in which they stand in its array. */
struct nodes {
    const struct node **items;
    size_t count, capacity;
    size_t file; /* its number */
};

static int compare_paths(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static bool is_yaml(const char *name)
{
    size_t length = strlen(name);
    return name[0] != '.' && length > 5 && strcmp(name + length - 5, ".yaml") == 0;
}

/* A directory that is not there holds nothing. */
static int find_files(const char *directory, char ***paths, size_t *count)
{
    DIR *open = opendir(directory);
    if (!open && errno == ENOENT)
        return 0;
    if (!open) {
        perror(directory);
        return -1;
    }
    int rc = 0;
    for (struct dirent *entry; rc == 0 && (entry = readdir(open));) {
        AUTO_FREE char *path = mem_printf("%s/%s", directory, entry->d_name);
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
            rc = find_files(path, paths, count);
        else if (is_yaml(entry->d_name))
            strings_add(paths, count, path);
    }
    (void)closedir(open);
    return rc;
}

/* ---- reading ------------------------------------------------------------------------------------- */

static int refuse(const char *path, uint32_t line, uint32_t column, const char *why)
{
    (void)fprintf(stderr, "%s:%" PRIu32 ":%" PRIu32 ": %s\n", path, line, column, why);
    return -1;
}

static int read_root(const char *path, const struct buf *text, struct arena *arena, const struct node **ret)
{
    struct node_stream stream;
    struct err err = ERR_INIT;
    if (yaml_read(path, buf_text(text), text->length, arena, &stream, &err) < 0) {
        (void)fprintf(stderr, "%s\n", err.sentence);
        return -1;
    }
    if (stream.duplicates)
        return refuse(path, stream.duplicates->line, stream.duplicates->column, "this key stands here twice");
    if (stream.count != 1)
        return refuse(path, 1, 1, "the file holds no document, or more than one");
    if (!node_is(stream.documents[0], NODE_MAP))
        return refuse(path, stream.documents[0]->line, stream.documents[0]->column, "this is not a map");
    *ret = stream.documents[0];
    return 0;
}

/* ---- writing ------------------------------------------------------------------------------------- */

static size_t index_of(const struct nodes *nodes, const struct node *node)
{
    size_t i = 0;
    while (i < nodes->count && nodes->items[i] != node)
        i++;
    return i;
}

/* Children that an alias shares come once. */
static void collect(struct nodes *nodes, const struct node *node)
{
    MEM_GROW(nodes->items, nodes->count, nodes->capacity);
    nodes->items[nodes->count++] = node;
    const struct node *first = node_first(node);
    if (first && index_of(nodes, first) < nodes->count)
        return;
    for (const struct node *item = first; item; item = item->next)
        collect(nodes, item);
}

static void write_string(FILE *out, const char *text, size_t length)
{
    (void)fputc('"', out);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\' || c == '?')
            (void)fprintf(out, "\\%c", c);
        else if (c < 0x20 || c >= 0x7f)
            (void)fprintf(out, "\\%03o", c);
        else
            (void)fputc(c, out);
    }
    (void)fputc('"', out);
}

static void write_pointer(FILE *out, const struct nodes *nodes, const char *field, const struct node *node)
{
    size_t index = node ? index_of(nodes, node) : nodes->count;
    if (index < nodes->count)
        (void)fprintf(out, ", .%s = &file_%zu[%zu]", field, nodes->file, index);
}

static void write_children(FILE *out, const struct nodes *nodes, const struct node *node)
{
    write_pointer(out, nodes, "first", node->first);
    write_pointer(out, nodes, "last", node->last);
    (void)fprintf(out, ", .count = %zu", node->count);
}

static void write_scalar(FILE *out, const struct node *node)
{
    (void)fputs(", .text = ", out);
    write_string(out, node->text, node->length);
    (void)fprintf(out, ", .length = %zu", node->length);
    if (node->integer == INT64_MIN)
        (void)fputs(", .integer = INT64_MIN", out);
    else if (node->integer != 0)
        (void)fprintf(out, ", .integer = %" PRId64, node->integer);
}

static void write_node(FILE *out, const struct nodes *nodes, const struct node *node)
{
    static const char *const kinds[] = {[NODE_NULL] = "NULL",     [NODE_BOOL] = "BOOL",   [NODE_INT] = "INT",
                                        [NODE_FLOAT] = "FLOAT",   [NODE_STRING] = "STRING", [NODE_LIST] = "LIST",
                                        [NODE_MAP] = "MAP"};
    (void)fprintf(out, "    {.kind = NODE_%s, .quoted = %d, .aliased = %d, .tag = %d, .line = %" PRIu32
                       ", .column = %" PRIu32 ", .value_line = %" PRIu32 ", .value_column = %" PRIu32,
                  kinds[node->kind], node->quoted, node->aliased, node->tag, node->line, node->column,
                  node->value_line, node->value_column);
    if (node->key) {
        (void)fputs(", .key = ", out);
        write_string(out, node->key, node->key_length);
        (void)fprintf(out, ", .key_length = %" PRIu32, node->key_length);
    }
    write_pointer(out, nodes, "next", node->next);
    write_pointer(out, nodes, "parent", node->parent);
    if (node->kind == NODE_LIST || node->kind == NODE_MAP)
        write_children(out, nodes, node);
    else
        write_scalar(out, node);
    (void)fputs("},\n", out);
}

static int convert(const char *path, size_t number, FILE *out)
{
    AUTO_BUF struct buf text = BUF_INIT;
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    struct err err = ERR_INIT;
    if (file_read(path, NODE_BYTES_MAX, &text, &err) < 0) {
        (void)fprintf(stderr, "%s\n", err.sentence);
        return -1;
    }
    const struct node *root = NULL;
    if (read_root(path, &text, arena, &root) < 0)
        return -1;
    struct nodes nodes = {.file = number};
    collect(&nodes, root);
    (void)fprintf(out, "\nstatic const struct node file_%zu[%zu] = {\n", number, nodes.count);
    for (size_t i = 0; i < nodes.count; i++)
        write_node(out, &nodes, nodes.items[i]);
    (void)fputs("};\n", out);
    free(nodes.items);
    return 0;
}

static void write_table(FILE *out, char *const *paths, size_t count, size_t directory_length)
{
    /* C has no empty arrays; the row behind the last is not counted. */
    (void)fputs("\nconst struct rule_file rule_files[] = {\n", out);
    for (size_t i = 0; i < count; i++) {
        const char *path = paths[i] + directory_length + 1;
        (void)fputs("    {.path = ", out);
        write_string(out, path, strlen(path));
        (void)fprintf(out, ", .root = &file_%zu[0]},\n", i);
    }
    (void)fprintf(out, "    {.path = NULL, .root = NULL},\n};\nconst size_t rule_files_count = %zu;\n", count);
}

static const char header_text[] =
    "/* Made from rules/ by tools/yaml2c.c. */\n#pragma once\n\n#include \"base/node.h\"\n\n"
    "/* Sorted by path, which begins behind rules/. */\n"
    "struct rule_file {\n    const char *path;\n    const struct node *root;\n};\n"
    "extern const struct rule_file rule_files[];\nextern const size_t rule_files_count;\n";

int main(int argc, char **argv)
{
    if (argc != 4) {
        (void)fputs("usage: yaml2c OUTPUT.c OUTPUT.h DIRECTORY\n", stderr);
        return 2;
    }
    char **paths = NULL;
    size_t count = 0;
    int rc = find_files(argv[3], &paths, &count);
    if (count > 0)
        qsort(paths, count, sizeof(*paths), compare_paths);
    FILE *out = fopen(argv[1], "we");
    FILE *header = fopen(argv[2], "we");
    if (!out || !header) {
        perror("yaml2c");
        return 1;
    }
    (void)fputs(header_text, header);
    (void)fputs("/* Made from rules/ by tools/yaml2c.c. */\n#include \"rule_files.h\"\n", out);
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = convert(paths[i], i, out);
    write_table(out, paths, count, strlen(argv[3]));
    strings_free(&paths, &count);
    bool written = fclose(out) == 0;
    written = fclose(header) == 0 && written;
    if (rc == 0 && written)
        return 0;
    /* Half a table would look newer than what it is made from. */
    (void)remove(argv[1]);
    (void)remove(argv[2]);
    return 1;
}
