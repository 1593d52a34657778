#include "base/yaml_scalar.h"

#include <ctype.h>
#include <string.h>

/* The words of go-yaml v2 (resolve.go): those of YAML 1.1, in three ways of writing each. Sorted. */
static const struct word {
    const char *text;
    enum node_kind kind;
    int64_t integer;
} words[] = {
    {"", NODE_NULL, 0},       {"+.INF", NODE_FLOAT, 0}, {"+.Inf", NODE_FLOAT, 0}, {"+.inf", NODE_FLOAT, 0},
    {"-.INF", NODE_FLOAT, 0}, {"-.Inf", NODE_FLOAT, 0}, {"-.inf", NODE_FLOAT, 0}, {".INF", NODE_FLOAT, 0},
    {".Inf", NODE_FLOAT, 0},  {".NAN", NODE_FLOAT, 0},  {".NaN", NODE_FLOAT, 0},  {".inf", NODE_FLOAT, 0},
    {".nan", NODE_FLOAT, 0},  {"FALSE", NODE_BOOL, 0},  {"False", NODE_BOOL, 0},  {"N", NODE_BOOL, 0},
    {"NO", NODE_BOOL, 0},     {"NULL", NODE_NULL, 0},   {"No", NODE_BOOL, 0},     {"Null", NODE_NULL, 0},
    {"OFF", NODE_BOOL, 0},    {"ON", NODE_BOOL, 1},     {"Off", NODE_BOOL, 0},    {"On", NODE_BOOL, 1},
    {"TRUE", NODE_BOOL, 1},   {"True", NODE_BOOL, 1},   {"Y", NODE_BOOL, 1},      {"YES", NODE_BOOL, 1},
    {"Yes", NODE_BOOL, 1},    {"false", NODE_BOOL, 0},  {"n", NODE_BOOL, 0},      {"no", NODE_BOOL, 0},
    {"null", NODE_NULL, 0},   {"off", NODE_BOOL, 0},    {"on", NODE_BOOL, 1},     {"true", NODE_BOOL, 1},
    {"y", NODE_BOOL, 1},      {"yes", NODE_BOOL, 1},    {"~", NODE_NULL, 0},
};
enum { WORD_LENGTH_MAX = 5, NUMBER_LENGTH_MAX = 100 };

static const struct word *find_word(const char *text)
{
    size_t low = 0;
    size_t high = sizeof(words) / sizeof(words[0]);
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(text, words[middle].text);
        if (order == 0)
            return &words[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* The base that digits say they are in; they are moved behind what says so. Go's strconv.ParseInt with base 0. */
static unsigned take_base(const char **digits)
{
    const char *text = *digits;
    if (text[0] != '0' || text[1] == '\0')
        return 10;
    char letter = (char)tolower((unsigned char)text[1]);
    *digits += letter == 'x' || letter == 'o' || letter == 'b' ? 2 : 1;
    return letter == 'x' ? 16 : letter == 'b' ? 2 : 8;
}

static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    char letter = (char)tolower((unsigned char)c);
    return letter >= 'a' && letter <= 'f' ? (unsigned)(letter - 'a' + 10) : 16;
}

/* A whole number of 64 bits with a sign or, when it is positive, without: then it is a NODE_FLOAT. */
static bool resolve_integer(const char *text, struct node *node)
{
    bool negative = text[0] == '-';
    const char *digits = text + (negative || text[0] == '+');
    unsigned base = take_base(&digits);
    uint64_t value = 0;
    if (*digits == '\0')
        return false;
    for (; *digits; digits++) {
        unsigned digit = digit_value(*digits);
        if (digit >= base || __builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, digit, &value))
            return false;
    }
    uint64_t limit = (uint64_t)INT64_MAX + negative;
    if (value > limit && text[0] == '-')
        return false;
    node->kind = value > limit ? NODE_FLOAT : NODE_INT;
    node->integer = value > limit ? 0 : (int64_t)(negative ? 0 - value : value);
    return true;
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? */
static bool is_float(const char *text)
{
    const char *digits = "0123456789";
    text += *text == '-' || *text == '+';
    size_t whole = strspn(text, digits);
    text += whole;
    if (*text == '.') {
        size_t fraction = strspn(++text, digits);
        if (whole + fraction == 0)
            return false;
        text += fraction;
    } else if (whole == 0) {
        return false;
    }
    if (*text == 'e' || *text == 'E') {
        text++;
        text += *text == '-' || *text == '+';
        size_t exponent = strspn(text, digits);
        if (exponent == 0)
            return false;
        text += exponent;
    }
    return *text == '\0';
}

static void resolve_number(struct node *node)
{
    char plain[NUMBER_LENGTH_MAX + 1];
    size_t length = 0;
    for (size_t i = 0; i < node->length; i++)
        if (node->text[i] != '_')
            plain[length++] = node->text[i];
    plain[length] = '\0';
    /* Underscores part the digits of whole numbers and of floats, but not of a float that begins with a dot. */
    if (node->text[0] != '.' && resolve_integer(plain, node))
        return;
    if (is_float(node->text[0] == '.' ? node->text : plain))
        node->kind = NODE_FLOAT;
}

void yaml_scalar_resolve(struct node *node)
{
    node->kind = NODE_STRING;
    if (strlen(node->text) != node->length)
        return;
    const struct word *word = node->length <= WORD_LENGTH_MAX ? find_word(node->text) : NULL;
    if (word) {
        node->kind = (uint8_t)word->kind;
        node->integer = word->integer;
    } else if (node->length <= NUMBER_LENGTH_MAX && strchr("+-.0123456789", node->text[0])) {
        resolve_number(node);
    }
}
