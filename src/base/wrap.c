#include "base/wrap.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static const char blanks[] = " \n";

void wrap_words(FILE *out, const char *text, size_t length, size_t at, size_t indent, size_t width)
{
    const char *end = text + length;
    bool first = true;
    while (text < end) {
        text += strspn(text, blanks);
        if (text >= end)
            return;
        size_t word = strcspn(text, blanks);
        if (text + word > end)
            word = (size_t)(end - text);
        if (!first && at + 1 + word > width) {
            fprintf(out, "\n%*s", (int)indent, "");
            at = indent;
        } else if (!first) {
            putc(' ', out);
            at++;
        }
        fwrite(text, 1, word, out);
        at += word;
        text += word;
        first = false;
    }
}

/* The length of the lines from text on that are filled as one. */
static size_t paragraph_length(const char *text)
{
    size_t length = 0;
    while (text[length] && text[length] != ' ' && text[length] != '\n') {
        length += strcspn(text + length, "\n");
        if (text[length] == '\n')
            length++;
    }
    return length;
}

void wrap_paragraphs(FILE *out, const char *text, size_t width)
{
    while (*text) {
        size_t length = paragraph_length(text);
        if (length == 0) {
            length = strcspn(text, "\n");
            fwrite(text, 1, length, out);
            if (text[length] == '\n')
                length++;
        } else {
            wrap_words(out, text, length, 0, 0, width);
        }
        putc('\n', out);
        text += length;
    }
}

/* A sentence begins with a capital and a small letter; instructions of a Dockerfile are in capitals,
 * keys and commands are not. */
static bool begins_sentence(const char *text)
{
    bool article = text[0] == 'A' && text[1] == ' ';
    return isupper((unsigned char)text[0]) && islower((unsigned char)text[article ? 2 : 1]);
}

/* How long the paragraph is that begins here, and whether it is prose that does not fit. */
static size_t measure(const char *text, size_t room, bool *ret_fill)
{
    bool kept = !begins_sentence(text), wide = false;
    size_t length = 0;
    while (text[length] && text[length] != '\n') {
        size_t line = strcspn(text + length, "\n");
        kept |= text[length] == ' ';
        wide |= line > room;
        length += line + (text[length + line] == '\n');
    }
    *ret_fill = wide && !kept;
    return length;
}

static void keep_lines(FILE *out, const char *text, size_t length, size_t indent)
{
    const char *end = text + length;
    for (bool first = true; text < end; first = false) {
        size_t line = strcspn(text, "\n");
        fprintf(out, "%*s", first ? 0 : (int)indent, "");
        fwrite(text, 1, line, out);
        text += line + (text[line] == '\n');
        if (text < end)
            putc('\n', out);
    }
}

void wrap_lines(FILE *out, const char *text, size_t indent, size_t width)
{
    for (bool first = true; *text; first = false) {
        bool fill;
        size_t length = measure(text, width > indent ? width - indent : 0, &fill);
        if (length > 0 && !first)
            fprintf(out, "%*s", (int)indent, "");
        if (fill)
            wrap_words(out, text, length, indent, indent, width);
        else
            keep_lines(out, text, length, indent);
        putc('\n', out);
        text += length;
        for (; *text == '\n'; text++)
            putc('\n', out);
    }
}
