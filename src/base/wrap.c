#include "base/wrap.h"

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
