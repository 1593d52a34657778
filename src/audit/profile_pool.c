#include "audit/profile_pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/intern.h"

enum { ONE_MAX = 1 << 20, NEIGHBOURS = 64, WANTS_MAX = 1 << 20, WANTED_BYTES_MAX = 16 << 20, NAME_BYTES_MAX = 4096 };

/* How an entry's key is to be read. */
enum entry_by {
    BY_OBJECT = 'o',  /* the whole name */
    BY_ANY_SPACE = 'n', /* of an object that says no namespace: what stands behind operator/NAMESPACE/ */
    BY_FILE = 'f',    /* what stands behind the last slash; the rest is to be compared */
    BY_KEY = 'k',     /* what stands behind the last slash */
    BY_NAME = 'a'     /* AppArmor */
};

struct entry {
    char by;
    char *key;
    const struct profile_offer *offer;
};

struct want {
    uint32_t file, name;
    uint64_t path; /* its hash */
};

/* Standard input, or another pipe. */
struct kept_input {
    uint64_t file;
    struct buf bytes;
    struct kept_input *next;
};

struct profile_pool {
    pthread_mutex_t lock;
    struct profile_offer **bodies; /* each with its texts in one piece of memory */
    size_t count, capacity, cost;
    struct profile_offer *least; /* the first of those that had no room; NULL */
    struct want *wants;
    size_t want_count, want_capacity, wanted_bytes;
    uint32_t rest;        /* the lowest file whose want was not noted */
    struct intern *names; /* wanted: the kind, then the name */
    struct entry *entries;
    size_t entry_count, entry_capacity;
    struct kept_input *inputs;
    size_t input_bytes;
    bool closed, cut;
};

struct profile_pool *profile_pool_new(void)
{
    struct profile_pool *pool = mem_zero(1, sizeof(*pool));
    (void)pthread_mutex_init(&pool->lock, NULL); /* cannot fail without attributes */
    pool->names = intern_new();
    pool->rest = UINT32_MAX;
    return pool;
}

void profile_pool_free(struct profile_pool *pool)
{
    if (!pool)
        return;
    (void)pthread_mutex_destroy(&pool->lock);
    for (size_t i = 0; i < pool->count; i++)
        free(pool->bodies[i]);
    for (size_t i = 0; i < pool->entry_count; i++)
        free(pool->entries[i].key);
    free(pool->bodies);
    free(pool->least);
    free(pool->wants);
    intern_free(pool->names);
    free(pool->entries);
    while (pool->inputs) {
        struct kept_input *next = pool->inputs->next;
        buf_done(&pool->inputs->bytes);
        free(pool->inputs);
        pool->inputs = next;
    }
    free(pool);
}

/* ---- adding --------------------------------------------------------------------------------------------- */

static int compare_places(const struct profile_offer *one, const struct profile_offer *two)
{
    int order = strcmp(one->path, two->path);
    if (order != 0)
        return order;
    if (one->line != two->line)
        return one->line < two->line ? -1 : 1;
    return (int)one->kind - (int)two->kind;
}

static int compare_bodies(const void *one, const void *two)
{
    return compare_places(*(const struct profile_offer *const *)one, *(const struct profile_offer *const *)two);
}

static size_t cost_of(const struct profile_offer *offer)
{
    size_t cost = sizeof(*offer) + strlen(offer->path) + 1 + (offer->text ? offer->length + 1 : 0);
    cost += offer->namespace_ ? strlen(offer->namespace_) + 1 : 0;
    for (size_t i = 0; i < offer->name_count; i++)
        cost += sizeof(*offer->names) + strlen(offer->names[i]) + 1;
    return cost;
}

static char *pack(char **at, const char *bytes, size_t length)
{
    char *packed = *at;
    memcpy(packed, bytes, length);
    packed[length] = '\0';
    *at += length + 1;
    return packed;
}

static struct profile_offer *copy_of(const struct profile_offer *offer)
{
    struct profile_offer *copy = mem_zero(1, cost_of(offer));
    const char **names = (const char **)(copy + 1);
    char *at = (char *)(names + offer->name_count);
    *copy = *offer;
    copy->names = names;
    for (size_t i = 0; i < offer->name_count; i++)
        names[i] = pack(&at, offer->names[i], strlen(offer->names[i]));
    copy->path = pack(&at, offer->path, strlen(offer->path));
    copy->namespace_ = offer->namespace_ ? pack(&at, offer->namespace_, strlen(offer->namespace_)) : NULL;
    copy->text = offer->text ? pack(&at, offer->text, offer->length) : NULL;
    return copy;
}

/* Keeps as many as there is room for, from the first place on: what is behind one that had no room never comes in again, so the same stay whatever the
 * order they came in. */
static void trim(struct profile_pool *pool)
{
    size_t cost = 0, kept = 0;
    if (pool->count > 0)
        qsort(pool->bodies, pool->count, sizeof(struct profile_offer *), compare_bodies);
    while (kept < pool->count && cost + cost_of(pool->bodies[kept]) <= PROFILE_POOL_BYTES_MAX)
        cost += cost_of(pool->bodies[kept++]);
    if (kept == pool->count)
        return;
    free(pool->least); /* which was behind all that are here */
    pool->least = pool->bodies[kept];
    pool->cut = true;
    for (size_t i = kept + 1; i < pool->count; i++)
        free(pool->bodies[i]);
    pool->count = kept;
    pool->cost = cost;
}

static void add(struct profile_pool *pool, const struct profile_offer *offer)
{
    size_t cost = cost_of(offer);
    bool behind = pool->least && compare_places(offer, pool->least) >= 0;
    if (behind || cost > ONE_MAX) {
        pool->cut = true;
        return;
    }
    MEM_GROW(pool->bodies, pool->count, pool->capacity);
    pool->bodies[pool->count++] = copy_of(offer);
    pool->cost += cost;
    if (pool->cost > 2 * PROFILE_POOL_BYTES_MAX)
        trim(pool);
}

void profile_pool_add(struct profile_pool *pool, const struct profile_offer *offer)
{
    (void)pthread_mutex_lock(&pool->lock);
    if (!pool->closed)
        add(pool, offer);
    (void)pthread_mutex_unlock(&pool->lock);
}

/* ---- wanting -------------------------------------------------------------------------------------------- */

static uint64_t hash_of(const char *path)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (; *path; path++)
        hash = (hash ^ (unsigned char)*path) * 1099511628211u;
    return hash;
}

static void want(struct profile_pool *pool, const struct profile_wanter *wanter, enum profile_kind kind, const char *wanted)
{
    AUTO_BUF struct buf key = BUF_INIT;
    buf_add_char(&key, (char)kind);
    buf_add_text(&key, wanted);
    if (pool->want_count >= WANTS_MAX || pool->wanted_bytes + key.length > WANTED_BYTES_MAX) {
        pool->rest = wanter->file < pool->rest ? wanter->file : pool->rest;
        return;
    }
    uint32_t known = intern_count(pool->names), name = intern_add(pool->names, key.data, key.length);
    pool->wanted_bytes += name == known ? key.length : 0;
    MEM_GROW(pool->wants, pool->want_count, pool->want_capacity);
    pool->wants[pool->want_count++] = (struct want){.file = wanter->file, .name = name, .path = hash_of(wanter->path)};
}

void profile_pool_want(struct profile_pool *pool, const struct profile_wanter *wanter, enum profile_kind kind, const char *wanted)
{
    if (strlen(wanted) > NAME_BYTES_MAX)
        return;
    (void)pthread_mutex_lock(&pool->lock);
    if (!pool->closed)
        want(pool, wanter, kind, wanted);
    (void)pthread_mutex_unlock(&pool->lock);
}

bool profile_pool_keep(struct profile_pool *pool, uint64_t file, const struct buf *bytes)
{
    (void)pthread_mutex_lock(&pool->lock);
    bool room = pool->closed || bytes->length <= PROFILE_POOL_INPUT_MAX - pool->input_bytes;
    if (room && !pool->closed) {
        struct kept_input *input = mem_zero(1, sizeof(*input));
        *input = (struct kept_input){.file = file, .next = pool->inputs};
        buf_add(&input->bytes, bytes->data, bytes->length);
        pool->inputs = input;
        pool->input_bytes += bytes->length;
    }
    (void)pthread_mutex_unlock(&pool->lock);
    return room;
}

/* ---- closing -------------------------------------------------------------------------------------------- */

static void add_entry(struct profile_pool *pool, enum entry_by by, char *key, const struct profile_offer *offer)
{
    MEM_GROW(pool->entries, pool->entry_count, pool->entry_capacity);
    pool->entries[pool->entry_count++] = (struct entry){.by = (char)by, .key = key, .offer = offer};
}

static void add_object_entries(struct profile_pool *pool, const struct profile_offer *offer)
{
    const char *name = offer->names[0];
    size_t length = strlen(name);
    const char *ending = length >= 5 && strcmp(name + length - 5, ".json") == 0 ? "" : ".json";
    add_entry(pool, BY_OBJECT, mem_printf("%s%s", name, ending), offer);
    add_entry(pool, BY_OBJECT, mem_printf("operator/%s%s", name, ending), offer);
    if (offer->namespace_)
        add_entry(pool, BY_OBJECT, mem_printf("operator/%s/%s%s", offer->namespace_, name, ending), offer);
    else
        add_entry(pool, BY_ANY_SPACE, mem_printf("%s%s", name, ending), offer);
}

static void add_entries(struct profile_pool *pool, const struct profile_offer *offer)
{
    switch (offer->by) {
    case OFFER_BY_OBJECT:
        add_object_entries(pool, offer);
        break;
    case OFFER_BY_FILE:
        add_entry(pool, BY_FILE, mem_strdup(profile_offer_base(offer->names[0])), offer);
        break;
    case OFFER_BY_KEY:
        add_entry(pool, BY_KEY, mem_strdup(offer->names[0]), offer);
        break;
    case OFFER_BY_NAME:
        for (size_t i = 0; i < offer->name_count; i++)
            add_entry(pool, BY_NAME, mem_strdup(offer->names[i]), offer);
        break;
    }
}

static int compare_keys(char by, const char *key, const struct entry *entry)
{
    return by != entry->by ? (by < entry->by ? -1 : 1) : strcmp(key, entry->key);
}

static int compare_entries(const void *one, const void *two)
{
    const struct entry *a = one, *b = two;
    int order = compare_keys(a->by, a->key, b);
    return order ? order : compare_places(a->offer, b->offer);
}

static int compare_wants(const void *one, const void *two)
{
    const struct want *a = one, *b = two;
    return a->file < b->file ? -1 : a->file > b->file;
}

/* Leaves the wants that can be met. */
static void meet_wants(struct profile_pool *pool)
{
    AUTO_FREE bool *there = mem_zero(intern_count(pool->names) + 1, sizeof(*there));
    size_t kept = 0;
    for (uint32_t i = 0; i < intern_count(pool->names); i++) {
        const char *name = intern_get(pool->names, i, NULL);
        there[i] = pool->cut || profile_pool_find(pool, (enum profile_kind)name[0], name + 1, "");
    }
    for (size_t i = 0; i < pool->want_count; i++)
        if (there[pool->wants[i].name])
            pool->wants[kept++] = pool->wants[i];
    pool->want_count = kept;
    if (kept > 0)
        qsort(pool->wants, kept, sizeof(*pool->wants), compare_wants);
    if (pool->count == 0 && !pool->cut)
        pool->rest = UINT32_MAX;
}

void profile_pool_close(struct profile_pool *pool)
{
    (void)pthread_mutex_lock(&pool->lock);
    bool first = !pool->closed;
    pool->closed = true;
    (void)pthread_mutex_unlock(&pool->lock);
    if (!first)
        return;
    trim(pool);
    for (size_t i = 0; i < pool->count; i++)
        add_entries(pool, pool->bodies[i]);
    if (pool->entry_count > 0)
        qsort(pool->entries, pool->entry_count, sizeof(*pool->entries), compare_entries);
    meet_wants(pool);
}

bool profile_pool_has_wanters(const struct profile_pool *pool)
{
    return pool->want_count > 0 || pool->rest != UINT32_MAX;
}

bool profile_pool_is_wanter(const struct profile_pool *pool, const struct profile_wanter *wanter)
{
    const struct want key = {.file = wanter->file};
    const struct want *want =
        pool->want_count > 0 ? bsearch(&key, pool->wants, pool->want_count, sizeof(*pool->wants), compare_wants) : NULL;
    return wanter->file >= pool->rest || (want && want->path == hash_of(wanter->path));
}

const struct buf *profile_pool_kept(const struct profile_pool *pool, uint64_t file)
{
    for (const struct kept_input *input = pool->inputs; input; input = input->next)
        if (input->file == file)
            return &input->bytes;
    return NULL;
}

/* ---- finding -------------------------------------------------------------------------------------------- */

/* The first entry of that key which does not stand before `near`. */
static size_t first_of(const struct profile_pool *pool, char by, const char *key, const char *near)
{
    size_t low = 0, high = pool->entry_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_keys(by, key, &pool->entries[middle]);
        order = order ? order : strcmp(near, pool->entries[middle].offer->path);
        if (order <= 0)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Paths that have much in common with one stand beside it in their order. */
static const struct profile_offer *find_by(const struct profile_pool *pool, enum entry_by by, const char *key, const char *wanted, const char *near)
{
    size_t middle = first_of(pool, (char)by, key, near);
    size_t first = middle > NEIGHBOURS ? middle - NEIGHBOURS : 0;
    const struct profile_offer *best = NULL;
    for (size_t i = first; i < pool->entry_count && i < middle + NEIGHBOURS; i++) {
        const struct profile_offer *offer = pool->entries[i].offer;
        if (compare_keys((char)by, key, &pool->entries[i]) != 0 || !profile_offer_serves(offer, wanted))
            continue;
        if (!best || profile_offer_nearness(offer->path, near) > profile_offer_nearness(best->path, near))
            best = offer;
    }
    return best;
}

const struct profile_offer *profile_pool_find(const struct profile_pool *pool, enum profile_kind kind, const char *wanted, const char *near)
{
    static const enum entry_by ways[] = {BY_OBJECT, BY_ANY_SPACE, BY_FILE, BY_KEY};
    const struct profile_offer *found = NULL;
    if (!pool->closed)
        return NULL;
    if (kind == PROFILE_APPARMOR)
        return find_by(pool, BY_NAME, wanted, wanted, near);
    for (size_t i = 0; i < ARRAY_COUNT(ways) && !found; i++)
        found = find_by(pool, ways[i], ways[i] == BY_OBJECT ? wanted : profile_offer_base(wanted), wanted, near);
    return found;
}

bool profile_pool_is_cut(const struct profile_pool *pool)
{
    return pool->closed && pool->cut;
}
