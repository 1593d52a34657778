#include "audit/lines.h"

#include <string.h>

struct lines lines_of(const char *bytes, size_t length)
{
    size_t mark = length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    return (struct lines){.at = length ? bytes + mark : bytes, .end = length ? bytes + length : bytes};
}

bool lines_next(struct lines *lines)
{
    if (lines->at == lines->end)
        return false;
    size_t rest = (size_t)(lines->end - lines->at);
    const char *feed = memchr(lines->at, '\n', rest);
    lines->text = lines->at;
    lines->length = feed ? (size_t)(feed - lines->at) : rest;
    lines->at = feed ? feed + 1 : lines->end;
    if (lines->length && lines->text[lines->length - 1] == '\r')
        lines->length--;
    lines->number++;
    return true;
}

size_t lines_blanks(const char *text, size_t length)
{
    size_t count = 0;
    while (count < length && (text[count] == ' ' || text[count] == '\t'))
        count++;
    return count;
}

size_t lines_trimmed(const char *text, size_t length)
{
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    return length;
}
