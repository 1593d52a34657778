#include <string.h>

#include "base/mem.h"
#include "base/toml_part.h"

uint32_t toml_table_add(struct toml_in *in, struct node *node, unsigned depth)
{
    MEM_GROW(in->tables, in->table_count, in->table_capacity);
    in->tables[in->table_count] = (struct toml_table){.node = node, .depth = depth};
    return (uint32_t)in->table_count++;
}

struct toml_slot *toml_table_slot(struct toml_in *in, uint32_t table, const struct toml_key *key)
{
    buf_clear(&in->scratch);
    buf_add(&in->scratch, &table, sizeof(table));
    buf_add(&in->scratch, key->text, key->length);
    uint32_t number = intern_add(in->keys, in->scratch.data, in->scratch.length);
    if (number == in->slot_count) {
        MEM_GROW(in->slots, in->slot_count, in->slot_capacity);
        in->slots[in->slot_count++] = (struct toml_slot){.how = TOML_NONE};
    }
    return &in->slots[number];
}

void toml_table_put(struct toml_in *in, uint32_t table, const struct toml_key *key, struct node *node)
{
    node->key = key->text;
    node->key_length = (uint32_t)key->length;
    node->line = key->line;
    node->column = key->column;
    node_append(in->tables[table].node, node);
}

static int make_table(struct toml_in *in, uint32_t *table, const struct toml_key *key, enum toml_how make)
{
    unsigned depth = in->tables[*table].depth + 1;
    if (depth > NODE_DEPTH_MAX)
        return toml_fail(in, -E2BIG, in->at, "nests deeper than %d levels", NODE_DEPTH_MAX);
    struct node *node = toml_node(in, NODE_MAP);
    if (!node)
        return -E2BIG;
    toml_table_put(in, *table, key, node);
    node->value_line = key->line;
    node->value_column = key->column;
    struct toml_slot *slot = toml_table_slot(in, *table, key);
    slot->how = make;
    slot->node = node;
    slot->table = toml_table_add(in, node, depth);
    *table = slot->table;
    return 0;
}

int toml_table_descend(struct toml_in *in, uint32_t *table, const struct toml_key *key, enum toml_how make)
{
    struct toml_slot *slot = toml_table_slot(in, *table, key);
    bool by_key = make == TOML_DOTTED;
    switch (slot->how) {
    case TOML_NONE:
        return make_table(in, table, key, make);
    case TOML_VALUE:
        return toml_fail_key(in, key, "has a value already, to which nothing can be added", slot->node);
    case TOML_HEADER:
    case TOML_ARRAY:
        if (by_key)
            return toml_fail_key(in, key, "has a header of its own, outside of which nothing can be added",
                                 slot->node);
        break;
    case TOML_IMPLICIT:
        /* From here on it is a table that keys made: a header of its own would define it once more. */
        if (by_key)
            slot->how = TOML_DOTTED;
        break;
    case TOML_DOTTED:
        break;
    }
    *table = slot->table;
    return 0;
}
