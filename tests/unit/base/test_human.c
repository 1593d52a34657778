#include "base/human.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/mem.h"

Test(human, counts)
{
    static const struct {
        uint64_t count;
        const char *text;
    } rows[] = {
        {0, "0"},       {999, "999"},         {1000, "1,000"},
        {12345, "12,345"}, {1234567, "1,234,567"}, {UINT64_MAX, "18,446,744,073,709,551,615"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        char buffer[HUMAN_MAX];
        cr_expect_str_eq(human_count(rows[i].count, buffer), rows[i].text);
    }
}

Test(human, bytes)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } rows[] = {
        {0, "0 bytes"},        {1, "1 byte"},        {1023, "1023 bytes"}, {1024, "1.0 KiB"}, {1536, "1.5 KiB"},
        {1048575, "1.0 MiB"}, {1048576, "1.0 MiB"}, {UINT64_MAX, "16.0 EiB"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        char buffer[HUMAN_MAX];
        cr_expect_str_eq(human_bytes(rows[i].bytes, buffer), rows[i].text);
    }
}

Test(human, durations_and_times)
{
    static const struct {
        uint64_t nanoseconds;
        const char *text;
    } rows[] = {
        {0, "0 us"},
        {999999, "999 us"},
        {1000000, "1 ms"},
        {999999999, "999 ms"},
        {1500000000, "1.5 s"},
        {UINT64_C(100000000000), "1 min 40 s"},
        {UINT64_C(7200000000000), "2 h 0 min"},
        {UINT64_MAX, "5124095 h 34 min"},
    };
    char buffer[HUMAN_MAX];
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        cr_expect_str_eq(human_duration(rows[i].nanoseconds, buffer), rows[i].text);
    cr_expect_str_eq(human_time(0, buffer), "1970-01-01 00:00:00 UTC");
    cr_expect_str_eq(human_time(1795333915, buffer), "2026-11-22 07:51:55 UTC");
    cr_expect_str_eq(human_time(INT64_MAX, buffer), "9223372036854775807 s after 1970");
    cr_expect_str_eq(human_plural(1, "path", "paths", buffer), "1 path");
    cr_expect_str_eq(human_plural(1000, "path", "paths", buffer), "1,000 paths");
}
