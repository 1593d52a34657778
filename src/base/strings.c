#include "base/strings.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void strings_add(char ***items, size_t *count, const char *text)
{
    bool full = (*count & (*count - 1)) == 0; /* a power of two, or nothing yet */
    if (full)
        *items = mem_resize(*items, *count ? *count * 2 : 1, sizeof(**items));
    (*items)[(*count)++] = mem_strdup(text);
}

void strings_add_listed(char ***items, size_t *count, const char *text)
{
    for (;;) {
        size_t length = strcspn(text, ",");
        AUTO_FREE char *one = mem_dup(text, length);
        strings_add(items, count, one);
        if (text[length] == '\0')
            return;
        text += length + 1;
    }
}

void strings_free(char ***items, size_t *count)
{
    for (size_t i = 0; i < *count; i++)
        free((*items)[i]);
    free(*items);
    *items = NULL;
    *count = 0;
}

static int compare(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

void strings_sort(char **items, size_t *count)
{
    size_t kept = 0;
    if (*count > 0)
        qsort(items, *count, sizeof(*items), compare);
    for (size_t i = 0; i < *count; i++) {
        if (kept > 0 && strcmp(items[kept - 1], items[i]) == 0)
            free(items[i]);
        else
            items[kept++] = items[i];
    }
    *count = kept;
}

bool strings_contain(char *const *items, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(items[i], text) == 0)
            return true;
    return false;
}
