#include "support/node_dump.h"

#include <inttypes.h>

#include "base/text.h"

static void dump_children(const struct node *node, struct buf *out)
{
    buf_add_char(out, node->kind == NODE_MAP ? '{' : '[');
    for (const struct node *item = node_first(node); item; item = item->next) {
        if (item != node_first(node))
            buf_add_text(out, ", ");
        if (item->key) {
            text_escape(out, item->key, item->key_length);
            buf_add_text(out, ": ");
        }
        node_dump(item, out);
    }
    buf_add_char(out, node->kind == NODE_MAP ? '}' : ']');
}

void node_dump(const struct node *node, struct buf *out)
{
    if (node->tag == NODE_TAG_RESET || node->tag == NODE_TAG_OVERRIDE)
        buf_add_text(out, node->tag == NODE_TAG_RESET ? "!reset " : "!override ");
    if (node->aliased)
        buf_add_char(out, '*');
    switch ((enum node_kind)node->kind) {
    case NODE_NULL:
        buf_add_text(out, "null");
        break;
    case NODE_BOOL:
        buf_add_text(out, node_is_true(node) ? "true" : "false");
        break;
    case NODE_INT:
        buf_printf(out, "%" PRId64, node->integer);
        break;
    case NODE_FLOAT:
        buf_printf(out, "float %s", node->text);
        break;
    case NODE_STRING:
        buf_add_char(out, '"');
        text_escape(out, node->text, node->length);
        buf_add_char(out, '"');
        break;
    case NODE_LIST:
    case NODE_MAP:
        dump_children(node, out);
        break;
    }
}

void node_dump_stream(const struct node_stream *stream, struct buf *out)
{
    for (size_t i = 0; i < stream->count; i++) {
        buf_add_text(out, i > 0 ? " --- " : "");
        node_dump(stream->documents[i], out);
    }
    if (stream->empty_count > 0)
        buf_printf(out, " (%zu empty)", stream->empty_count);
    for (const struct node_duplicate *twice = stream->duplicates; twice; twice = twice->next)
        buf_printf(out, " (%s %u:%u was %u)", twice->key, twice->line, twice->column, twice->first_line);
}

void node_dump_places(const struct node *node, struct buf *out)
{
    node_path(node, out);
    buf_printf(out, "%s%u:%u %u:%u\n", node->parent ? " " : "", node->line, node->column, node->value_line,
               node->value_column);
    for (const struct node *item = node_first(node); item; item = item->next)
        node_dump_places(item, out);
}
