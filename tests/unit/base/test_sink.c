#include "base/sink.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"

enum { LINES = 20000 };

static void write_lines(struct sink *sink, size_t *ret_most)
{
    for (unsigned i = 0; i < LINES; i++) {
        buf_printf(&sink->buf, "line %u\n", i);
        sink_ease(sink);
        *ret_most = sink->buf.length > *ret_most ? sink->buf.length : *ret_most;
    }
}

Test(sink, passes_on_all_in_pieces)
{
    AUTO_CLOSE int fd = memfd_create("sink", MFD_CLOEXEC);
    AUTO_SINK struct sink sink = SINK_INIT(fd);
    AUTO_SINK struct sink whole = SINK_INIT(-1);
    size_t most = 0;
    size_t all = 0;
    write_lines(&sink, &most);
    write_lines(&whole, &all);
    cr_expect_eq(sink_finish(&sink), 0);
    cr_expect_eq(sink_finish(&whole), 0);
    cr_expect_lt(most, 65 << 10, "%zu bytes were held", most);
    cr_expect_eq(all, whole.buf.length, "without a descriptor all of it stays");
    cr_assert_eq(sink.passed, whole.buf.length);
    AUTO_FREE char *got = mem_zero(all + 1, 1);
    cr_assert_eq(pread(fd, got, all + 1, 0), (ssize_t)all);
    cr_expect_eq(memcmp(got, whole.buf.data, all), 0);
}

Test(sink, the_first_failure_counts_and_the_rest_is_thrown_away)
{
    AUTO_CLOSE int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    AUTO_SINK struct sink sink = SINK_INIT(fd);
    size_t most = 0;
    write_lines(&sink, &most);
    cr_expect_eq(sink.failed, -ENOSPC);
    cr_expect_lt(most, 65 << 10);
    cr_expect_eq(sink_finish(&sink), -ENOSPC);
}
