/*
 * The rules that are compiled in are those that stand in rules/, to the last column.
 */
#include <criterion/criterion.h>
#include <ftw.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "rule_files.h"
#include "support/node_dump.h"

#define AUTO_ARENA AUTO(arena_free_cleanup)

static const struct node *read_rule(const char *path, struct arena *arena)
{
    AUTO_FREE char *whole = mem_printf("%s/rules/%s", SOURCE_DIR, path);
    AUTO_BUF struct buf text = BUF_INIT;
    struct node_stream stream;
    struct err err = ERR_INIT;
    cr_assert_eq(file_read(whole, NODE_BYTES_MAX, &text, &err), 0, "%s", err.sentence);
    cr_assert_eq(yaml_read(whole, buf_text(&text), text.length, arena, &stream, &err), 0, "%s", err.sentence);
    cr_assert_eq(stream.count, 1);
    return stream.documents[0];
}

Test(rule_files, are_what_the_files_say)
{
    for (size_t i = 0; i < rule_files_count; i++) {
        AUTO_ARENA struct arena *arena = arena_new();
        AUTO_BUF struct buf compiled = BUF_INIT;
        AUTO_BUF struct buf read = BUF_INIT;
        const struct node *root = read_rule(rule_files[i].path, arena);
        cr_assert(i == 0 || strcmp(rule_files[i - 1].path, rule_files[i].path) < 0, "%s", rule_files[i].path);
        node_dump(rule_files[i].root, &compiled);
        node_dump_places(rule_files[i].root, &compiled);
        node_dump(root, &read);
        node_dump_places(root, &read);
        cr_expect_str_eq(buf_text(&compiled), buf_text(&read), "%s", rule_files[i].path);
    }
}

static size_t files_found; /* nftw has no other way */

static int count_file(const char *path, const struct stat *status, int type, struct FTW *at)
{
    (void)status;
    size_t length = strlen(path);
    files_found += type == FTW_F && length > 5 && strcmp(path + length - 5, ".yaml") == 0 && path[at->base] != '.';
    return 0;
}

Test(rule_files, are_all)
{
    files_found = 0;
    (void)nftw(SOURCE_DIR "/rules", count_file, 16, FTW_PHYS);
    cr_expect_eq(rule_files_count, files_found);
}
