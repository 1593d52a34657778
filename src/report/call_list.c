#include "report/call_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void add_call(void *context, const struct image *image, enum abi abi, const struct call_record *call)
{
    (void)image;
    struct call_list *list = context;
    MEM_GROW(list->calls, list->count, list->capacity);
    struct listed_call *listed = &list->calls[list->count++];
    *listed = (struct listed_call){.abi = abi, .images = 1};
    char name[SYSCALL_NAME_MAX];
    (void)snprintf(listed->name, sizeof(listed->name), "%s", syscall_name(abi, call->number, name));
    for (unsigned phase = 0; phase < PHASE_COUNT; phase++)
        listed->count[phase] = call->count[phase];
    for (size_t i = 0; i < call->result_count; i++) {
        const struct call_result *result = &call->results[i];
        *(result->error == 0 ? &listed->succeeded : &listed->failed) += result->count;
        if (result->error != 0 && listed->error == 0)
            listed->error = result->error;
    }
    listed->risk = risk_of_call(listed->name, call);
}

static int compare_calls(const void *left, const void *right)
{
    const struct listed_call *a = left;
    const struct listed_call *b = right;
    int order = strcmp(a->name, b->name);
    return order ? order : (a->abi > b->abi) - (a->abi < b->abi);
}

static void unite(struct listed_call *into, const struct listed_call *from)
{
    for (unsigned phase = 0; phase < PHASE_COUNT; phase++)
        into->count[phase] += from->count[phase];
    into->succeeded += from->succeeded;
    into->failed += from->failed;
    into->images += from->images;
    if (into->error == 0)
        into->error = from->error;
    if (from->risk.level > into->risk.level)
        into->risk = from->risk;
}

void call_list_init(struct call_list *list, const struct recording *recording)
{
    *list = (struct call_list){0};
    recording_each_call(recording, add_call, list);
    if (list->count == 0)
        return;
    qsort(list->calls, list->count, sizeof(list->calls[0]), compare_calls);
    size_t kept = 0;
    for (size_t i = 1; i < list->count; i++) {
        if (compare_calls(&list->calls[kept], &list->calls[i]) == 0)
            unite(&list->calls[kept], &list->calls[i]);
        else
            list->calls[++kept] = list->calls[i];
    }
    list->count = kept + 1;
}

void call_list_done(struct call_list *list)
{
    free(list->calls);
    *list = (struct call_list){0};
}
