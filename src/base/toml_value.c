#include <string.h>

#include "base/toml_part.h"

static int read_string(struct toml_in *in, struct node **ret)
{
    struct node *node = toml_node(in, NODE_STRING);
    if (!node)
        return -E2BIG;
    node->quoted = true;
    *ret = node;
    return toml_text_read(in, true, &node->text, &node->length);
}

static int read_items(struct toml_in *in, unsigned depth, struct node *list)
{
    for (;;) {
        int rc = toml_skip_lines(in);
        if (rc < 0 || toml_take(in, "]"))
            return rc;
        struct node *item = NULL;
        rc = toml_value_read(in, depth, &item);
        if (rc < 0)
            return rc;
        node_append(list, item);
        rc = toml_skip_lines(in);
        if (rc < 0)
            return rc;
        if (!toml_take(in, ",") && !toml_is_next(in, ']'))
            return toml_fail(in, -EINVAL, in->at, "not valid TOML: a comma or ] is missing here");
    }
}

/* All on one line, and no comma behind the last pair. */
static int read_pairs(struct toml_in *in, uint32_t table)
{
    toml_skip_blanks(in);
    if (toml_take(in, "}"))
        return 0;
    for (;;) {
        int rc = toml_pair_read(in, table);
        if (rc < 0)
            return rc;
        toml_skip_blanks(in);
        if (toml_take(in, "}"))
            return 0;
        if (!toml_take(in, ","))
            return toml_fail(in, -EINVAL, in->at, "not valid TOML: a comma or } is missing here");
        toml_skip_blanks(in);
    }
}

int toml_value_read(struct toml_in *in, unsigned depth, struct node **ret)
{
    char c = in->at < in->end ? *in->at : '\0';
    if (c == '"' || c == '\'')
        return read_string(in, ret);
    if (c != '[' && c != '{')
        return toml_number_read(in, ret);
    if (depth == NODE_DEPTH_MAX)
        return toml_fail(in, -E2BIG, in->at, "nests deeper than %d levels", NODE_DEPTH_MAX);
    struct node *node = toml_node(in, c == '[' ? NODE_LIST : NODE_MAP);
    if (!node)
        return -E2BIG;
    *ret = node;
    in->at++;
    return c == '[' ? read_items(in, depth + 1, node) : read_pairs(in, toml_table_add(in, node, depth + 1));
}
