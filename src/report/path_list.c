#include "report/path_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int compare_paths(const void *left, const void *right)
{
    return strcmp(((const struct listed_path *)left)->bytes, ((const struct listed_path *)right)->bytes);
}

static void unite(struct listed_path *into, const struct listed_path *from)
{
    into->did |= from->did;
    if (from->type > into->type)
        into->type = from->type;
    if (into->probe_error == 0)
        into->probe_error = from->probe_error;
}

static struct listed_path listed(const struct recording *recording, const struct path_record *record)
{
    struct listed_path path = {.type = record->type, .probe_error = record->probe_error};
    path.bytes = intern_get(recording->strings, record->path, &path.length);
    for (unsigned phase = 0; phase < PHASE_COUNT; phase++)
        path.did |= record->did[phase];
    return path;
}

void path_list_init(struct path_list *list, const struct recording *recording)
{
    list->paths = mem_zero(recording->path_count, sizeof(*list->paths));
    list->count = 0;
    for (size_t i = 0; i < recording->path_count; i++)
        list->paths[i] = listed(recording, &recording->paths[i]);
    qsort(list->paths, recording->path_count, sizeof(*list->paths), compare_paths);
    for (size_t i = 0; i < recording->path_count; i++) {
        if (list->count > 0 && compare_paths(&list->paths[list->count - 1], &list->paths[i]) == 0)
            unite(&list->paths[list->count - 1], &list->paths[i]);
        else
            list->paths[list->count++] = list->paths[i];
    }
}

void path_list_done(struct path_list *list)
{
    free(list->paths);
    *list = (struct path_list){0};
}

void path_list_access(struct buf *out, access_mask did)
{
    bool first = true;
    for (unsigned bit = 0; bit < ACCESS_BITS; bit++) {
        if (!(did & (access_mask)1 << bit))
            continue;
        buf_printf(out, "%s%s", first ? "" : ",", access_name(bit));
        first = false;
    }
}
