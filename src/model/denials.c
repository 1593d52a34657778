#include "model/denials_add.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/strings.h"
#include "model/provenance.h"

static const char *const kind_names[DENIAL_KIND_COUNT] = {
    [DENIAL_CALL] = "syscall",    [DENIAL_FILE] = "file",   [DENIAL_CAPABILITY] = "capability",
    [DENIAL_NETWORK] = "network", [DENIAL_OTHER] = "other",
};
static const char *const outcome_names[DENIAL_OUTCOME_COUNT] = {
    [DENIAL_SURE] = "denied",
    [DENIAL_UNKNOWN] = "unknown",
    [DENIAL_UNCHANGED] = "unchanged",
    [DENIAL_FALLBACK] = "fallback",
};

const char *denial_kind_name(enum denial_kind kind)
{
    return kind_names[kind];
}

const char *denial_outcome_name(enum denial_outcome outcome)
{
    return outcome_names[outcome];
}

void denials_done(struct denials *denials)
{
    for (size_t i = 0; i < denials->count; i++) {
        struct denial *denial = &denials->items[i];
        for (unsigned k = 0; k < 6; k++)
            free(denial->args[k]);
        free(denial->reason);
        free(denial->path);
        free(denial->words);
    }
    free(denials->items);
    strings_free(&denials->notes, &denials->note_count);
    *denials = (struct denials){0};
}

struct denial *denials_add(struct denials *denials, enum denial_kind kind)
{
    MEM_GROW(denials->items, denials->count, denials->capacity);
    struct denial *denial = &denials->items[denials->count++];
    *denial = (struct denial){.kind = kind, .image = IMAGE_NONE, .first_ns = UINT64_MAX};
    return denial;
}

size_t denials_count(const struct denials *denials, enum denial_outcome outcome)
{
    size_t count = 0;
    for (size_t i = 0; i < denials->count; i++)
        count += denials->items[i].outcome == outcome;
    return count;
}

void denials_note(struct denials *denials, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        abort();
    va_end(arguments);
    if (!strings_contain(denials->notes, denials->note_count, text))
        strings_add(&denials->notes, &denials->note_count, text);
    free(text);
}

void denials_note_losses(struct denials *denials, const struct recording *recording)
{
    AUTO_BUF struct buf losses = BUF_INIT;
    if (recording_complete(recording))
        return;
    provenance_losses(recording, &losses);
    denials_note(denials, "the recording is incomplete, so more may be denied: %s", buf_text(&losses));
    for (size_t i = 0; i < recording->run_count; i++)
        for (enum loss_cause cause = 0; cause < LOSS_CAUSE_COUNT; cause++)
            if (recording->runs[i].losses[cause].count > 0)
                denials_note(denials, "not seen: %s", loss_cause_sentence(cause));
}

static int compare_text(const struct denial *a, const struct denial *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->abi != b->abi || a->number != b->number)
        return a->abi != b->abi ? (a->abi < b->abi ? -1 : 1) : a->number < b->number ? -1 : 1;
    int order = strcmp(a->path ? a->path : "", b->path ? b->path : "");
    order = order ? order : strcmp(a->words ? a->words : "", b->words ? b->words : "");
    return order ? order : (a->image > b->image) - (a->image < b->image);
}

static int compare_denials(const void *left, const void *right)
{
    const struct denial *a = left;
    const struct denial *b = right;
    uint64_t a_total = a->count[PHASE_STARTUP] + a->count[PHASE_SERVING];
    uint64_t b_total = b->count[PHASE_STARTUP] + b->count[PHASE_SERVING];
    if (a->outcome != b->outcome)
        return a->outcome < b->outcome ? -1 : 1;
    if (a->in[PHASE_STARTUP] != b->in[PHASE_STARTUP])
        return a->in[PHASE_STARTUP] ? -1 : 1;
    if (a->first_ns != b->first_ns)
        return a->first_ns < b->first_ns ? -1 : 1;
    if (a_total != b_total)
        return a_total > b_total ? -1 : 1;
    return compare_text(a, b);
}

void denials_sort(struct denials *denials)
{
    if (denials->count > 0)
        qsort(denials->items, denials->count, sizeof(*denials->items), compare_denials);
}
