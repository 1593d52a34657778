#include "audit/finding_list.h"

#include <stdlib.h>
#include <string.h>

void finding_list_done(struct finding_list *list)
{
    free(list->items);
    *list = (struct finding_list){0};
}

bool proviso_holds(const struct proviso *proviso, const struct context *context)
{
    const char *value = NULL;
    if (proviso->only_with >= 0 && !context_has_any(context, (enum context_fact)proviso->only_with))
        return false;
    if (proviso->fact < 0)
        return true;
    bool there = context_find(context, (enum context_fact)proviso->fact, proviso->namespace_ ? proviso->namespace_ : "",
                              proviso->name, &value);
    if (there && proviso->value)
        there = value && strcmp(value, proviso->value) == 0;
    return there != proviso->wants;
}

/* FNV-1a, 64 bits (RFC 9923): small, and the same everywhere. */
static uint64_t add_bytes(uint64_t hash, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t add_text(uint64_t hash, const char *text)
{
    return text ? add_bytes(hash, text, strlen(text) + 1) : add_bytes(hash, "\xff", 1);
}

/* Numbers in brackets change when an item is put in before. */
static uint64_t add_path(uint64_t hash, const char *path)
{
    while (*path) {
        size_t plain = strcspn(path, "[");
        hash = add_bytes(hash, path, plain);
        path += plain;
        if (*path == '[') {
            path++;
            path += strspn(path, "0123456789");
        }
    }
    return add_bytes(hash, "", 1);
}

static uint64_t add_words(uint64_t hash, const char *text)
{
    const char *blanks = " \t\r";
    while (text && *text) {
        size_t word = strcspn(text, blanks);
        hash = add_bytes(hash, text, word);
        text += word;
        text += strspn(text, blanks);
    }
    return add_bytes(hash, "", 1);
}

uint64_t finding_fingerprint(const struct finding *finding, const char *file)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    while (strncmp(file, "./", 2) == 0)
        file += 2;
    hash = add_text(hash, finding->rule->id);
    hash = add_text(hash, file);
    hash = add_text(hash, finding->subject.kind);
    hash = add_text(hash, finding->subject.namespace_);
    hash = add_text(hash, finding->subject.name);
    hash = add_text(hash, finding->subject.container);
    hash = add_path(hash, finding->path);
    hash = add_words(hash, finding->message);
    return add_words(hash, finding->excerpt);
}

static int compare_u32(uint32_t one, uint32_t two)
{
    return one < two ? -1 : one > two;
}

static int by_place(const void *one, const void *two)
{
    const struct finding *a = &((const struct open_finding *)one)->finding;
    const struct finding *b = &((const struct open_finding *)two)->finding;
    int order = compare_u32(a->line, b->line);
    if (order == 0)
        order = compare_u32(a->column, b->column);
    if (order == 0)
        order = strcmp(a->rule->id, b->rule->id);
    return order != 0 ? order : strcmp(a->message, b->message);
}

void finding_list_sort(struct finding_list *list)
{
    if (list->count > 1)
        qsort(list->items, list->count, sizeof(*list->items), by_place);
}

struct place {
    uint64_t fingerprint;
    size_t index;
};

static int by_fingerprint(const void *one, const void *two)
{
    const struct place *a = one;
    const struct place *b = two;
    if (a->fingerprint != b->fingerprint)
        return a->fingerprint < b->fingerprint ? -1 : 1;
    return a->index < b->index ? -1 : 1;
}

static int compare_u64(const void *one, const void *two)
{
    uint64_t a = *(const uint64_t *)one;
    uint64_t b = *(const uint64_t *)two;
    return (a > b) - (a < b);
}

bool finding_list_has_alike(const struct finding_list *list)
{
    if (list->count < 2)
        return false;
    AUTO_FREE uint64_t *all = mem_zero(list->count, sizeof(*all));
    bool alike = false;
    for (size_t i = 0; i < list->count; i++)
        all[i] = list->items[i].finding.fingerprint;
    qsort(all, list->count, sizeof(*all), compare_u64);
    for (size_t i = 1; i < list->count && !alike; i++)
        alike = all[i] == all[i - 1];
    return alike;
}

void findings_tell_apart(struct finding *findings, size_t count, uint32_t copies)
{
    AUTO_FREE struct place *places = mem_zero(count, sizeof(*places));
    for (size_t i = 0; i < count; i++)
        places[i] = (struct place){.fingerprint = findings[i].fingerprint, .index = i};
    if (count > 1)
        qsort(places, count, sizeof(*places), by_fingerprint);
    for (size_t first = 0, next; first < count; first = next) {
        next = first + 1;
        while (next < count && places[next].fingerprint == places[first].fingerprint)
            next++;
        for (size_t i = first; i < next; i++) {
            uint64_t ordinal = copies * (next - first) + (i - first);
            if (ordinal > 0)
                findings[places[i].index].fingerprint =
                    add_bytes(places[i].fingerprint, (const char *)&ordinal, sizeof(ordinal));
        }
    }
}
