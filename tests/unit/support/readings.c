#include "support/readings.h"

#include <criterion/criterion.h>
#include <string.h>

#include "support/node_dump.h"

void readings_check(readings_reader *read, const struct reading *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        AUTO(arena_free_cleanup) struct arena *arena = arena_new();
        struct node_stream stream;
        struct err err = ERR_INIT;
        AUTO_BUF struct buf dump = BUF_INIT;
        int rc = read("f", rows[i].text, strlen(rows[i].text), arena, &stream, &err);
        cr_expect_eq(rc, 0, "%s: %s", rows[i].text, err.sentence);
        node_dump_stream(&stream, &dump);
        cr_expect_str_eq(buf_text(&dump), rows[i].tree, "of %s", rows[i].text);
    }
}

void failed_readings_check(readings_reader *read, const struct failed_reading *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        AUTO(arena_free_cleanup) struct arena *arena = arena_new();
        struct node_stream stream;
        struct err err = ERR_INIT;
        int rc = read("f", rows[i].text, strlen(rows[i].text), arena, &stream, &err);
        cr_expect_eq(rc, rows[i].code, "%s", rows[i].text);
        cr_expect_str_eq(err.sentence, rows[i].sentence);
        cr_expect_eq(stream.count, rows[i].documents, "%s", rows[i].text);
    }
}
