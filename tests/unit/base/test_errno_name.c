#include "base/errno_name.h"

#include <criterion/criterion.h>
#include <errno.h>

#include "base/mem.h"

Test(errno_name, every_value_is_found_by_its_name)
{
    for (int error = 1; error <= ERRNO_MAX; error++) {
        char buffer[ERRNO_NAME_MAX];
        const char *name = errno_name(error, buffer);
        cr_expect_eq(errno_from_name(name), error, "%d is %s", error, name);
    }
}

Test(errno_name, spellings)
{
    static const struct {
        const char *name;
        int error;
    } rows[] = {
        {"ENOENT", ENOENT},  {"EPERM", EPERM},      {"ERESTARTSYS", 512}, {"ERESTART_RESTARTBLOCK", 516},
        {"errno_600", 600},  {"errno_4095", 4095},  {"errno_4096", 0},    {"errno_2", 0},
        {"errno_0600", 0},   {"errno_", 0},         {"errno_-1", 0},      {"errno_0x258", 0},
        {"enoent", 0},       {"", 0},               {"0", 0},             {"ENOENT ", 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        cr_expect_eq(errno_from_name(rows[i].name), rows[i].error, "%s", rows[i].name);
}
