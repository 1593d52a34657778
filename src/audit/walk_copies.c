#include "audit/walk_copies.h"

#include <stdlib.h>
#include <string.h>

static const char *skip_here(const char *path)
{
    while (strncmp(path, "./", 2) == 0)
        path += 2;
    return path;
}

/* What the paths below a directory begin with. */
static char *prefix_of(const char *path)
{
    size_t length = strlen(path);
    AUTO_FREE char *prefix = mem_printf("%s%s", path, length > 0 && path[length - 1] == '/' ? "" : "/");
    return mem_strdup(skip_here(prefix));
}

static int by_bytes(const void *one, const void *two)
{
    return strcmp(*(char *const *)one, *(char *const *)two);
}

/* What begins like another one stands behind it once they are sorted, with nothing between but what begins so too. */
static bool any_overlap(char *const *paths, size_t count)
{
    AUTO_FREE char **prefixes = mem_zero(count, sizeof(*prefixes));
    bool found = false;
    for (size_t i = 0; i < count; i++)
        prefixes[i] = prefix_of(paths[i]);
    qsort(prefixes, count, sizeof(*prefixes), by_bytes);
    for (size_t i = 1; i < count && !found; i++)
        found = strncmp(prefixes[i - 1], prefixes[i], strlen(prefixes[i - 1])) == 0;
    for (size_t i = 0; i < count; i++)
        free(prefixes[i]);
    return found;
}

void walk_copies_init(struct walk_copies *copies, char *const *paths, size_t count)
{
    *copies = (struct walk_copies){0};
    if (count > 1 && any_overlap(paths, count))
        copies->paths = intern_new();
}

void walk_copies_done(struct walk_copies *copies)
{
    intern_free(copies->paths);
    free(copies->counts);
    *copies = (struct walk_copies){0};
}

uint32_t walk_copies_add(struct walk_copies *copies, const char *path)
{
    if (!copies->paths)
        return 0;
    path = skip_here(path);
    size_t known = intern_count(copies->paths);
    uint32_t number = intern_add(copies->paths, path, strlen(path));
    if (number < known)
        return ++copies->counts[number];
    MEM_GROW(copies->counts, known, copies->capacity);
    copies->counts[number] = 0;
    return 0;
}
