#include <string.h>

#include "base/node.h"
#include "base/text.h"

static bool is_plain(const char *key)
{
    return key[0] != '\0' &&
           key[strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")] == '\0';
}

static size_t index_of(const struct node *node)
{
    size_t index = 0;
    for (const struct node *item = node->parent->first; item && item != node; item = item->next)
        index++;
    return index;
}

static void add_key(const struct node *node, bool at_start, struct buf *out)
{
    if (is_plain(node->key) && strlen(node->key) == node->key_length) {
        if (!at_start)
            buf_add_char(out, '.');
        buf_add(out, node->key, node->key_length);
    } else {
        buf_add_text(out, "[\"");
        text_escape(out, node->key, node->key_length);
        buf_add_text(out, "\"]");
    }
}

/* start is the length of out where the path begins. */
static void add_path(const struct node *node, size_t start, struct buf *out)
{
    if (!node->parent)
        return;
    add_path(node->parent, start, out);
    if (node->key)
        add_key(node, out->length == start, out);
    else
        buf_printf(out, "[%zu]", index_of(node));
}

void node_path(const struct node *node, struct buf *out)
{
    if (node)
        add_path(node_origin(node), out->length, out);
}
