#include "base/directory_names.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

/* The names of the directory, with a letter for the type, a blank behind each. */
static void list(const char *path, struct buf *out)
{
    struct directory_names names;
    const char *name = NULL;
    unsigned char type = DT_UNKNOWN;
    cr_assert_eq(directory_names_init(&names, path), 0);
    while (directory_names_next(&names, &name, &type) == 1)
        buf_printf(out, "%s%s ", name, type == DT_DIR ? "/" : type == DT_REG || type == DT_UNKNOWN ? "" : "?");
    cr_expect_eq(directory_names_next(&names, &name, &type), 0, "the end stays the end");
    directory_names_done(&names);
}

Test(directory_names, come_sorted_by_bytes_with_their_types)
{
    char directory[] = "/tmp/profgen-names-XXXXXX";
    cr_assert_not_null(mkdtemp(directory));
    AUTO_FREE char *make = mem_printf("cd %s && mkdir b .c && touch B a .x $(printf '\\377') 'two words' && ln -s a link", directory);
    AUTO_BUF struct buf got = BUF_INIT;
    cr_assert_eq(system(make), 0);
    list(directory, &got);
    cr_expect_str_eq(buf_text(&got), ".c/ .x B a b/ link? two words \xff ");
    AUTO_FREE char *remove = mem_printf("rm -rf %s", directory);
    cr_expect_eq(system(remove), 0);
}

Test(directory_names, what_cannot_be_opened_is_an_error)
{
    struct directory_names names;
    cr_expect_eq(directory_names_init(&names, "/tmp/profgen-no-such-directory"), -ENOENT);
    directory_names_done(&names);
    cr_expect_eq(directory_names_init(&names, "/dev/null"), -ENOTDIR);
    directory_names_done(&names);
}

enum { MANY = 2 * DIRECTORY_NAMES_HELD + DIRECTORY_NAMES_HELD / 2 };

static void make_many(const char *directory)
{
    AUTO_CLOSE int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    AUTO_CLOSE int first = openat(fd, "00000", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    cr_assert(fd >= 0 && first >= 0);
    for (unsigned i = 1; i < MANY; i++) {
        char name[16];
        /* In an order that is not theirs: 7919 is prime. */
        (void)snprintf(name, sizeof(name), "%05u", (unsigned)((uint64_t)i * 7919 % MANY));
        /* The first name was made as a file, the others are links to it as far as a file may have so many. */
        if (linkat(fd, "00000", fd, name, 0) < 0) {
            AUTO_CLOSE int own = openat(fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
            cr_assert_geq(own, 0, "%s", name);
        }
    }
}

/* More than are held: each comes once, in order, whether the directory is read once or three times. */
Test(directory_names, of_many_only_a_part_is_held)
{
    char directory[] = "/tmp/profgen-names-XXXXXX";
    cr_assert_not_null(mkdtemp(directory));
    make_many(directory);
    struct directory_names names;
    const char *name = NULL;
    unsigned char type;
    unsigned count = 0;
    cr_assert_eq(directory_names_init(&names, directory), 0);
    for (; directory_names_next(&names, &name, &type) == 1; count++) {
        cr_assert_eq((unsigned)strtoul(name, NULL, 10), count);
        cr_assert_leq(names.count, DIRECTORY_NAMES_HELD);
    }
    cr_expect_eq(count, MANY);
    directory_names_done(&names);
    AUTO_FREE char *remove = mem_printf("rm -rf %s", directory);
    cr_expect_eq(system(remove), 0);
}

/* A directory that goes away between two parts is said, and not for ever. */
Test(directory_names, a_part_that_cannot_be_read_ends_it)
{
    char directory[] = "/tmp/profgen-names-XXXXXX";
    cr_assert_not_null(mkdtemp(directory));
    make_many(directory);
    struct directory_names names;
    const char *name = NULL;
    unsigned char type;
    cr_assert_eq(directory_names_init(&names, directory), 0);
    AUTO_FREE char *remove = mem_printf("rm -rf %s", directory);
    cr_assert_eq(system(remove), 0);
    for (unsigned i = 0; i < DIRECTORY_NAMES_HELD; i++)
        cr_assert_eq(directory_names_next(&names, &name, &type), 1);
    cr_expect_eq(directory_names_next(&names, &name, &type), -ENOENT);
    cr_expect_eq(directory_names_next(&names, &name, &type), 0);
    directory_names_done(&names);
}
