#include "base/json_text.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

static size_t refuse(struct json_wrong *wrong, const char *what, size_t offset)
{
    *wrong = (struct json_wrong){.what = what, .offset = offset};
    return 0;
}

/* True of eight bytes none of which is a quote, a backslash, a control character or above 0x7f. */
static bool are_plain(const char *bytes)
{
    const uint64_t ones = 0x0101010101010101u;
    const uint64_t highs = 0x8080808080808080u;
    uint64_t word;
    memcpy(&word, bytes, sizeof(word));
    uint64_t quote = word ^ ones * '"';
    uint64_t backslash = word ^ ones * '\\';
    /* The high bit of a byte of (x - ones) & ~x is set where the first zero byte of x is; of (x - 0x20…) & ~x where
     * the first byte below 0x20 is. Bits above the first may be wrong, so only zero means anything. */
    uint64_t found = ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) | ((word - ones * 0x20) & ~word);
    return ((found | word) & highs) == 0;
}

/* The length of the text up to its closing quote; checks all but what escapes say. */
static bool find_end(const char *bytes, size_t length, size_t *ret_end, bool *ret_escaped, struct json_wrong *wrong)
{
    *ret_escaped = false;
    for (size_t i = 0; i < length;) {
        if (length - i >= 8 && are_plain(bytes + i)) {
            i += 8;
            continue;
        }
        unsigned char c = (unsigned char)bytes[i];
        if (c == '"') {
            *ret_end = i;
            return true;
        }
        size_t step = c == '\\' ? 2 : text_utf8_length(bytes + i, length - i);
        *ret_escaped = *ret_escaped || c == '\\';
        if (step == 0)
            return refuse(wrong, "a byte that is not valid UTF-8", i);
        if (c < 0x20)
            return refuse(wrong, c == '\n' || c == '\r' ? "the end of the line inside of a string"
                                                        : "a control character inside of a string", i);
        i += step;
    }
    return refuse(wrong, "the end of the file inside of a string", length);
}

static bool read_hex(const char *text, size_t length, uint32_t *ret)
{
    if (length < 4)
        return false;
    uint32_t value = 0;
    for (size_t i = 0; i < 4; i++) {
        char c = text[i];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;
        if (digit == 16)
            return false;
        value = value * 16 + digit;
    }
    *ret = value;
    return true;
}

static size_t put_utf8(char *out, uint32_t character)
{
    static const unsigned char first[] = {0, 0xc0, 0xe0, 0xf0};
    size_t more = character >= 0x10000 ? 3 : character >= 0x800 ? 2 : character >= 0x80 ? 1 : 0;
    out[0] = (char)(first[more] | character >> (6 * more));
    for (size_t i = 1; i <= more; i++)
        out[i] = (char)(0x80 | (character >> (6 * (more - i)) & 0x3f));
    return more + 1;
}

/* text begins behind \u. Gives the number of bytes read; 0 when wrong. */
static size_t read_character(const char *text, size_t length, uint32_t *ret, struct json_wrong *wrong)
{
    uint32_t unit = 0;
    uint32_t low = 0;
    if (!read_hex(text, length, &unit))
        return refuse(wrong, "\\u without four hexadecimal digits", 0);
    *ret = unit;
    if (unit < 0xd800 || unit > 0xdfff)
        return 4;
    bool has_low = unit < 0xdc00 && length >= 10 && text[4] == '\\' && text[5] == 'u' &&
                   read_hex(text + 6, length - 6, &low) && low >= 0xdc00 && low <= 0xdfff;
    if (!has_low)
        return refuse(wrong, "half of a surrogate pair, which is no character", 0);
    *ret = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    return 10;
}

/* Unescapes in place: no escape is shorter than what it stands for. */
static bool unescape(char *text, size_t length, size_t *ret_length, struct json_wrong *wrong)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    size_t out = 0;
    for (size_t i = 0; i < length;) {
        if (text[i] != '\\') {
            text[out++] = text[i++];
            continue;
        }
        const char *letter = memchr(letters, text[i + 1], sizeof(letters) - 1);
        if (letter) {
            text[out++] = meanings[letter - letters];
            i += 2;
            continue;
        }
        uint32_t character = 0;
        size_t read = 0;
        if (text[i + 1] == 'u')
            read = read_character(text + i + 2, length - i - 2, &character, wrong);
        else
            (void)refuse(wrong, "a backslash before what it cannot escape", 0);
        if (read == 0) {
            wrong->offset = i;
            return false;
        }
        out += put_utf8(text + out, character);
        i += 2 + read;
    }
    text[out] = '\0';
    *ret_length = out;
    return true;
}

size_t json_text_read(const char *bytes, size_t length, struct arena *arena, const char **ret_text,
                      size_t *ret_length, struct json_wrong *wrong)
{
    size_t end = 0;
    bool escaped = false;
    if (!find_end(bytes, length, &end, &escaped, wrong))
        return 0;
    char *text = arena_dup(arena, bytes, end);
    *ret_length = end;
    if (escaped && !unescape(text, end, ret_length, wrong))
        return 0;
    *ret_text = text;
    return end + 1;
}

static size_t count_digits(const char *bytes, size_t length, size_t from)
{
    size_t at = from;
    while (at < length && bytes[at] >= '0' && bytes[at] <= '9')
        at++;
    return at - from;
}

size_t json_number_read(const char *bytes, size_t length, bool *ret_is_whole, struct json_wrong *wrong)
{
    size_t at = bytes[0] == '-';
    size_t digits = count_digits(bytes, length, at);
    if (digits == 0)
        return refuse(wrong, "a minus without a number", at);
    if (digits > 1 && bytes[at] == '0')
        return refuse(wrong, "a number that begins with 0", at);
    at += digits;
    *ret_is_whole = true;
    if (at < length && bytes[at] == '.') {
        *ret_is_whole = false;
        digits = count_digits(bytes, length, ++at);
        if (digits == 0)
            return refuse(wrong, "a number that ends with a dot", at);
        at += digits;
    }
    if (at < length && (bytes[at] == 'e' || bytes[at] == 'E')) {
        *ret_is_whole = false;
        at++;
        at += at < length && (bytes[at] == '+' || bytes[at] == '-');
        digits = count_digits(bytes, length, at);
        if (digits == 0)
            return refuse(wrong, "a number whose exponent has no digits", at);
        at += digits;
    }
    return at;
}
