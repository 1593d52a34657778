#include "model/finding.h"

#include <criterion/criterion.h>

Test(finding, severities_are_read_as_they_are_written)
{
    for (size_t i = 0; i < SEVERITY_COUNT; i++) {
        enum severity severity = SEVERITY_COUNT;
        cr_assert(severity_parse(severity_name((enum severity)i), &severity));
        cr_expect_eq((size_t)severity, i);
    }
    cr_expect_str_eq(severity_name(SEVERITY_INFO), "info");
    cr_expect_str_eq(severity_name(SEVERITY_CRITICAL), "critical");
    cr_expect_lt((int)SEVERITY_INFO, (int)SEVERITY_LOW);
}

Test(finding, layers_are_read_as_they_are_written)
{
    for (size_t i = 0; i < LAYER_COUNT; i++) {
        enum layer layer = LAYER_COUNT;
        cr_assert(layer_parse(layer_name((enum layer)i), &layer));
        cr_expect_eq((size_t)layer, i);
    }
    cr_expect_str_eq(layer_name(LAYER_KERNEL), "kernel");
}

Test(finding, other_words_are_refused)
{
    static const char *const words[] = {"", "High", "high ", "hig", "highest", "container ", "none", "4"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        enum severity severity = SEVERITY_COUNT;
        enum layer layer = LAYER_COUNT;
        cr_expect_not(severity_parse(words[i], &severity), "%s", words[i]);
        cr_expect_not(layer_parse(words[i], &layer), "%s", words[i]);
        cr_expect(severity == SEVERITY_COUNT && layer == LAYER_COUNT);
    }
}
