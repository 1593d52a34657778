/* What the real apparmor_parser says reaches the person. */
#include "emit/apparmor_parser.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "base/mem.h"

static const struct {
    const char *text;
    int result;
    const char *says;
} rows[] = {
    {"profile x { file, }\n", 0, ""},
    {"profile x flags=(attach_disconnected) {\n  /etc/** r,\n  deny mount,\n  deny @{PROC}/sys/** w,\n}\n", -EINVAL, "PROC"},
    {"profile x {\n  /etc/** zz,\n}\n", -EINVAL, "line 2"},
    {"profile x {\n", -EINVAL, "apparmor_parser refuses"},
};

Test(apparmor_parser, judges_a_profile)
{
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct err err = ERR_INIT;
        bool asked = false;
        int result = apparmor_parser_check(rows[i].text, strlen(rows[i].text), &asked, &err);
        if (!asked) {
            fputs("SKIPPED: apparmor_parser is not installed\n", stderr);
            _exit(77);
        }
        cr_expect_eq(result, rows[i].result, "%s: %s", rows[i].text, err.sentence);
        cr_expect(strstr(err.sentence, rows[i].says), "%s", err.sentence);
        cr_expect_null(strchr(err.sentence, '\n'));
    }
}
