#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/node_in.h"

#define AUTO_ARENA AUTO(arena_free_cleanup)

static const struct node *read_yaml(struct arena *arena, const char *text)
{
    struct node_stream stream;
    struct err err = ERR_INIT;
    int rc = yaml_read("f", text, strlen(text), arena, &stream, &err);
    cr_assert_eq(rc, 0, "%s", err.sentence);
    cr_assert_eq(stream.count, 1);
    return stream.documents[0];
}

Test(arena, gives_zeroed_aligned_memory_that_stays)
{
    enum { COUNT = 3000 };
    AUTO_ARENA struct arena *arena = arena_new();
    for (int round = 0; round < 3; round++) {
        unsigned char *items[COUNT];
        size_t total = 0;
        for (size_t i = 0; i < COUNT; i++) {
            size_t size = i % 97 == 0 ? 100000 : i % 50 + 1;
            total += size;
            items[i] = arena_alloc(arena, size);
            cr_assert_eq((uintptr_t)items[i] % _Alignof(max_align_t), 0);
            for (size_t byte = 0; byte < size; byte++)
                cr_assert_eq(items[i][byte], 0);
            memset(items[i], (int)i | 1, size);
        }
        for (size_t i = 0; i < COUNT; i++)
            cr_assert_eq(items[i][i % 97 == 0 ? 99999 : i % 50], (unsigned char)(i | 1));
        cr_expect_geq(arena_used(arena), total);
        arena_reset(arena);
        cr_expect_eq(arena_used(arena), 0);
    }
}

Test(arena, text)
{
    AUTO_ARENA struct arena *arena = arena_new();
    cr_expect_str_eq(arena_strdup(arena, "x"), "x");
    cr_expect_arr_eq(arena_dup(arena, "a\0b", 3), "a\0b", 4);
    cr_expect_str_eq(arena_printf(arena, "%d-%s", 5, "y"), "5-y");
    cr_expect_str_eq(arena_dup(arena, NULL, 0), "");
}

static const char document[] = "a: 1\nb: {c: {d: yes, e: ~}, 'x.y': 'no'}\nl: [a, ~, '7', 1.5]\nn: ~\ns: '-12'\nbad: '12x'\n"
                               "big: '99999999999999999999'\nmin: '-9223372036854775808'\n";

Test(node, asking)
{
    AUTO_ARENA struct arena *arena = arena_new();
    const struct node *root = read_yaml(arena, document);
    cr_expect_null(node_get(NULL, "a"));
    cr_expect_null(node_get(node_get(root, "a"), "a"));
    cr_expect_null(node_get(root, "nothing"));
    cr_expect_null(node_get(root, "n"));
    cr_expect(node_is(node_find(root, "n"), NODE_NULL));
    cr_expect_null(node_text(node_find(root, "n")));
    cr_expect_str_eq(node_text_at(root, "a"), "1");
    cr_expect(node_is_true(node_at(root, "b.c.d")));
    cr_expect_str_eq(node_text_at(root, "b.c.d"), "yes");
    cr_expect_null(node_at(root, "b.c.e"));
    cr_expect_null(node_at(root, "b.c.d.e"));
    cr_expect_null(node_at(root, "b.x.y"));
    cr_expect_null(node_text_at(root, "b.c"));
    cr_expect(node_is_text(node_get(node_get(root, "b"), "x.y"), "no"));
    cr_expect_not(node_is_false(node_get(node_get(root, "b"), "x.y")));
    cr_expect_not(node_is_true(node_get(root, "a")));
    cr_expect_not(node_is_text(NULL, ""));
    cr_expect_eq(node_count(node_get(root, "l")), 4);
    cr_expect_eq(node_count(node_get(root, "a")), 0);
    cr_expect_eq(node_count(NULL), 0);
    cr_expect_null(node_first(node_get(root, "a")));
    cr_expect_str_eq(node_text(node_first(node_get(root, "l"))), "a");
}

Test(node, integers)
{
    static const struct {
        const char *key;
        bool is_integer;
        int64_t value;
    } rows[] = {{"a", true, 1},     {"s", true, -12},   {"bad", false, 0},         {"big", false, 0},
                {"l", false, 0},    {"n", false, 0},    {"min", true, INT64_MIN}};
    AUTO_ARENA struct arena *arena = arena_new();
    const struct node *root = read_yaml(arena, document);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        int64_t value = 0;
        cr_expect_eq(node_integer(node_find(root, rows[i].key), &value), rows[i].is_integer, "%s", rows[i].key);
        cr_expect_eq(value, rows[i].value, "%s", rows[i].key);
    }
}

Test(node, paths)
{
    static const char text[] = "spec: {containers: [{x: 1}, {y: {z-1_A: 2}}]}\n\"a.b/c\": {\"\": [[5]], \"q\\e\": 1}\n";
    AUTO_ARENA struct arena *arena = arena_new();
    const struct node *root = read_yaml(arena, text);
    const struct node *odd = node_get(root, "a.b/c");
    const struct node *empty = node_first(odd);
    const struct {
        const struct node *node;
        const char *path;
    } rows[] = {
        {root, ""},
        {NULL, ""},
        {node_get(root, "spec"), "spec"},
        {node_at(node_at(root, "spec.containers")->last, "y.z-1_A"), "spec.containers[1].y.z-1_A"},
        {odd, "[\"a.b/c\"]"},
        {empty, "[\"a.b/c\"][\"\"]"},
        {node_first(node_first(empty)), "[\"a.b/c\"][\"\"][0][0]"},
        {empty->next, "[\"a.b/c\"][\"q\\x1b\"]"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_BUF struct buf path = BUF_INIT;
        node_path(rows[i].node, &path);
        cr_expect_str_eq(buf_text(&path), rows[i].path);
        /* Appended to what is there, it begins as it would alone. */
        buf_clear(&path);
        buf_add_text(&path, "at ");
        node_path(rows[i].node, &path);
        cr_expect_str_eq(buf_text(&path) + 3, rows[i].path);
    }
}

Test(node, building)
{
    AUTO_ARENA struct arena *arena = arena_new();
    const struct node *root = read_yaml(arena, "a: 1\nb:\n  c: [x, y]\n");
    const struct node *where = node_at(root, "b.c");
    char key[] = "key";
    struct node *map = node_new_map(arena, NULL);
    struct node *list = node_new_list(arena, where);
    node_put(arena, map, key, list);
    key[0] = 'X';
    node_append(list, node_new_text(arena, "text", where));
    node_append(list, node_new_int(arena, -5, NULL));
    node_append(list, node_new_bool(arena, true, where));
    node_append(list, node_copy(arena, where));

    const struct node *found = node_get(map, "key");
    cr_expect_eq(found, list);
    cr_expect_eq(found->parent, map);
    cr_expect_eq(node_origin(found), where);
    cr_expect_eq(found->line, 3);
    cr_expect_eq(found->column, 3);
    cr_expect_eq(found->value_column, 6);
    cr_expect_eq(node_count(found), 4);
    const struct node *item = node_first(found);
    cr_expect_str_eq(node_text(item), "text");
    cr_expect_eq(node_origin(item), where);
    item = item->next;
    cr_expect_str_eq(node_text(item), "-5");
    cr_expect_eq(item->integer, -5);
    cr_expect_eq(item->line, 0);
    cr_expect_eq(node_origin(item), item);
    item = item->next;
    cr_expect(node_is_true(item));
    item = item->next;
    cr_expect_eq(item->first, where->first);
    cr_expect_null(item->key);
    cr_expect_null(item->next);
    cr_expect_eq(found->last, item);

    /* Where it came from is where it is said to be. */
    AUTO_BUF struct buf path = BUF_INIT;
    node_path(item, &path);
    cr_expect_str_eq(buf_text(&path), "b.c");
    const struct node *derived = node_copy(arena, item);
    cr_expect_eq(node_origin(derived), where);
}
