#include <ctype.h>
#include <string.h>

#include "base/toml_part.h"

/* Numbers, dates and words are read as one run of characters and then judged. */
enum { RUN_LENGTH_MAX = 100 };

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* count digits as a number; -1 when there are not as many. Moves text behind them. */
static int take_digits(const char **text, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++, (*text)++) {
        if (!isdigit((unsigned char)**text))
            return -1;
        value = value * 10 + (**text - '0');
    }
    return value;
}

static bool take_char(const char **text, const char *any)
{
    bool found = **text && strchr(any, **text);
    *text += found;
    return found;
}

static bool take_date(const char **text)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = take_digits(text, 4);
    if (year < 0 || !take_char(text, "-"))
        return false;
    int month = take_digits(text, 2);
    if (month < 1 || month > 12 || !take_char(text, "-"))
        return false;
    int day = take_digits(text, 2);
    return day >= 1 && day <= days[month - 1] + (month == 2 && is_leap(year));
}

/* HH:MM, and :SS with a fraction or without where seconds are asked for. */
static bool take_time(const char **text, bool seconds)
{
    int hour = take_digits(text, 2);
    if (hour < 0 || hour > 23 || !take_char(text, ":"))
        return false;
    int minute = take_digits(text, 2);
    if (minute < 0 || minute > 59)
        return false;
    if (!seconds)
        return true;
    if (!take_char(text, ":"))
        return false;
    int second = take_digits(text, 2);
    if (second < 0 || second > 60)
        return false;
    if (!take_char(text, "."))
        return true;
    size_t fraction = strspn(*text, "0123456789");
    *text += fraction;
    return fraction > 0;
}

static bool is_date(const char *text)
{
    const char *at = text;
    if (strlen(text) > 2 && text[2] == ':')
        return take_time(&at, true) && *at == '\0';
    if (!take_date(&at))
        return false;
    if (*at == '\0')
        return true;
    if (!take_char(&at, "Tt ") || !take_time(&at, true))
        return false;
    if (take_char(&at, "+-"))
        return take_time(&at, false) && *at == '\0';
    (void)take_char(&at, "Zz");
    return *at == '\0';
}

/* Digits with single underscores between; moved behind them. */
static bool take_run(const char **text, const char *digits)
{
    for (;;) {
        size_t count = strspn(*text, digits);
        *text += count;
        if (count == 0)
            return false;
        if (**text != '_')
            return true;
        (*text)++;
    }
}

static bool is_float(const char *text)
{
    const char *digits = "0123456789";
    (void)take_char(&text, "+-");
    if (strcmp(text, "inf") == 0 || strcmp(text, "nan") == 0)
        return true;
    if (text[0] == '0' && (isdigit((unsigned char)text[1]) || text[1] == '_'))
        return false;
    if (!take_run(&text, digits) || *text == '\0')
        return false;
    if (*text == '.' && (text++, !take_run(&text, digits)))
        return false;
    if (take_char(&text, "eE")) {
        (void)take_char(&text, "+-");
        if (!take_run(&text, digits))
            return false;
    }
    return *text == '\0';
}

static bool add_digit(int64_t *value, int64_t base, char c, bool negative)
{
    int digit = isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
    return !__builtin_mul_overflow(*value, base, value) &&
           !__builtin_add_overflow(*value, negative ? -digit : digit, value);
}

/* false when it is no whole number; ret_fits is false when 64 bits cannot hold it. */
static bool parse_integer(const char *text, int64_t *ret, bool *ret_fits)
{
    bool negative = *text == '-';
    bool has_sign = take_char(&text, "+-");
    bool prefixed = !has_sign && text[0] == '0' && text[1] && strchr("xob", text[1]);
    int64_t base = !prefixed ? 10 : text[1] == 'x' ? 16 : text[1] == 'o' ? 8 : 2;
    text += prefixed ? 2 : 0;
    if (base == 10 && text[0] == '0' && text[1] != '\0')
        return false;
    const char *from = text;
    if (!take_run(&text, base == 16 ? "0123456789abcdefABCDEF" : base == 10 ? "0123456789" : base == 8 ? "01234567" : "01") ||
        *text != '\0')
        return false;
    *ret = 0;
    *ret_fits = true;
    for (; from < text && *ret_fits; from++)
        *ret_fits = *from == '_' || add_digit(ret, base, *from, negative);
    return true;
}

/* The run that begins here. A date and its time may be parted by one blank. */
static size_t run_length(const struct toml_in *in)
{
    size_t left = (size_t)(in->end - in->at);
    size_t length = 0;
    while (length < left && (isalnum((unsigned char)in->at[length]) ||
                             (in->at[length] && strchr("+-_.:", in->at[length])) ||
                             (length == 10 && in->at[length] == ' ' && in->at[4] == '-' && left > 11 &&
                              isdigit((unsigned char)in->at[11]))))
        length++;
    return length;
}

static bool resolve(struct node *node, bool *ret_fits)
{
    const char *text = node->text;
    *ret_fits = true;
    bool is_true = strcmp(text, "true") == 0;
    if (is_true || strcmp(text, "false") == 0) {
        node->kind = NODE_BOOL;
        node->integer = is_true;
    } else if (parse_integer(text, &node->integer, ret_fits)) {
        node->kind = NODE_INT;
    } else if (is_float(text)) {
        node->kind = NODE_FLOAT;
    } else {
        node->kind = NODE_STRING;
        return is_date(text);
    }
    return true;
}

int toml_number_read(struct toml_in *in, struct node **ret)
{
    size_t length = run_length(in);
    if (length == 0 || length > RUN_LENGTH_MAX)
        return toml_fail(in, -EINVAL, in->at, "not valid TOML: a value is missing here");
    struct node *node = toml_node(in, NODE_STRING);
    if (!node)
        return -E2BIG;
    node->text = arena_dup(in->arena, in->at, length);
    node->length = length;
    bool fits = true;
    if (!resolve(node, &fits))
        return toml_fail(in, -EINVAL, in->at, "not valid TOML: this is no number, date, true or false (text needs quotes)");
    if (!fits)
        return toml_fail(in, -EINVAL, in->at, "not valid TOML: this number does not fit into 64 bits");
    in->at += length;
    *ret = node;
    return 0;
}
