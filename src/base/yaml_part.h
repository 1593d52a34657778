/*
 * The parts of the YAML reader, which share what has been read so far.
 *
 * yaml_in.c takes libyaml's events from beginning to end, yaml_tree.c makes nodes of them, yaml_merge.c resolves <<.
 * yaml_text.h, yaml_scalar.h and yaml_anchors.h stand by themselves.
 */
#pragma once

#include <yaml.h>

#include "base/node_in.h"
#include "base/node_keys.h"
#include "base/yaml_anchors.h"
#include "base/yaml_text.h"

/* A list or map that has begun and not ended. */
struct yaml_frame {
    struct node *node;
    size_t total_before; /* nodes of the file up to this one */
    unsigned height;     /* of the highest of its children */
    uint32_t anchor;     /* its number, or YAML_NO_ANCHOR */
    bool merges;
    bool has_key; /* the key below waits for its value */
    const char *key;
    uint32_t key_length, key_line, key_column;
};

struct yaml_in {
    const char *name;
    struct arena *arena;
    struct err *err;
    struct yaml_text text;
    struct yaml_place place;
    yaml_parser_t parser;
    struct yaml_anchors *anchors;
    struct node_keys keys;
    struct yaml_frame frames[NODE_DEPTH_MAX];
    unsigned depth;
    struct node *root;
    size_t total; /* nodes of the file, aliases unfolded */
    const struct node **documents;
    size_t count, capacity, empty_count;
    bool ended; /* the last document by "..." */
    uint32_t error_line, error_column;
};

/* "NAME:LINE:COLUMN: …"; gives code. */
int yaml_fail_at(struct yaml_in *in, int code, uint32_t line, uint32_t column, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
#define yaml_fail(in, code, mark, ...)                                                                      \
    ({                                                                                                      \
        uint32_t line_, column_;                                                                            \
        yaml_find_place((in), &(in)->place, (mark), &line_, &column_);                                      \
        yaml_fail_at((in), (code), line_, column_, __VA_ARGS__);                                            \
    })
/* Where a mark is; place is moved to it. Events come in the order of the file, so that place only ever moves forward. */
void yaml_find_place(struct yaml_in *in, struct yaml_place *place, const yaml_mark_t *mark, uint32_t *ret_line,
                     uint32_t *ret_column);

/* An event of the inside of a document. */
int yaml_tree_take(struct yaml_in *in, const yaml_event_t *event);

/* The key of an entry that merges: known by its address, because "<<" in quotes is a key like others. */
extern const char yaml_merge_key[];
/* Takes the entries that merge out of the map, and puts what they stand for behind those that stay. */
int yaml_merge_resolve(struct yaml_in *in, struct node *map);
