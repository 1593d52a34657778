#include <criterion/criterion.h>

#include "base/mem.h"
#include "cli/nearest.c"

Test(nearest, words)
{
    static const char *const known[] = {"trace", "emit", "show", "merge", "report", "run"};
    static const struct {
        const char *typed;
        const char *expect;
    } rows[] = {
        {"trcae", "trace"}, {"tarce", "trace"}, {"mrege", "merge"}, {"emitt", "emit"}, {"rn", "run"},
        {"sohw", "show"},   {"reprot", "report"}, {"x", NULL},      {"", NULL},        {"completely", NULL},
        {"zzz", NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct nearest nearest = nearest_init(rows[i].typed);
        for (size_t j = 0; j < ARRAY_COUNT(known); j++)
            nearest_offer(&nearest, known[j]);
        if (rows[i].expect)
            cr_expect_str_eq(nearest.word ? nearest.word : "(none)", rows[i].expect, "%s", rows[i].typed);
        else
            cr_expect_null(nearest.word, "%s: got %s", rows[i].typed, nearest.word);
    }
}
