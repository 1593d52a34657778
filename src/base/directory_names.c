#include "base/directory_names.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A part is thinned out when it has grown to twice its size, so that sorting costs little for each name. */
enum { GATHERED_MAX = 2 * DIRECTORY_NAMES_HELD };

static const char *name_at(const struct directory_names *names, size_t index)
{
    return names->bytes.data + names->places[index] + 1;
}

static int compare(const void *one, const void *two, void *bytes)
{
    const char *data = bytes;
    return strcmp(data + *(const uint32_t *)one + 1, data + *(const uint32_t *)two + 1);
}

static void sort(struct directory_names *names)
{
    if (names->count > 1)
        qsort_r(names->places, names->count, sizeof(*names->places), compare, names->bytes.data);
}

static void add(struct directory_names *names, unsigned char type, const char *name)
{
    MEM_GROW(names->places, names->count, names->capacity);
    names->places[names->count++] = (uint32_t)names->bytes.length;
    buf_add_char(&names->bytes, (char)type);
    buf_add(&names->bytes, name, strlen(name) + 1);
}

/* Keeps the first ones of what was gathered. */
static void thin_out(struct directory_names *names)
{
    struct directory_names fewer = {0};
    sort(names);
    for (size_t i = 0; i < DIRECTORY_NAMES_HELD; i++)
        add(&fewer, (unsigned char)names->bytes.data[names->places[i]], name_at(names, i));
    buf_done(&names->bytes);
    free(names->places);
    names->bytes = fewer.bytes;
    names->places = fewer.places;
    names->count = fewer.count;
    names->capacity = fewer.capacity;
    names->more = true;
}

static bool is_wanted(const struct directory_names *names, const char *name, const char *limit)
{
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return false;
    return (!names->last || strcmp(name, names->last) > 0) && (!limit || strcmp(name, limit) < 0);
}

static int gather(struct directory_names *names, DIR *directory)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(directory);
        if (!entry)
            return -errno;
        /* Once it has been thinned out, the last of the first ones is a limit. */
        const char *limit = names->more ? name_at(names, DIRECTORY_NAMES_HELD - 1) : NULL;
        if (is_wanted(names, entry->d_name, limit))
            add(names, entry->d_type, entry->d_name);
        if (names->count == GATHERED_MAX)
            thin_out(names);
    }
}

static int read_part(struct directory_names *names)
{
    DIR *directory = opendir(names->path);
    if (!directory)
        return -errno;
    buf_clear(&names->bytes);
    names->count = 0;
    names->next = 0;
    names->more = false;
    int failed = gather(names, directory);
    (void)closedir(directory);
    if (failed < 0)
        return failed;
    if (names->count > DIRECTORY_NAMES_HELD)
        thin_out(names);
    else
        sort(names);
    return 0;
}

int directory_names_init(struct directory_names *names, const char *path)
{
    *names = (struct directory_names){.path = mem_strdup(path)};
    return read_part(names);
}

void directory_names_done(struct directory_names *names)
{
    buf_done(&names->bytes);
    free(names->places);
    free(names->last);
    free(names->path);
    *names = (struct directory_names){0};
}

int directory_names_next(struct directory_names *names, const char **ret_name, unsigned char *ret_type)
{
    if (names->next == names->count && names->more) {
        free(names->last);
        names->last = mem_strdup(name_at(names, names->count - 1));
        int failed = read_part(names);
        if (failed < 0) {
            names->count = names->next = 0;
            names->more = false;
            return failed;
        }
    }
    if (names->next == names->count)
        return 0;
    *ret_type = (unsigned char)names->bytes.data[names->places[names->next]];
    *ret_name = name_at(names, names->next++);
    return 1;
}
