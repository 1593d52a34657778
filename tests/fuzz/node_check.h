/*
 * What every tree of nodes must hold to, whichever reader made it; aborts when it does not.
 */
#pragma once

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/node_in.h"

struct node_check {
    uint32_t lines; /* of the file */
    size_t length;
    size_t walked;
};

#define CHECK(condition) ((condition) ? (void)0 : abort())

static inline void node_check_place(const struct node_check *check, uint32_t line, uint32_t column)
{
    CHECK(line >= 1 && line <= check->lines && column >= 1 && column <= check->length + 1);
}

static inline void node_check_tree(struct node_check *check, const struct node *node, unsigned depth)
{
    CHECK(check->walked++ < NODE_COUNT_MAX && depth <= NODE_DEPTH_MAX);
    node_check_place(check, node->line, node->column);
    node_check_place(check, node->value_line, node->value_column);
    if (node->kind != NODE_LIST && node->kind != NODE_MAP) {
        CHECK(node->text && node->text[node->length] == '\0');
        return;
    }
    size_t count = 0;
    const struct node *last = NULL;
    for (const struct node *item = node->first; item; item = item->next) {
        CHECK((item->key != NULL) == (node->kind == NODE_MAP));
        CHECK(!item->key || item->key[item->key_length] == '\0');
        /* An alias shares the children of its anchor. */
        CHECK(item->parent == node || (node->aliased && item->parent->first == node->first));
        node_check_tree(check, item, depth + 1);
        last = item;
        count++;
    }
    CHECK(node->count == count && node->last == last);
}

/* rc and err are what the reader gave for these bytes. */
static inline void node_check_stream(const char *bytes, size_t length, int rc, const struct node_stream *stream,
                                     const struct err *err)
{
    struct node_check check = {.lines = 1, .length = length * 2};
    for (size_t i = 0; i < length; i++)
        check.lines += bytes[i] == '\n' || bytes[i] == '\r';
    CHECK(rc == -EINVAL || rc == -E2BIG || rc == 0);
    CHECK((rc < 0) == (err->sentence[0] != '\0') && (rc < 0) == (stream->error_line > 0));
    if (rc < 0)
        node_check_place(&check, stream->error_line, stream->error_column);
    for (size_t i = 0; i < stream->count; i++) {
        CHECK(!stream->documents[i]->parent && stream->documents[i]->kind != NODE_NULL);
        node_check_tree(&check, stream->documents[i], stream->documents[i]->kind >= NODE_LIST ? 1 : 0);
    }
    const struct node_duplicate *before = NULL;
    for (const struct node_duplicate *twice = stream->duplicates; twice; before = twice, twice = twice->next) {
        node_check_place(&check, twice->line, twice->column);
        CHECK(twice->first_line <= twice->line);
        CHECK(!before || before->line < twice->line || (before->line == twice->line && before->column < twice->column));
    }
}
