#include "audit/walk_copies.h"

#include <criterion/criterion.h>
#include <string.h>

enum { PATHS_MAX = 4 };

Test(walk_copies, paths_are_remembered_only_where_they_can_come_again)
{
    static const struct {
        const char *paths[PATHS_MAX];
        bool remembers;
    } rows[] = {
        {{"a"}, false},
        {{"."}, false},
        {{"a", "b"}, false},
        {{"a", "a"}, true},
        {{"a", "a/"}, true},
        {{"a", "./a"}, true},
        {{"a", "a/b"}, true},
        {{"a/b", "a-b", "a"}, true}, /* a-b stands between a and a/b */
        {{"a", "ab"}, false},
        {{"a/b", "a/c"}, false},
        {{"b", "a/c", "."}, true},
        {{"./", "x"}, true},
        {{"-", "a"}, false},
        {{"/", "/etc"}, true},
        {{"", "a"}, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct walk_copies copies;
        char *paths[PATHS_MAX];
        size_t count = 0;
        for (; count < PATHS_MAX && rows[i].paths[count]; count++)
            paths[count] = mem_strdup(rows[i].paths[count]);
        walk_copies_init(&copies, paths, count);
        cr_expect_eq(copies.paths != NULL, rows[i].remembers, "row %zu", i);
        walk_copies_done(&copies);
        while (count > 0)
            free(paths[--count]);
    }
}

Test(walk_copies, counts_what_came_before)
{
    char a[] = "a", here[] = ".";
    char *paths[] = {a, here, a};
    struct walk_copies copies;
    walk_copies_init(&copies, paths, ARRAY_COUNT(paths));
    cr_expect_eq(walk_copies_add(&copies, "a/x"), 0);
    cr_expect_eq(walk_copies_add(&copies, "./a/x"), 1);
    cr_expect_eq(walk_copies_add(&copies, "a/x"), 2);
    cr_expect_eq(walk_copies_add(&copies, "a/y"), 0);
    for (unsigned i = 0; i < 1000; i++) {
        char path[16];
        (void)snprintf(path, sizeof(path), "%u", i);
        cr_assert_eq(walk_copies_add(&copies, path), 0);
    }
    cr_expect_eq(walk_copies_add(&copies, "a/y"), 1);
    walk_copies_done(&copies);
}
