/*
 * Quantities of Kubernetes and sizes of Docker, exact: a decimal of any length, then a power of ten and of two.
 *
 * Sources: apimachinery's resource.Quantity (rounds away from zero), docker/go-units RAMInBytes (powers of 1024).
 */
#include "audit/collect.h"

#include <ctype.h>
#include <string.h>

enum { DIGITS_MAX = 18, EXPONENT_MAX = 10000 };

struct decimal {
    bool negative;
    bool inexact;    /* digits were left out */
    uint64_t digits; /* at most DIGITS_MAX of them */
    int exponent;    /* of ten */
    int shift;       /* power of two */
};

/* Reads [digits][.digits]; returns the rest, or NULL when there is no digit at all. */
static const char *read_decimal(const char *text, struct decimal *ret)
{
    struct decimal value = {.negative = *text == '-'};
    bool fraction = false, any = false;
    int kept = 0;
    const char *at = text + (*text == '-' || *text == '+');
    for (; isdigit((unsigned char)*at) || (*at == '.' && !fraction); at++) {
        if (*at == '.') {
            fraction = true;
            continue;
        }
        any = true;
        bool keep = kept < DIGITS_MAX;
        if (keep) {
            value.digits = value.digits * 10 + (uint64_t)(*at - '0');
            kept += value.digits != 0; /* zeros in front cost nothing */
        } else {
            value.inexact |= *at != '0';
        }
        int by = keep ? -fraction : !fraction;
        if (value.exponent + by > -EXPONENT_MAX && value.exponent + by < EXPONENT_MAX)
            value.exponent += by;
    }
    *ret = value;
    return any ? at : NULL;
}

/* The value as a whole number, rounded away from zero when up, else towards it; saturates. */
static int64_t whole(const struct decimal *value, bool up)
{
    unsigned __int128 number = (unsigned __int128)value->digits << value->shift;
    bool rest = value->inexact;
    int exponent = value->exponent;
    for (; exponent < 0 && number > 0; exponent++) {
        rest |= number % 10 != 0;
        number /= 10;
    }
    for (; exponent > 0 && number > 0 && number <= INT64_MAX; exponent--)
        number *= 10;
    number += up && rest;
    int64_t saturated = number > INT64_MAX ? INT64_MAX : (int64_t)number;
    return value->negative ? -saturated : saturated;
}

struct suffix {
    const char *text;
    int exponent, shift;
};

static bool apply_suffix(const char *text, struct decimal *value)
{
    static const struct suffix suffixes[] = {
        {"", 0, 0},   {"n", -9, 0}, {"u", -6, 0}, {"m", -3, 0}, {"k", 3, 0},   {"M", 6, 0},   {"G", 9, 0},   {"T", 12, 0},
        {"P", 15, 0}, {"E", 18, 0}, {"Ki", 0, 10}, {"Mi", 0, 20}, {"Gi", 0, 30}, {"Ti", 0, 40}, {"Pi", 0, 50}, {"Ei", 0, 60},
    };
    for (size_t i = 0; i < ARRAY_COUNT(suffixes); i++) {
        if (strcmp(suffixes[i].text, text) == 0) {
            value->exponent += suffixes[i].exponent;
            value->shift = suffixes[i].shift;
            return true;
        }
    }
    return false;
}

/* "e3", "E-3", of any size. */
static bool apply_exponent(const char *text, struct decimal *value)
{
    if (*text != 'e' && *text != 'E')
        return false;
    bool negative = text[1] == '-';
    const char *at = text + 1 + (text[1] == '-' || text[1] == '+');
    int exponent = 0;
    const char *digits = at;
    for (; isdigit((unsigned char)*at); at++)
        exponent = exponent < EXPONENT_MAX ? exponent * 10 + (*at - '0') : exponent;
    value->exponent += negative ? -exponent : exponent;
    return at > digits && *at == '\0';
}

bool facts_quantity(const char *text, int64_t *ret_thousandths)
{
    struct decimal value;
    const char *rest = read_decimal(text, &value);
    if (!rest || !(apply_suffix(rest, &value) || apply_exponent(rest, &value)))
        return false;
    value.exponent += 3;
    *ret_thousandths = whole(&value, true);
    return true;
}

bool facts_bytes(const char *text, int64_t *ret)
{
    static const char units[] = "kmgtpe";
    struct decimal value;
    const char *rest = read_decimal(text, &value);
    if (!rest || *text == '+')
        return false;
    rest += *rest == ' ';
    const char *unit = *rest ? strchr(units, tolower((unsigned char)*rest)) : NULL;
    if (unit) {
        value.shift = 10 * (int)(unit - units + 1);
        rest++;
        rest += tolower((unsigned char)*rest) == 'i';
    }
    rest += tolower((unsigned char)*rest) == 'b';
    if (*rest || (value.negative && unit)) /* -1 is a word of its own: unlimited */
        return false;
    *ret = whole(&value, false);
    return true;
}
