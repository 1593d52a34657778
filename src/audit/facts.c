#include "audit/collect.h"

#include <string.h>

const char *facts_path(struct arena *arena, const char *path)
{
    if (path[0] != '/')
        return path;
    char *out = arena_alloc(arena, strlen(path) + 2);
    size_t length = 0; /* of what stands in out, always without a slash at the end */
    while (*path) {
        path += strspn(path, "/");
        size_t part = strcspn(path, "/");
        if (part == 2 && memcmp(path, "..", 2) == 0) {
            while (length > 0 && out[--length] != '/')
                continue;
        } else if (part > 0 && !(part == 1 && path[0] == '.')) {
            out[length++] = '/';
            memcpy(out + length, path, part);
            length += part;
        }
        path += part;
    }
    if (length == 0)
        out[length++] = '/';
    out[length] = '\0';
    return out;
}

/* A line break is no blank here: it ends a shell command. */
static void add_words(struct buf *out, const char *text)
{
    while (*text) {
        text += strspn(text, " \t");
        size_t length = strcspn(text, " \t");
        if (length && out->length)
            buf_add_char(out, ' ');
        buf_add(out, text, length);
        text += length;
    }
}

static void add_command(struct buf *out, const struct node *node)
{
    const char *text = node_text(node);
    if (text)
        add_words(out, text);
    for (const struct node *item = node_is(node, NODE_LIST) ? node_first(node) : NULL; item; item = item->next) {
        const char *word = node_text(item);
        if (!word)
            continue;
        if (out->length)
            buf_add_char(out, ' ');
        buf_add_text(out, word);
    }
}

struct node *facts_command(struct arena *arena, const struct node *one, const struct node *two)
{
    AUTO_BUF struct buf out = BUF_INIT;
    add_command(&out, one);
    add_command(&out, two);
    return out.length ? node_new_text(arena, buf_text(&out), one ? one : two) : NULL;
}
