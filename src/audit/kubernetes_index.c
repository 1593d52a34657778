#include <string.h>

#include "audit/kubernetes_pod.h"

static int compare(const void *a, const void *b)
{
    const struct kubernetes_named *one = a, *two = b;
    int order = strcmp(one->name, two->name);
    return order ? order : one->order < two->order ? -1 : one->order > two->order;
}

void kubernetes_index_sort(struct kubernetes_index *index)
{
    if (index->count > 1)
        qsort(index->items, index->count, sizeof(*index->items), compare);
}

void *kubernetes_index_find(const struct kubernetes_index *index, const char *name)
{
    size_t low = 0, high = index->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(index->items[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < index->count && strcmp(index->items[low].name, name) == 0 ? index->items[low].item : NULL;
}
