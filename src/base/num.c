#include "base/num.h"

#include <stddef.h>
#include <string.h>

#include "base/mem.h"

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 99;
}

/* Reads as many digits as there are; returns how many, 0 on none or overflow. */
static size_t parse_digits(const char *text, unsigned base, uint64_t max, uint64_t *ret_value)
{
    uint64_t value = 0;
    size_t count = 0;
    for (; digit_value(text[count]) < (int)base; count++) {
        uint64_t digit = (uint64_t)digit_value(text[count]);
        if (value > (max - digit) / base)
            return 0;
        value = value * base + digit;
    }
    if (count)
        *ret_value = value;
    return count;
}

bool num_parse_u64(const char *text, uint64_t max, uint64_t *ret_value)
{
    bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = hexadecimal ? text + 2 : text;
    uint64_t value = 0;
    size_t count = parse_digits(digits, hexadecimal ? 16 : 10, max, &value);
    if (count == 0 || digits[count] != '\0' || value > max)
        return false;
    *ret_value = value;
    return true;
}

bool num_parse_duration(const char *text, uint64_t *ret_nanoseconds)
{
    static const struct {
        const char *suffix;
        uint64_t nanoseconds;
    } units[] = {
        {"", 1000000000}, {"s", 1000000000}, {"ms", 1000000}, {"m", 60000000000}, {"h", 3600000000000},
    };
    const uint64_t ten_years = 10ULL * 366 * 24 * 3600 * 1000000000;
    uint64_t value = 0;
    size_t count = parse_digits(text, 10, ten_years, &value);
    if (count == 0)
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(units); i++) {
        if (strcmp(text + count, units[i].suffix) != 0)
            continue;
        if (value > ten_years / units[i].nanoseconds)
            return false;
        *ret_nanoseconds = value * units[i].nanoseconds;
        return true;
    }
    return false;
}
