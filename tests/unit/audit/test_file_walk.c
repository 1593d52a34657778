#include "audit/file_walk.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

static const char *const make_tree =
    "cd %s && mkdir -p b/deep .git vendor ignored && touch a.yaml b/x.yaml b/deep/y.yaml .git/config vendor/z.yaml ignored/i "
    "b/keep.log b/drop.log c.tmp && printf 'ignored/\\n*.tmp\\n' > .gitignore && printf '*.log\\n!keep.log\\n' > b/.gitignore && "
    "ln -s . b/again && ln -s ../a.yaml b/link && ln -s nowhere b/dangling && ln -s loop loop && mkfifo pipe";

static void describe(char *const *paths, size_t path_count, char *const *excludes, size_t exclude_count, size_t prefix,
                     struct buf *out)
{
    AUTO(file_walk_free_cleanup) struct file_walk *walk = file_walk_new(paths, path_count, excludes, exclude_count);
    for (struct walked_file file; file_walk_next(walk, &file); walked_file_done(&file))
        buf_printf(out, "%s%s%s%s\n", strlen(file.path) > prefix ? file.path + prefix : "", file.named ? " named" : "",
                   file.left_out ? ": " : "", file.left_out ? file.left_out : "");
    buf_printf(out, "%zu ignored\n", file_walk_ignored(walk));
}

Test(file_walk, a_tree_is_walked_in_order_and_ends)
{
    char directory[] = "/tmp/profgen-walk-XXXXXX";
    cr_assert_not_null(mkdtemp(directory));
    AUTO_FREE char *make = mem_printf(make_tree, directory);
    cr_assert_eq(system(make), 0);
    char *paths[] = {directory};
    char exclude[] = "/vendor";
    char *excludes[] = {exclude};
    AUTO_BUF struct buf text = BUF_INIT;
    describe(paths, 1, excludes, 1, strlen(directory) + 1, &text);
    cr_expect_str_eq(buf_text(&text), ".gitignore\n"
                                      "a.yaml\n"
                                      "b/.gitignore\n"
                                      "b/again: a symbolic link to a directory\n"
                                      "b/dangling: a symbolic link that leads nowhere\n"
                                      "b/deep/y.yaml\n"
                                      "b/keep.log\n"
                                      "b/link\n"
                                      "b/x.yaml\n"
                                      "loop: a symbolic link without end\n"
                                      "pipe: a named pipe\n"
                                      "4 ignored\n");
    AUTO_FREE char *remove = mem_printf("rm -rf %s", directory);
    cr_expect_eq(system(remove), 0);
}

Test(file_walk, what_is_named_is_taken_whatever_it_is)
{
    char file[] = "/tmp/profgen-no-such-file", input[] = "-";
    char *paths[] = {file, input, input};
    AUTO_BUF struct buf text = BUF_INIT;
    describe(paths, ARRAY_COUNT(paths), NULL, 0, 0, &text);
    cr_expect_str_eq(buf_text(&text), "/tmp/profgen-no-such-file named\n- named\n"
                                      "-: given before, and standard input is read only once\n0 ignored\n");
}

Test(file_walk, a_file_called_like_standard_input_is_a_file)
{
    char directory[] = "/tmp/profgen-walk-XXXXXX", here[] = ".";
    cr_assert_not_null(mkdtemp(directory));
    cr_assert_eq(chdir(directory), 0);
    cr_assert_eq(close(creat("-", 0600)), 0);
    char *paths[] = {here};
    AUTO_BUF struct buf text = BUF_INIT;
    describe(paths, 1, NULL, 0, 0, &text);
    cr_expect_str_eq(buf_text(&text), "./-\n0 ignored\n");
    (void)unlink("-");
    (void)rmdir(directory);
}

Test(file_walk, an_empty_directory_is_said_to_be_empty)
{
    char directory[] = "/tmp/profgen-walk-XXXXXX";
    cr_assert_not_null(mkdtemp(directory));
    char *paths[] = {directory};
    AUTO_BUF struct buf text = BUF_INIT;
    describe(paths, 1, NULL, 0, strlen(directory), &text);
    cr_expect_str_eq(buf_text(&text), ": a directory without files\n0 ignored\n");
    (void)rmdir(directory);
}
