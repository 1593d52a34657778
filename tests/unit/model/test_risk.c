#include "model/risk.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "model/syscall.h"

static bool is_level(const char *name)
{
    return strcmp(name, "low") == 0 || strcmp(name, "medium") == 0 || strcmp(name, "high") == 0;
}

static bool tag_is_known(const char *tag, size_t length)
{
    for (size_t i = 0; i < data_risk_tags_count; i++)
        if (strlen(data_risk_tags[i].tag) == length && strncmp(data_risk_tags[i].tag, tag, length) == 0)
            return true;
    return false;
}

Test(risk, the_tables_are_sorted_and_agree)
{
    for (size_t i = 0; i < data_syscall_risk_count; i++) {
        const struct data_syscall_risk *row = &data_syscall_risk[i];
        cr_expect(i == 0 || strcmp(row[-1].syscall, row->syscall) < 0, "%s is out of order", row->syscall);
        for (const char *tag = row->tags; *tag;) {
            size_t length = strcspn(tag, ";");
            cr_expect(tag_is_known(tag, length), "%s: tag %.*s", row->syscall, (int)length, tag);
            tag += length + (tag[length] == ';');
        }
    }
    for (size_t i = 0; i < data_risk_tags_count; i++)
        cr_expect(is_level(data_risk_tags[i].level), "%s", data_risk_tags[i].tag);
    for (size_t i = 0; i < data_risk_arguments_count; i++) {
        const struct data_risk_arguments *row = &data_risk_arguments[i];
        bool by_fact = strcmp(row->test, "fact") == 0;
        uint64_t mask;
        cr_expect(is_level(row->level), "%s", row->syscall);
        cr_expect_not_null(syscall_by_name(row->syscall), "%s", row->syscall);
        cr_expect(by_fact || strcmp(row->test, "any") == 0 || strcmp(row->test, "all") == 0 ||
                      strcmp(row->test, "is") == 0,
                  "%s: test %s", row->syscall, row->test);
        cr_expect(by_fact ? row->argument < 0 : row->argument >= 0 && row->argument < 6, "%s", row->syscall);
        cr_expect(by_fact || num_parse_u64(row->mask, UINT64_MAX, &mask), "%s", row->syscall);
    }
}

Test(risk, arguments_make_the_difference)
{
    static const struct {
        const char *name;
        unsigned argument;
        uint64_t value;
        enum risk_level level;
    } rows[] = {
        {"mount", 0, 0, RISK_HIGH},
        {"ptrace", 0, 0, RISK_HIGH},
        {"read", 0, 0, RISK_NONE},
        {"accept4", 0, 0, RISK_LOW},
        {"userfaultfd", 0, 0, RISK_MEDIUM},
        {"clone", 0, 0x3d0f00, RISK_LOW},         /* a thread */
        {"clone", 0, 0x20000011, RISK_HIGH},      /* CLONE_NEWPID | SIGCHLD */
        {"clone3", 0, 0x20000000, RISK_LOW},      /* an address, not flags */
        {"mprotect", 2, 1, RISK_LOW},
        {"mprotect", 2, 5, RISK_LOW},
        {"mprotect", 2, 7, RISK_MEDIUM},
        {"mprotect", 1, 7, RISK_LOW},
        {"ioctl", 1, 0x5401, RISK_LOW},
        {"ioctl", 1, 0x5412, RISK_HIGH},
        {"ioctl", 1, 0xffffffff00005412, RISK_HIGH}, /* the kernel looks at 32 bits */
        {"socket", 0, 2, RISK_LOW},
        {"socket", 0, 17, RISK_HIGH},
        {"personality", 0, 0xffffffff, RISK_LOW},     /* asks what it is */
        {"personality", 0, 8, RISK_LOW},
        {"personality", 0, 0x40000, RISK_MEDIUM},
        {"no_such_call", 0, 0, RISK_NONE},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct arg_values values = {.values = {rows[i].value}, .count = 1};
        struct call_record call = {0};
        call.args[rows[i].argument] = &values;
        struct risk risk = risk_of_call(rows[i].name, &call);
        cr_expect_eq(risk.level, rows[i].level, "%s %#lx is %s", rows[i].name, (unsigned long)rows[i].value,
                     risk_level_name(risk.level));
        cr_expect(risk.level == RISK_NONE || risk.why[0], "%s", rows[i].name);
    }
}
