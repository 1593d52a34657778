/* Where a workload changes the root file system, and with which empty mounts that could be read-only. */
#include <string.h>

#include "base/mem.h"
#include "model/needs_index.h"

/* What no empty mount may take the place of: other things that a program needs live there, though one run may not show them. */
static const char *const system_directories[] = {
    "/",         "/bin",       "/boot",      "/etc",        "/home",      "/lib",           "/lib32",      "/lib64",
    "/libx32",   "/opt",      "/sbin",      "/usr",
    "/usr/bin",  "/usr/lib",   "/usr/lib64", "/usr/libexec", "/usr/local", "/usr/local/bin", "/usr/local/lib", "/usr/local/sbin",
    "/usr/sbin", "/usr/share", "/var",       "/var/cache",  "/var/lib",   "/var/spool",
};

/* Runtimes mount these, /dev as a writable tmpfs. */
static const char *const runtime_mounts[] = {"/dev", "/proc", "/sys"};

static bool is_system(const char *directory, size_t length)
{
    for (size_t i = 0; i < ARRAY_COUNT(system_directories); i++)
        if (strlen(system_directories[i]) == length && memcmp(system_directories[i], directory, length) == 0)
            return true;
    return false;
}

static size_t parent_length(const char *path, size_t length)
{
    while (length > 0 && path[length - 1] != '/')
        length--;
    return length > 1 ? length - 1 : 1;
}

/* What lies elsewhere than on the root file system. */
struct elsewhere {
    const struct need_mounts *mounts;
    const char *own[32]; /* where the workload mounted something itself; who does so more often is given the benefit */
    size_t own_count;
};

/* A remount or a change of propagation mounts nothing. */
static struct elsewhere elsewhere_of(const struct recording *recording, const struct need_mounts *mounts)
{
    enum { REMOUNT = 1 << 5, PROPAGATION = 1 << 17 | 1 << 18 | 1 << 19 | 1 << 20 }; /* linux/mount.h */
    struct elsewhere elsewhere = {.mounts = mounts};
    for (size_t i = 0; i < recording->fact_count && elsewhere.own_count < ARRAY_COUNT(elsewhere.own); i++) {
        const struct fact *fact = &recording->facts[i];
        const char *target = fact->kind == FACT_MOUNT ? recording_text(recording, fact->subject) : NULL;
        if (target && !(fact->value & (REMOUNT | PROPAGATION)))
            elsewhere.own[elsewhere.own_count++] = target;
    }
    return elsewhere;
}

static bool is_of_root(const struct elsewhere *elsewhere, const char *path)
{
    const struct need_mounts runtime = {.targets = runtime_mounts, .count = ARRAY_COUNT(runtime_mounts)};
    const struct need_mounts own = {.targets = elsewhere->own, .count = elsewhere->own_count};
    return path[0] == '/' && !need_mounts_cover(&runtime, path, NULL) && !need_mounts_cover(elsewhere->mounts, path, NULL) &&
           !need_mounts_cover(&own, path, NULL);
}

/* ---- the place of one change --------------------------------------------------------------------------- */

static bool was_made(const struct needs_index *index, const char *path, size_t length)
{
    const struct need_path *known = needs_index_find(index, path, length);
    return known && (known->did & NEED_MAKES);
}

struct place_at {
    enum need_place_kind kind;
    size_t length; /* of the path that is the place */
};

/* The nearest directory that was there before; below a system directory the outermost one that the workload made. */
static struct place_at place_of(const struct needs_index *index, const struct need_path *path)
{
    const access_mask of_name = NEED_MAKES | ACCESS_DELETE | ACCESS_RENAME;
    bool is_directory = path->type == FILE_DIRECTORY;
    size_t made = is_directory && (path->did & NEED_MAKES) ? path->length : 0;
    size_t at = is_directory && !(path->did & of_name) ? path->length : parent_length(path->text, path->length);
    while (at > 1 && was_made(index, path->text, at)) {
        made = at;
        at = parent_length(path->text, at);
    }
    if (!is_system(path->text, at))
        return (struct place_at){.kind = PLACE_DIRECTORY, .length = at};
    return made ? (struct place_at){.kind = PLACE_DIRECTORY, .length = made}
                : (struct place_at){.kind = PLACE_SYSTEM, .length = path->length};
}

static struct need_place *find_place(struct need_places *places, const char *path, size_t length)
{
    for (size_t i = places->count; i > 0; i--)
        if (strlen(places->items[i - 1].path) == length && memcmp(places->items[i - 1].path, path, length) == 0)
            return &places->items[i - 1];
    return NULL;
}

static void add_change(const struct workload_needs *needs, const struct need_path *path, struct need_places *places)
{
    struct place_at at = place_of(needs->index, path);
    struct need_place *place = find_place(places, path->text, at.length);
    access_mask changes = need_path_changes(path);
    if (!place && places->count == NEED_PLACES_MAX) {
        places->omitted++;
        return;
    }
    if (!place) {
        MEM_GROW(places->items, places->count, places->capacity);
        place = &places->items[places->count++];
        *place = (struct need_place){.kind = at.kind, .path = mem_dup(path->text, at.length),
                                     .evidence = need_path_evidence(needs->recording, path, changes)};
    }
    place->did |= changes;
    place->paths++;
}

/* ---- what an empty mount would hide ----------------------------------------------------------------------- */

static bool made_below(const struct needs_index *index, const char *path, size_t length, size_t top)
{
    for (; length > top; length = parent_length(path, length))
        if (was_made(index, path, length))
            return true;
    return false;
}

/* It was there before, and its content is used. What is truncated is made anew. */
static bool is_found_there(const struct needs_index *index, const struct need_path *path, size_t top)
{
    const access_mask uses = ACCESS_READ | ACCESS_EXEC | ACCESS_MAP_EXEC | ACCESS_LIST | ACCESS_CHDIR | ACCESS_CONNECT;
    return (path->did & uses) && !(path->did & ACCESS_TRUNCATE) && !made_below(index, path->text, path->length, top);
}

static bool in_another_place(const struct need_places *places, const struct need_place *place, const char *path)
{
    for (size_t i = 0; i < places->count; i++) {
        const struct need_place *other = &places->items[i];
        if (other != place && other->kind != PLACE_SYSTEM && need_path_within(path, other->path) &&
            need_path_within(other->path, place->path))
            return true;
    }
    return false;
}

static void look_what_is_hidden(const struct workload_needs *needs, const struct elsewhere *elsewhere,
                                const struct need_places *places, struct need_place *place)
{
    const struct needs_index *index = needs->index;
    const size_t top = strlen(place->path);
    struct need_range range = needs_index_below(index, place->path, top);
    for (size_t i = range.first; i < range.end; i++) {
        const struct need_path *path = &index->paths[i];
        if (!is_found_there(index, path, top) || !is_of_root(elsewhere, path->text) ||
            in_another_place(places, place, path->text))
            continue;
        place->kind = PLACE_CROWDED;
        place->hides = path->text;
        return;
    }
}

static int compare_places(const void *left, const void *right)
{
    return strcmp(((const struct need_place *)left)->path, ((const struct need_place *)right)->path);
}

void workload_needs_places(const struct workload_needs *needs, const struct need_mounts *mounts, struct need_places *ret)
{
    struct need_places places = {.mountable = true};
    const struct elsewhere elsewhere = elsewhere_of(needs->recording, mounts);
    for (size_t i = 0; i < needs->index->count; i++) {
        const struct need_path *path = &needs->index->paths[i];
        if (need_path_changes(path) && is_of_root(&elsewhere, path->text))
            add_change(needs, path, &places);
    }
    if (places.count > 0)
        qsort(places.items, places.count, sizeof(*places.items), compare_places);
    for (size_t i = 0; i < places.count; i++)
        if (places.items[i].kind == PLACE_DIRECTORY)
            look_what_is_hidden(needs, &elsewhere, &places, &places.items[i]);
    for (size_t i = 0; i < places.count; i++)
        places.mountable = places.mountable && places.items[i].kind == PLACE_DIRECTORY;
    places.mountable = places.mountable && places.omitted == 0;
    *ret = places;
}

void need_places_done(struct need_places *places)
{
    for (size_t i = 0; i < places->count; i++)
        free(places->items[i].path);
    free(places->items);
    *places = (struct need_places){0};
}
