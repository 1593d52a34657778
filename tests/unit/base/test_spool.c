#include "base/spool.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COUNT = 3000 };

/* Record i: its number, then so many letters that small and large ones stand side by side; one in 500 is larger than what is written
 * and read at once. */
static size_t record_of(size_t i, char letter, struct buf *ret)
{
    buf_clear(ret);
    buf_printf(ret, "%zu:", i);
    size_t length = i % 500 == 7 ? 300000 : i * 37 % 400;
    buf_reserve(ret, length);
    for (size_t k = 0; k < length; k++)
        buf_add_char(ret, letter);
    return ret->length;
}

static void fill(struct spool *spool)
{
    AUTO_BUF struct buf record = BUF_INIT;
    struct err err = ERR_INIT;
    for (size_t i = 0; i < COUNT; i++) {
        record_of(i, 'a', &record);
        cr_assert_eq(spool_add(spool, record.data, record.length, &err), 0, "%s", err.sentence);
    }
    cr_assert_eq(spool_count(spool), COUNT);
}

/* Those of a number that the step divides were replaced. */
static void check(const struct spool *spool, size_t step)
{
    AUTO_SPOOL_READER struct spool_reader reader = spool_reader_init(spool);
    AUTO_BUF struct buf expect = BUF_INIT;
    const char *bytes = NULL;
    size_t length = 0;
    struct err err = ERR_INIT;
    for (size_t i = 0; i < COUNT; i++) {
        record_of(i, step && i % step == 0 ? 'b' : 'a', &expect);
        cr_assert_eq(spool_read(&reader, &bytes, &length, &err), 1, "record %zu: %s", i, err.sentence);
        cr_assert_eq(length, expect.length, "record %zu", i);
        cr_assert_eq(memcmp(bytes, expect.data, length), 0, "record %zu", i);
    }
    cr_expect_eq(spool_read(&reader, &bytes, &length, &err), 0);
    cr_expect_eq(spool_read(&reader, &bytes, &length, &err), 0, "the end stays the end");
}

static const size_t memories[] = {0, 1, 4096, 1 << 20, 64 << 20}; /* the last is enough for all of it */

Test(spool, gives_back_in_order_what_was_added_as_often_as_asked)
{
    for (size_t i = 0; i < ARRAY_COUNT(memories); i++) {
        AUTO(spool_free_cleanup) struct spool *spool = spool_new("/tmp", memories[i]);
        fill(spool);
        cr_expect_eq(spool_has_file(spool), i + 1 < ARRAY_COUNT(memories), "%zu bytes of memory", memories[i]);
        check(spool, 0);
        check(spool, 0);
    }
}

Test(spool, replaced_records_stand_in_their_old_places)
{
    static const size_t steps[] = {1, 2, 7, 500};
    for (size_t i = 0; i < ARRAY_COUNT(memories); i++)
        for (size_t k = 0; k < ARRAY_COUNT(steps); k++) {
            AUTO(spool_free_cleanup) struct spool *spool = spool_new("/tmp", memories[i]);
            AUTO_BUF struct buf record = BUF_INIT;
            struct err err = ERR_INIT;
            fill(spool);
            /* From the last to the first, and each twice: the second counts. */
            for (size_t n = COUNT; n-- > 0;)
                for (const char *letter = n % steps[k] == 0 ? "xb" : ""; *letter; letter++) {
                    record_of(n, *letter, &record);
                    cr_assert_eq(spool_replace(spool, n, record.data, record.length, &err), 0, "%s", err.sentence);
                }
            cr_expect_eq(spool_count(spool), COUNT, "a replacement is no record more");
            check(spool, steps[k]);
        }
}

Test(spool, records_may_be_added_after_some_were_replaced)
{
    AUTO(spool_free_cleanup) struct spool *spool = spool_new("/tmp", 4);
    AUTO_SPOOL_READER struct spool_reader reader = spool_reader_init(spool);
    static const char *const expect[] = {"zero", "new", ""};
    struct err err = ERR_INIT;
    const char *bytes = NULL;
    size_t length = 0;
    cr_assert_eq(spool_read(&reader, &bytes, &length, &err), 0, "nothing is there yet");
    cr_assert(spool_add(spool, "zero", 4, &err) == 0 && spool_add(spool, "old", 3, &err) == 0);
    cr_assert(spool_replace(spool, 1, "new", 3, &err) == 0 && spool_add(spool, "", 0, &err) == 0);
    for (size_t i = 0; i < ARRAY_COUNT(expect); i++) {
        cr_assert_eq(spool_read(&reader, &bytes, &length, &err), 1);
        cr_expect(length == strlen(expect[i]) && memcmp(bytes, expect[i], length) == 0, "record %zu", i);
    }
    cr_expect_eq(spool_read(&reader, &bytes, &length, &err), 0);
}

Test(spool, a_directory_is_needed_only_when_memory_is_full)
{
    AUTO(spool_free_cleanup) struct spool *spool = spool_new("/tmp/profgen-no-such-directory", 1000);
    AUTO_FREE char *much = mem_zero(1000, 1);
    struct err err = ERR_INIT;
    cr_expect_eq(spool_add(spool, "little", 6, &err), 0);
    cr_expect_eq(spool_add(spool, much, 1000, &err), -ENOENT);
    cr_expect_str_eq(err.sentence, "cannot set results aside in a file in /tmp/profgen-no-such-directory: No such file or "
                                   "directory; TMPDIR names another directory");
}

Test(spool, a_full_disk_is_said)
{
    AUTO(spool_free_cleanup) struct spool *spool = spool_new("/tmp", 1000);
    AUTO_FREE char *much = mem_zero(200000, 1);
    const struct rlimit little = {.rlim_cur = 300000, .rlim_max = RLIM_INFINITY};
    struct err err = ERR_INIT;
    (void)signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &little), 0);
    cr_expect_eq(spool_add(spool, much, 200000, &err), 0);
    cr_expect_eq(spool_add(spool, much, 200000, &err), -EFBIG);
    cr_expect_str_eq(err.sentence,
                     "cannot set results aside in a file in /tmp: File too large; TMPDIR names another directory");
}

/* Nobody finds the file, and nothing is left of it. */
Test(spool, the_file_has_no_name)
{
    char directory[] = "/tmp/profgen-spool-XXXXXX";
    cr_assert_not_null(mkdtemp(directory));
    struct spool *spool = spool_new(directory, 0);
    fill(spool);
    cr_expect(spool_has_file(spool));
    cr_expect_eq(rmdir(directory), 0, "the directory is empty while the file is open");
    check(spool, 0);
    spool_free(spool);
}
