#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

size_t text_utf8_length(const char *bytes, size_t length)
{
    const unsigned char *c = (const unsigned char *)bytes;
    if (length == 0)
        return 0;
    if (c[0] < 0x80)
        return 1;
    size_t need = c[0] >= 0xf0 ? 4 : c[0] >= 0xe0 ? 3 : 2;
    if (c[0] < 0xc2 || c[0] > 0xf4 || length < need)
        return 0;
    for (size_t i = 1; i < need; i++)
        if ((c[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xf0 && c[1] < 0x90);
    bool out_of_range = (c[0] == 0xed && c[1] >= 0xa0) || (c[0] == 0xf4 && c[1] >= 0x90);
    return overlong || out_of_range ? 0 : need;
}

/* The length of the character that may stand as it is; 0 when its first byte must be escaped. U+0080 to
 * U+009F are control characters too: a terminal may obey them. */
static size_t plain_length(const char *bytes, size_t length)
{
    unsigned char first = (unsigned char)bytes[0];
    if (first < 0x20 || first == 0x7f || first == '\\')
        return 0;
    if (first == 0xc2 && length > 1 && (unsigned char)bytes[1] < 0xa0)
        return 0;
    return text_utf8_length(bytes, length);
}

bool text_is_plain(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t step = plain_length(bytes + i, length - i);
        if (step == 0)
            return false;
        i += step;
    }
    return true;
}

void text_escape(struct buf *out, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t step = plain_length(bytes + i, length - i);
        if (step == 0)
            buf_printf(out, "\\x%02x", (unsigned char)bytes[i]);
        else
            buf_add(out, bytes + i, step);
        i += step ? step : 1;
    }
}

static int hex_value(char c)
{
    const char *digits = "0123456789abcdef";
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)(found - digits) : -1;
}

bool text_unescape(struct buf *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '\\') {
            buf_add_char(out, text[i]);
            continue;
        }
        if (length - i < 4 || text[i + 1] != 'x')
            return false;
        int high = hex_value(text[i + 2]);
        int low = hex_value(text[i + 3]);
        if (high < 0 || low < 0 || (high == 0 && low == 0))
            return false;
        buf_add_char(out, (char)(high * 16 + low));
        i += 3;
    }
    return true;
}

size_t text_distance(const char *a, const char *b)
{
    enum { WORD_MAX = 63 };
    size_t a_length = strlen(a);
    size_t b_length = strlen(b);
    if (a_length > WORD_MAX || b_length > WORD_MAX)
        return SIZE_MAX;
    size_t row[WORD_MAX + 1];
    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t substitute = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            size_t shorter = row[j] < row[j - 1] ? row[j] : row[j - 1];
            row[j] = substitute < shorter + 1 ? substitute : shorter + 1;
        }
    }
    return row[b_length];
}
