/* The grammar of distribution/reference, and its normalisation of familiar names (normalize.go). */
#include "audit/collect.h"

#include <ctype.h>
#include <string.h>

enum { TAG_MAX = 128, NAME_MAX_LENGTH = 255 };

struct span {
    const char *start;
    size_t length;
};

static bool span_is(struct span span, const char *text)
{
    return span.length == strlen(text) && strncmp(span.start, text, span.length) == 0;
}

static bool is_hex(const char *text, size_t length)
{
    return strspn(text, "0123456789abcdef") >= length;
}

/* algorithm ":" at least 32 hex digits. */
static bool is_digest(const char *text)
{
    const char *colon = strchr(text, ':');
    size_t length = colon ? strlen(colon + 1) : 0;
    return colon && colon > text && length >= 32 && strspn(colon + 1, "0123456789abcdefABCDEF") == length &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+._-") == (size_t)(colon - text);
}

static bool is_tag(const char *text)
{
    size_t length = strlen(text);
    if (length == 0 || length > TAG_MAX || *text == '.' || *text == '-')
        return false;
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && !strchr("_.-", *text))
            return false;
    return true;
}

/* Lower-case words between slashes, with ".", "_" or "-" only inside them. */
static bool is_path(struct span path)
{
    if (path.length == 0 || path.length > NAME_MAX_LENGTH)
        return false;
    bool separator_before = true;
    for (size_t i = 0; i < path.length; i++) {
        char c = path.start[i];
        bool word = islower((unsigned char)c) || isdigit((unsigned char)c);
        if (!word && (!strchr("/._-", c) || (c == '/' && separator_before)))
            return false;
        if (!word && separator_before && (i == 0 || path.start[i - 1] == '/'))
            return false;
        separator_before = !word;
    }
    return !separator_before;
}

static bool is_registry(struct span registry)
{
    for (size_t i = 0; i < registry.length; i++)
        if (!isalnum((unsigned char)registry.start[i]) && !strchr(".-:[]", registry.start[i]))
            return false;
    return registry.length > 0;
}

/* What stands before the first slash is a registry when a repository's first word could not look like it. */
static bool names_registry(struct span first)
{
    if (span_is(first, "localhost"))
        return true;
    for (size_t i = 0; i < first.length; i++)
        if (first.start[i] == '.' || first.start[i] == ':' || isupper((unsigned char)first.start[i]))
            return true;
    return false;
}

static void put(struct arena *arena, struct node *image, const char *key, struct span text, const struct node *where)
{
    node_put(arena, image, key, node_new_text(arena, arena_dup(arena, text.start, text.length), where));
}

/* Puts registry and repository; false when the name is none. */
static bool put_name(struct arena *arena, struct node *image, struct span name, const struct node *where)
{
    const char *slash = memchr(name.start, '/', name.length);
    struct span registry = {"docker.io", strlen("docker.io")};
    struct span path = name;
    struct span first = {name.start, slash ? (size_t)(slash - name.start) : 0};
    if (slash && names_registry(first)) {
        registry = span_is(first, "index.docker.io") ? registry : first;
        path = (struct span){slash + 1, name.length - first.length - 1};
    }
    if (!is_registry(registry) || !is_path(path))
        return false;
    if (span_is(registry, "docker.io") && !memchr(path.start, '/', path.length)) {
        const char *official = arena_printf(arena, "library/%.*s", (int)path.length, path.start);
        path = (struct span){official, strlen(official)};
    }
    put(arena, image, "registry", registry, where);
    put(arena, image, "repository", path, where);
    return true;
}

static bool put_parts(struct arena *arena, struct node *image, const char *text, const struct node *where)
{
    const char *at = strchr(text, '@');
    size_t length = at ? (size_t)(at - text) : strlen(text);
    const char *slash = memrchr(text, '/', length);
    const char *tail = slash ? slash : text;
    const char *colon = memchr(tail, ':', length - (size_t)(tail - text));
    const char *tag = colon ? arena_dup(arena, colon + 1, length - (size_t)(colon + 1 - text)) : NULL;
    if ((at && !is_digest(at + 1)) || (tag && !is_tag(tag)))
        return false;
    if (!put_name(arena, image, (struct span){text, colon ? (size_t)(colon - text) : length}, where))
        return false;
    if (tag)
        put(arena, image, "tag", (struct span){tag, strlen(tag)}, where);
    if (at)
        put(arena, image, "digest", (struct span){at + 1, strlen(at + 1)}, where);
    return true;
}

/* An image named by its own id: "sha256:…" or its 64 digits, as `docker inspect` and `docker run` have it. */
static const char *image_id(struct arena *arena, const char *text)
{
    if (strncmp(text, "sha256:", 7) == 0 && strlen(text) == 7 + 64 && is_hex(text + 7, 64))
        return text;
    return strlen(text) == 64 && is_hex(text, 64) ? arena_printf(arena, "sha256:%s", text) : NULL;
}

struct node *facts_image(struct arena *arena, const struct node *reference)
{
    const char *text = node_text(reference);
    if (!text)
        return NULL;
    struct node *image = node_new_map(arena, reference);
    struct node *written = node_new_text(arena, text, reference);
    written->tag = reference->tag;
    node_put(arena, image, "reference", written);
    const char *id = image_id(arena, text);
    if (id)
        put(arena, image, "digest", (struct span){id, strlen(id)}, reference);
    else
        (void)put_parts(arena, image, text, reference);
    return image;
}
