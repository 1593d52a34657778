#include "base/label.h"

#include <string.h>

#include "base/mem.h"

static const char alphanumeric[] = "abcdefghijklmnopqrstuvwxyz0123456789";

static bool is_alphanumeric(char c)
{
    return memchr(alphanumeric, c, sizeof(alphanumeric) - 1) != NULL;
}

bool label_is(const char *text, size_t length)
{
    if (length == 0 || length > LABEL_MAX || text[0] == '-' || text[length - 1] == '-')
        return false;
    for (size_t i = 0; i < length; i++)
        if (text[i] != '-' && !is_alphanumeric(text[i]))
            return false;
    return true;
}

char *label_of(const char *text, size_t max, const char *otherwise)
{
    char label[LABEL_MAX + 1];
    size_t length = 0;
    for (; *text && length < max; text++) {
        char c = *text >= 'A' && *text <= 'Z' ? (char)(*text - 'A' + 'a') : *text;
        if (is_alphanumeric(c) || length > 0)
            label[length++] = is_alphanumeric(c) ? c : '-';
    }
    while (length > 0 && label[length - 1] == '-')
        length--;
    return length > 0 ? mem_dup(label, length) : mem_strdup(otherwise);
}
