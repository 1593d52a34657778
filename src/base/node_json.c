#include "base/node_json.h"

#include <stdint.h>

#include "base/json_out.h"
#include "base/num.h"

static bool add(struct json_out *json, const struct node *node);

static bool add_items(struct json_out *json, const struct node *node)
{
    bool is_map = node->kind == NODE_MAP;
    if (json->depth + 1 >= JSON_DEPTH_MAX)
        return false;
    if (is_map)
        json_out_inline_object(json);
    else
        json_out_inline_array(json);
    for (const struct node *item = node->first; item; item = item->next) {
        if (is_map)
            json_out_key(json, item->key);
        if (!add(json, item))
            return false;
    }
    json_out_end(json, is_map ? '}' : ']');
    return true;
}

static bool add(struct json_out *json, const struct node *node)
{
    uint64_t number = 0;
    switch ((enum node_kind)node->kind) {
    case NODE_NULL:
        json_out_null(json);
        return true;
    case NODE_BOOL:
        json_out_bool(json, node->integer != 0);
        return true;
    case NODE_INT:
        json_out_i64(json, node->integer);
        return true;
    case NODE_FLOAT:
        /* Whole numbers beyond int64_t are floats to the readers. */
        if (num_parse_u64(node->text, UINT64_MAX, &number))
            json_out_u64(json, number);
        else
            json_out_text(json, node->text);
        return true;
    case NODE_STRING:
        json_out_text(json, node->text);
        return true;
    case NODE_LIST:
    case NODE_MAP:
        return add_items(json, node);
    }
    return false;
}

bool node_json(const struct node *node, struct buf *out)
{
    struct json_out json;
    json_out_init(&json, out);
    return add(&json, node);
}
