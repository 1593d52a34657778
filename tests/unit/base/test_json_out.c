#include "base/json_out.h"

#include <criterion/criterion.h>
#include <string.h>

/* Each level is one blank further in, as deep as it goes. */
Test(json_out, the_deepest_line_is_indented)
{
    AUTO_BUF struct buf buf = BUF_INIT;
    struct json_out json;
    json_out_init(&json, &buf);
    for (size_t i = 0; i + 1 < JSON_DEPTH_MAX; i++)
        json_out_array(&json);
    json_out_u64(&json, 7);
    for (size_t i = 0; i + 1 < JSON_DEPTH_MAX; i++)
        json_out_end(&json, ']');
    const char *line = buf_text(&buf);
    for (size_t depth = 1; depth < JSON_DEPTH_MAX; depth++) {
        line = strchr(line, '\n') + 1;
        cr_expect_eq(strspn(line, " "), depth);
    }
    cr_expect_eq(line[JSON_DEPTH_MAX - 1], '7');
    cr_expect_eq(strlen(buf_text(&buf)), buf.length);
}
