#include "base/ignore.h"

#include <criterion/criterion.h>
#include <string.h>

struct row {
    const char *pattern, *path;
    bool directory, left_out;
};

static const struct row rows[] = {
    {"*.yaml", "a.yaml", false, true},
    {"*.yaml", "deep/er/a.yaml", false, true},
    {"*.yaml", "a.yml", false, false},
    {"/a.yaml", "a.yaml", false, true},
    {"/a.yaml", "b/a.yaml", false, false},
    {"b/a.yaml", "b/a.yaml", false, true},
    {"b/a.yaml", "c/b/a.yaml", false, false},
    {"build/", "build", true, true},
    {"build/", "build", false, false},
    {"build/", "x/build", true, true},
    {"**/build", "x/y/build", true, true},
    {"a/**/b", "a/b", false, true},
    {"a/**/b", "a/x/y/b", false, true},
    {"a/**/b", "a/x/y/c", false, false},
    {"a/**", "a/x", false, true},
    {"a/**", "a/x/y", false, true},
    {"a/**", "a", true, false},
    {"*", "x", false, true},
    {"# a", "# a", false, false},
    {"\\#a", "#a", false, true},
    {"a  ", "a", false, true},
    {"", "a", false, false},
    {"*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false, false},
};

Test(ignore, one_pattern)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        cr_expect_eq(ignore_matches(rows[i].pattern, rows[i].path, rows[i].directory), rows[i].left_out,
                     "'%s' on '%s'", rows[i].pattern, rows[i].path);
}

Test(ignore, the_last_pattern_counts)
{
    AUTO_IGNORE struct ignore_list list = IGNORE_LIST_INIT;
    const char *lines = "*.yaml\r\n!keep.yaml\n\n# no\nkeep.yaml.d/";
    ignore_list_add_lines(&list, lines, strlen(lines));
    cr_expect_eq(list.count, 3);
    cr_expect_eq(ignore_list_judge(&list, "a.yaml", false), IGNORE_LEAVE_OUT);
    cr_expect_eq(ignore_list_judge(&list, "x/keep.yaml", false), IGNORE_KEEP);
    cr_expect_eq(ignore_list_judge(&list, "a.json", false), IGNORE_SILENT);
}
