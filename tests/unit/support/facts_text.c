#include "support/facts_text.h"

#include <string.h>

static void add_value(const char *path, const char *value, const struct node *node, struct buf *out)
{
    const struct node *origin = node_origin(node);
    buf_printf(out, "%s=%s", path, value);
    if (origin->line)
        buf_printf(out, "@%u:%u", origin->line, origin->column);
    buf_add_char(out, '\n');
}

static bool all_texts(const struct node *list)
{
    for (const struct node *item = node_first(list); item; item = item->next)
        if (!node_text(item))
            return false;
    return true;
}

static void add_node(const char *path, const struct node *node, struct buf *out);

static void add_list(const char *path, const struct node *list, struct buf *out)
{
    if (list->count > 0 && !all_texts(list)) {
        size_t number = 0;
        for (const struct node *item = list->first; item; item = item->next) {
            AUTO_FREE char *below = mem_printf("%s[%zu]", path, number++);
            add_node(below, item, out);
        }
        return;
    }
    AUTO_BUF struct buf line = BUF_INIT;
    for (const struct node *item = list->first; item; item = item->next)
        buf_printf(&line, "%s%s", line.length ? "," : "", node_text(item));
    bool placed = list->count == 0 || node_origin(list)->line;
    add_value(path, list->count ? buf_text(&line) : "[]", placed ? list : list->first, out);
}

static void add_node(const char *path, const struct node *node, struct buf *out)
{
    const char *text = node_text(node);
    if (text)
        add_value(path, text, node, out);
    else if (node_is(node, NODE_LIST))
        add_list(path, node, out);
    else if (node_is(node, NODE_MAP) && node->count > 0)
        facts_text(path, node, out);
    else
        add_value(path, node_is(node, NODE_MAP) ? "{}" : "null", node, out);
}

static bool is_large(const char *key)
{
    static const char *const keys[] = {"raw", "object", "pod", "containers"};
    for (size_t i = 0; i < ARRAY_COUNT(keys); i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

void facts_text(const char *prefix, const struct node *facts, struct buf *out)
{
    for (const struct node *fact = node_first(facts); fact; fact = fact->next) {
        AUTO_FREE char *path = mem_printf("%s%s%s", prefix, *prefix ? "." : "", fact->key);
        if (!is_large(fact->key))
            add_node(path, fact, out);
    }
}
