#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/toml_part.h"

static void add_utf8(struct buf *out, uint32_t character)
{
    static const unsigned char first[] = {0, 0xc0, 0xe0, 0xf0};
    unsigned more = character >= 0x10000 ? 3 : character >= 0x800 ? 2 : character >= 0x80 ? 1 : 0;
    buf_add_char(out, (char)(first[more] | character >> (6 * more)));
    while (more-- > 0)
        buf_add_char(out, (char)(0x80 | (character >> (6 * more) & 0x3f)));
}

static int digit_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* \uXXXX or \UXXXXXXXX, from behind the letter on. */
static int take_character(struct toml_in *in, size_t digits, struct buf *out)
{
    uint32_t character = 0;
    size_t i = 0;
    for (; i < digits && in->at + i < in->end && digit_value(in->at[i]) >= 0; i++)
        character = character << 4 | (uint32_t)digit_value(in->at[i]);
    if (i < digits || character > 0x10ffff || (character >= 0xd800 && character <= 0xdfff))
        return toml_fail(in, -EINVAL, in->at - 2, "not valid TOML: this escape is no character");
    add_utf8(out, character);
    in->at += digits;
    return 0;
}

/* A line end counts lines; false when none is here. */
static bool take_line_end(struct toml_in *in)
{
    if (!toml_take(in, "\r\n") && !toml_take(in, "\n"))
        return false;
    in->line++;
    in->line_start = in->at;
    return true;
}

/* A backslash at the end of a line takes the blanks and line ends behind it away. */
static bool take_line_continuation(struct toml_in *in)
{
    const char *from = in->at;
    toml_skip_blanks(in);
    if (!take_line_end(in)) {
        in->at = from;
        return false;
    }
    do
        toml_skip_blanks(in);
    while (take_line_end(in));
    return true;
}

/* Behind the backslash. */
static int take_escape(struct toml_in *in, bool multi_line, struct buf *out)
{
    static const char letters[] = "btnfr\"\\";
    static const char meanings[] = "\b\t\n\f\r\"\\";
    if (multi_line && take_line_continuation(in))
        return 0;
    char letter = in->at < in->end ? *in->at : '\0';
    const char *found = letter ? strchr(letters, letter) : NULL;
    if (found)
        buf_add_char(out, meanings[found - letters]);
    else if (letter != 'u' && letter != 'U')
        return toml_fail(in, -EINVAL, in->at - 1, "not valid TOML: a backslash before what it cannot escape");
    in->at++;
    return found ? 0 : take_character(in, letter == 'u' ? 4 : 8, out);
}

/* One character that stands for itself, or a line end. */
static int take_plain(struct toml_in *in, bool multi_line, struct buf *out)
{
    if (multi_line && take_line_end(in)) {
        buf_add_char(out, '\n');
        return 0;
    }
    if (in->at == in->end)
        return toml_fail(in, -EINVAL, in->at, "not valid TOML: the file ends inside of a string");
    unsigned char c = (unsigned char)*in->at;
    size_t length = text_utf8_length(in->at, (size_t)(in->end - in->at));
    if (c == '\n' || c == '\r')
        return toml_fail(in, -EINVAL, in->at, "not valid TOML: the line ends inside of a string");
    if ((c < 0x20 && c != '\t') || c == 0x7f || length == 0)
        return toml_fail(in, -EINVAL, in->at, "not valid TOML: here is %s",
                         length == 0 ? "a byte that is not valid UTF-8" : "a control character");
    buf_add(out, in->at, length);
    in->at += length;
    return 0;
}

/* Up to two quotes may stand right before the three that end a string of several lines. */
static bool take_end(struct toml_in *in, const char *quotes, struct buf *out)
{
    if (!toml_take(in, quotes))
        return false;
    if (strlen(quotes) == 3)
        for (int i = 0; i < 2 && toml_is_next(in, quotes[0]); i++, in->at++)
            buf_add_char(out, quotes[0]);
    return true;
}

static const char *opening_quotes(struct toml_in *in, bool may_have_lines)
{
    static const char *const quotes[] = {"\"\"\"", "'''", "\"", "'"};
    for (size_t i = may_have_lines ? 0 : 2; i < ARRAY_COUNT(quotes); i++)
        if (toml_take(in, quotes[i]))
            return quotes[i];
    return NULL;
}

int toml_text_read(struct toml_in *in, bool may_have_lines, const char **ret, size_t *ret_length)
{
    AUTO_BUF struct buf out = BUF_INIT;
    const char *quotes = opening_quotes(in, may_have_lines);
    if (!quotes)
        return toml_fail(in, -EINVAL, in->at, "not valid TOML: a quote is missing here");
    bool multi_line = strlen(quotes) == 3;
    if (multi_line)
        (void)take_line_end(in);
    while (!take_end(in, quotes, &out)) {
        bool escapes = quotes[0] == '"' && toml_take(in, "\\");
        int rc = escapes ? take_escape(in, multi_line, &out) : take_plain(in, multi_line, &out);
        if (rc < 0)
            return rc;
    }
    *ret = arena_dup(in->arena, buf_text(&out), out.length);
    *ret_length = out.length;
    return 0;
}
