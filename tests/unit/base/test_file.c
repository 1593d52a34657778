/* Files written whole or not at all. */
#include "base/file.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"

struct place {
    char directory[64];
    char path[96];
};

static struct place place_new(void)
{
    struct place place;
    (void)snprintf(place.directory, sizeof(place.directory), "/tmp/profgen-file.XXXXXX");
    cr_assert_not_null(mkdtemp(place.directory));
    (void)snprintf(place.path, sizeof(place.path), "%s/file", place.directory);
    return place;
}

static size_t count_entries(const struct place *place)
{
    size_t count = 0;
    DIR *directory = opendir(place->directory);
    for (struct dirent *entry; (entry = readdir(directory));)
        count += entry->d_name[0] != '.';
    (void)closedir(directory);
    return count;
}

static void place_done(struct place *place)
{
    (void)unlink(place->path);
    cr_expect_eq(rmdir(place->directory), 0, "something was left behind in %s", place->directory);
}

static void expect_content(const char *path, const char *content)
{
    AUTO_BUF struct buf bytes = BUF_INIT;
    struct err err = ERR_INIT;
    cr_assert_eq(file_read(path, 1000, &bytes, &err), 0, "%s", err.sentence);
    cr_expect_str_eq(buf_text(&bytes), content);
}

Test(file, a_stage_that_is_not_committed_changes_nothing)
{
    struct place place = place_new();
    struct err err = ERR_INIT;
    cr_assert_eq(file_write(place.path, "old", 3, FILE_CREATE, 0666, &err), 0, "%s", err.sentence);
    {
        AUTO_STAGE struct file_stage stage = {0};
        cr_assert_eq(file_stage(place.path, "new", 3, FILE_REPLACE, 0666, &stage, &err), 0, "%s", err.sentence);
        cr_expect_eq(count_entries(&place), 2u);
        expect_content(place.path, "old");
    }
    cr_expect_eq(count_entries(&place), 1u);
    expect_content(place.path, "old");
    place_done(&place);
}

static const struct {
    const char *before; /* NULL: no file */
    enum file_replace replace;
    int result;
    const char *after;
} rows[] = {
    {NULL, FILE_CREATE, 0, "new"},
    {NULL, FILE_REPLACE, 0, "new"},
    {"old", FILE_CREATE, -EEXIST, "old"},
    {"old", FILE_REPLACE, 0, "new"},
};

Test(file, committing_creates_or_replaces)
{
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct place place = place_new();
        struct err err = ERR_INIT;
        if (rows[i].before)
            cr_assert_eq(file_write(place.path, "old", 3, FILE_CREATE, 0666, &err), 0);
        AUTO_STAGE struct file_stage stage = {0};
        cr_assert_eq(file_stage(place.path, "new", 3, rows[i].replace, 0666, &stage, &err), 0);
        cr_expect_eq(file_commit(&stage, &err), rows[i].result, "row %zu", i);
        cr_expect_eq(count_entries(&place), 1u, "row %zu", i);
        expect_content(place.path, rows[i].after);
        place_done(&place);
    }
}

/* Writes what it is and counts; fails when it is told to. */
struct filler {
    unsigned calls;
    int result;
};

static int fill(void *self, int fd)
{
    struct filler *filler = self;
    filler->calls++;
    int failed = file_write_fd(fd, "filled", 6);
    return filler->result < 0 ? filler->result : failed;
}

Test(file, what_is_filled_is_filled_once_before_it_takes_its_place)
{
    struct place place = place_new();
    struct err err = ERR_INIT;
    struct filler filler = {0};
    AUTO_STAGE struct file_stage stage = {0};
    cr_assert_eq(file_write(place.path, "old", 3, FILE_CREATE, 0666, &err), 0);
    cr_assert_eq(file_stage_filled(place.path, fill, &filler, FILE_REPLACE, 0666, &stage, &err), 0, "%s", err.sentence);
    cr_expect_eq(filler.calls, 1);
    expect_content(place.path, "old");
    cr_expect_eq(file_commit(&stage, &err), 0);
    cr_expect_eq(filler.calls, 1);
    expect_content(place.path, "filled");
    place_done(&place);
}

Test(file, what_cannot_be_filled_leaves_the_old_file)
{
    struct place place = place_new();
    struct err err = ERR_INIT;
    struct filler filler = {.result = -ENOSPC};
    struct file_stage stage;
    cr_assert_eq(file_write(place.path, "old", 3, FILE_CREATE, 0666, &err), 0);
    cr_expect_eq(file_stage_filled(place.path, fill, &filler, FILE_REPLACE, 0666, &stage, &err), -ENOSPC);
    AUTO_FREE char *says = mem_printf("cannot write %s: No space left on device", place.path);
    cr_expect_str_eq(err.sentence, says);
    cr_expect_eq(count_entries(&place), 1u);
    expect_content(place.path, "old");
    place_done(&place);
}

/* There is nothing to rename, so nothing may be written before all is decided. */
Test(file, what_is_no_file_is_filled_while_it_is_committed)
{
    struct err err = ERR_INIT;
    struct filler filler = {0};
    AUTO_STAGE struct file_stage stage = {0};
    cr_assert_eq(file_stage_filled("/dev/null", fill, &filler, FILE_REPLACE, 0666, &stage, &err), 0, "%s", err.sentence);
    cr_expect_eq(filler.calls, 0);
    cr_expect_eq(file_commit(&stage, &err), 0);
    cr_expect_eq(filler.calls, 1);
}

Test(file, staging_fails_where_nothing_can_be_written)
{
    struct place place = place_new();
    struct err err = ERR_INIT;
    struct file_stage stage;
    AUTO_FREE char *missing = mem_printf("%s/no/file", place.directory);
    cr_expect_eq(file_stage(missing, "x", 1, FILE_CREATE, 0666, &stage, &err), -ENOENT);
    cr_expect_eq(file_stage(place.directory, "x", 1, FILE_REPLACE, 0666, &stage, &err), -EISDIR);
    cr_expect(strstr(err.sentence, place.directory), "%s", err.sentence);
    place_done(&place);
}

Test(file, a_symbolic_link_is_followed)
{
    struct place place = place_new();
    struct err err = ERR_INIT;
    AUTO_FREE char *link_path = mem_printf("%s/link", place.directory);
    cr_assert_eq(file_write(place.path, "old", 3, FILE_CREATE, 0666, &err), 0);
    cr_assert_eq(symlink("file", link_path), 0);
    cr_expect_eq(file_write(link_path, "new", 3, FILE_REPLACE, 0666, &err), 0, "%s", err.sentence);
    expect_content(place.path, "new");
    struct stat st;
    cr_expect(lstat(link_path, &st) == 0 && S_ISLNK(st.st_mode));
    (void)unlink(link_path);
    place_done(&place);
}
