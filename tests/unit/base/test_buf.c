#include "base/buf.h"

#include <criterion/criterion.h>
#include <string.h>

/* Whatever room is left, all of it is there, and a NUL behind it. */
Test(buf, printf_fits_or_grows)
{
    for (size_t before = 0; before < 140; before++)
        for (size_t length = 0; length < 140; length++) {
            AUTO_BUF struct buf buf = BUF_INIT;
            for (size_t i = 0; i < before; i++)
                buf_add_char(&buf, 'a');
            buf_printf(&buf, "%*s", (int)length, "");
            cr_assert_eq(buf.length, before + length);
            cr_assert_eq(strlen(buf_text(&buf)), buf.length);
            cr_assert_eq(strspn(buf_text(&buf), "a"), before);
        }
}

Test(buf, take_leaves_it_empty)
{
    struct buf buf = BUF_INIT;
    cr_expect_str_eq(buf_text(&buf), "");
    buf_printf(&buf, "%d", 5);
    buf_add(&buf, "a\0b", 3);
    cr_expect(buf.length == 4 && memcmp(buf.data, "5a\0b", 5) == 0);
    char *text = buf_take(&buf);
    cr_expect_str_eq(text, "5a");
    cr_expect(buf.length == 0 && !buf.data);
    buf_done(&(struct buf){.data = text});
}
