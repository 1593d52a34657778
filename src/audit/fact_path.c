#include "audit/fact_path.h"

#include <string.h>

/* One key, plain up to a dot or in double quotes; gives what is behind it, NULL when it is none. */
static const char *read_key(const char *at, const char *end, struct fact_key *ret)
{
    bool quoted = at < end && *at == '"';
    const char *start = at + quoted;
    const char *stop = memchr(start, quoted ? '"' : '.', (size_t)(end - start));
    if (!stop && quoted)
        return NULL;
    stop = stop ? stop : end;
    *ret = (struct fact_key){start, (uint32_t)(stop - start)};
    bool good = stop > start && (quoted || !memchr(start, '"', ret->length));
    return good ? stop + quoted : NULL;
}

bool fact_path_compile(const char *text, size_t length, struct arena *arena, struct fact_path *ret)
{
    struct fact_key keys[FACT_PATH_KEYS_MAX];
    struct fact_path path = {0};
    const char *at = text;
    const char *end = text + length;
    if (length == 1 && *at == '.') {
        *ret = path;
        return true;
    }
    if (length > 2 && memcmp(at, "$.", 2) == 0) {
        path.from_top = true;
        at += 2;
    }
    for (;; at++) { /* past the dot */
        if (path.count == FACT_PATH_KEYS_MAX || !(at = read_key(at, end, &keys[path.count])))
            return false;
        path.count++;
        if (at == end)
            break;
        if (*at != '.')
            return false;
    }
    struct fact_key *kept = arena_alloc(arena, path.count * sizeof(*kept));
    memcpy(kept, keys, path.count * sizeof(*kept));
    path.keys = kept;
    *ret = path;
    return true;
}

static const struct node *entry_of(const struct node *map, const struct fact_key *key)
{
    if (!map || map->kind != NODE_MAP)
        return NULL;
    for (const struct node *entry = map->first; entry; entry = entry->next)
        if (node_has_key(entry, key->text, key->length))
            return entry->kind == NODE_NULL ? NULL : entry;
    return NULL;
}

const struct node *fact_path_find(const struct fact_path *path, const struct node *from)
{
    for (size_t i = 0; i < path->count && from; i++)
        from = entry_of(from, &path->keys[i]);
    return from;
}
