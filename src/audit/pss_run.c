#include "audit/pss_run.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

bool pss_is_allowed(const struct pss_allowed *table, size_t count, const char *word, unsigned minor)
{
    for (size_t i = 0; i < count; i++)
        if (table[i].since <= minor && strcmp(table[i].word, word) == 0)
            return true;
    return false;
}

/* ---- the pod ---------------------------------------------------------------------------------------- */

const struct node *pss_items(const struct node *map, const char *key)
{
    const struct node *list = node_get(map, key);
    return node_is(list, NODE_LIST) ? node_first(list) : NULL;
}

const char *pss_item_text(const struct node *item)
{
    const char *text = node_text(item);
    return text ? text : "";
}

const char *pss_text(const struct node *map, const char *key)
{
    return pss_item_text(node_get(map, key));
}

const struct node *pss_place(const struct node *child, const struct node *parent)
{
    return child ? child : parent;
}

/* In the order in which upstream visits them. */
static const char *const container_lists[] = {"initContainers", "containers", "ephemeralContainers"};

static void gather_containers(struct pss_run *run)
{
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_COUNT(container_lists); i++)
        for (const struct node *item = pss_items(run->spec, container_lists[i]); item; item = item->next)
            count++;
    run->containers = arena_alloc(run->arena, count * sizeof(run->containers[0]));
    for (size_t i = 0; i < ARRAY_COUNT(container_lists); i++)
        for (const struct node *item = pss_items(run->spec, container_lists[i]); item; item = item->next)
            run->containers[run->container_count++] = (struct pss_container){
                .node = item,
                .name = pss_text(item, "name"),
                .security = node_get(item, "securityContext"),
                .ephemeral = strcmp(container_lists[i], "ephemeralContainers") == 0,
            };
}

void pss_run_init(struct pss_run *run, const struct pss_pod *pod, unsigned minor, struct arena *arena)
{
    *run = (struct pss_run){
        .spec = pod->spec,
        .security = node_get(pod->spec, "securityContext"),
        .annotations = node_get(pod->metadata, "annotations"),
        .minor = minor,
        .arena = arena,
    };
    gather_containers(run);
}

/* By name, and among equals as they stand. */
static int compare_containers(const void *a, const void *b)
{
    const struct pss_container *const *x = a;
    const struct pss_container *const *y = b;
    int order = strcmp((*x)->name, (*y)->name);
    return order ? order : (*x > *y) - (*x < *y);
}

const struct pss_container *pss_run_find(struct pss_run *run, const char *name)
{
    if (!run->by_name) {
        run->by_name = arena_alloc(run->arena, (run->container_count + 1) * sizeof(run->by_name[0]));
        for (size_t i = 0; i < run->container_count; i++)
            run->by_name[i] = &run->containers[i];
        qsort(run->by_name, run->container_count, sizeof(run->by_name[0]), compare_containers);
    }
    size_t low = 0;
    size_t high = run->container_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(run->by_name[middle]->name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < run->container_count && strcmp(run->by_name[low]->name, name) == 0;
    return found ? run->by_name[low] : NULL;
}

/* ---- what was found ---------------------------------------------------------------------------------- */

/* Makes room for one more; the old items stay behind in the arena. */
static void *grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    *capacity = *capacity ? *capacity * 2 : 8;
    void *larger = arena_alloc(arena, *capacity * size);
    if (count)
        memcpy(larger, items, count * size);
    return larger;
}

static void list_place(struct pss_run *run, const struct node *where, const struct pss_container *container,
                       const char *words)
{
    run->violations = grow(run->arena, run->violations, run->count, &run->capacity, sizeof(run->violations[0]));
    run->violations[run->count++] = (struct pss_violation){
        .check = run->check->id,
        .level = run->check->level,
        .where = where,
        .container = container ? container->node : NULL,
        .message = container ? arena_printf(run->arena, "container \"%s\" %s", container->name, words)
                             : arena_printf(run->arena, "the pod %s", words),
    };
}

void pss_report(struct pss_run *run, const struct node *where, const struct pss_container *container,
                const char *format, ...)
{
    if (run->place_count++ >= PSS_PLACES_MAX || run->only_whether)
        return;
    va_list arguments;
    va_start(arguments, format);
    AUTO_FREE char *words = mem_vprintf(format, arguments);
    va_end(arguments);
    list_place(run, where, container, words);
}

void pss_conclude(struct pss_run *run, const char *reason, const char *detail)
{
    for (size_t i = run->check_first; i < run->count; i++) {
        run->violations[i].reason = reason;
        run->violations[i].detail = detail;
    }
    if (run->place_count > PSS_PLACES_MAX) {
        struct pss_violation *last = &run->violations[run->count - 1];
        last->message = arena_printf(run->arena, "%s; and %zu more places like it", last->message,
                                     run->place_count - PSS_PLACES_MAX);
    }
}

/* ---- words -------------------------------------------------------------------------------------------- */

void pss_words_add(struct pss_run *run, struct pss_words *words, const char *word)
{
    if (run->only_whether)
        return;
    words->items = grow(run->arena, words->items, words->count, &words->capacity, sizeof(words->items[0]));
    words->items[words->count++] = word;
}

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void pss_words_sort(struct pss_words *words)
{
    if (words->count == 0)
        return;
    qsort(words->items, words->count, sizeof(words->items[0]), compare_words);
    size_t kept = 1;
    for (size_t i = 1; i < words->count; i++)
        if (strcmp(words->items[i], words->items[kept - 1]) != 0)
            words->items[kept++] = words->items[i];
    words->count = kept;
}

const char *pss_words_join(struct pss_run *run, const struct pss_words *words, const char *between)
{
    AUTO_BUF struct buf out = BUF_INIT;
    for (size_t i = 0; i < words->count; i++) {
        buf_add_text(&out, i ? between : "");
        buf_add_text(&out, words->items[i]);
    }
    return arena_strdup(run->arena, buf_text(&out));
}

const char *pss_words_quote(struct pss_run *run, const struct pss_words *words)
{
    if (words->count == 0)
        return "";
    return arena_printf(run->arena, "\"%s\"", pss_words_join(run, words, "\", \""));
}

const char *pss_plural(size_t count, const char *singular, const char *plural)
{
    return count == 1 ? singular : plural;
}

const char *pss_named(struct pss_run *run, const char *singular, const char *plural, const struct pss_words *names)
{
    return arena_printf(run->arena, "%s %s", pss_plural(names->count, singular, plural),
                        pss_words_quote(run, names));
}

const char *pss_setters(struct pss_run *run, bool pod, const struct pss_words *containers)
{
    if (containers->count == 0)
        return pod ? "pod" : "";
    const char *named = pss_named(run, "container", "containers", containers);
    return pod ? arena_printf(run->arena, "pod and %s", named) : named;
}

/* strconv.Quote, short of characters beyond ASCII that Go holds unprintable. */
const char *pss_go_quote(struct pss_run *run, const char *text)
{
    static const char letters[] = "abtnvfr"; /* of the bytes 7 to 13 */
    AUTO_BUF struct buf out = BUF_INIT;
    buf_add_char(&out, '"');
    for (const char *p = text, *end = text + strlen(text); p < end;) {
        unsigned char byte = (unsigned char)*p;
        size_t length = text_utf8_length(p, (size_t)(end - p));
        if (byte >= 7 && byte <= 13)
            buf_printf(&out, "\\%c", letters[byte - 7]);
        else if (byte == '"' || byte == '\\')
            buf_printf(&out, "\\%c", byte);
        else if (byte < ' ' || byte == 0x7f || length == 0)
            buf_printf(&out, "\\x%02x", byte);
        else
            buf_add(&out, p, length);
        p += length ? length : 1;
    }
    buf_add_char(&out, '"');
    return arena_dup(run->arena, out.data, out.length);
}
