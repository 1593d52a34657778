/*
 * What the fuzz targets of the audit's readers share: every document is recognised by its kind or not, collected, and every
 * fact of every subject looked at.
 */
#pragma once

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "audit/collect.h"
#include "audit/named_profile.h"
#include "audit/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

enum { FACT_DEPTH_MAX = 110 }; /* raw is as deep as the document */

static inline void fuzz_check(bool holds)
{
    if (!holds)
        abort();
}

static inline void fuzz_check_node(const struct node *node, unsigned depth)
{
    fuzz_check(depth < FACT_DEPTH_MAX && node->kind <= NODE_MAP && node_origin(node));
    if (node->kind == NODE_LIST || node->kind == NODE_MAP) {
        size_t count = 0;
        for (const struct node *entry = node_first(node); entry; entry = entry->next, count++) {
            fuzz_check(node->kind == NODE_LIST || (entry->key && strlen(entry->key) <= entry->key_length));
            fuzz_check_node(entry, depth + 1);
        }
        fuzz_check(count == node->count);
    } else if (node->kind != NODE_NULL) {
        fuzz_check(node->text && node->text[node->length] == '\0');
    }
}

static inline void fuzz_add(struct collector *self, const struct subject *subject)
{
    fuzz_check(subject->kind < SUBJECT_KIND_COUNT && subject->format && subject->names.kind);
    fuzz_check(node_is(subject->facts, NODE_MAP) && subject->where);
    fuzz_check(node_is_text(node_get(subject->facts, "format"), subject->format));
    named_profile_judge(self, subject);
    fuzz_check_node(subject->facts, 0);
}

static inline void __attribute__((format(printf, 3, 4)))
fuzz_miss(struct collector *self, const struct node *where, const char *format, ...)
{
    (void)self;
    (void)where;
    (void)format;
}

static inline void __attribute__((format(printf, 2, 3))) fuzz_skip(struct collector *self, const char *format, ...)
{
    (void)self;
    (void)format;
}

typedef int fuzz_reader(const char *name, const char *bytes, size_t length, struct arena *arena, struct node_stream *ret,
                        struct err *err);

/* kinds ends with NULL. */
static inline void fuzz_collect(const uint8_t *bytes, size_t length, fuzz_reader *read, const struct document_kind *const *kinds)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    AUTO(context_free_cleanup) struct context *context = context_new();
    struct collector collector = {.arena = arena, .context = context, .path = "/nowhere/x", .add = fuzz_add,
                                  .miss = fuzz_miss, .skip = fuzz_skip};
    AUTO_BUF struct buf text = BUF_INIT; /* with a NUL behind it, as files are given */
    buf_add(&text, bytes, length);
    struct node_stream stream = {0};
    struct err err = ERR_INIT;
    int rc = read("input", buf_text(&text), length, arena, &stream, &err);
    fuzz_check((rc < 0) == (err.sentence[0] != '\0'));
    for (size_t i = 0; i < stream.count; i++) {
        fuzz_check_node(stream.documents[i], 0);
        for (size_t j = 0; kinds[j]; j++) {
            if (!kinds[j]->recognises(stream.documents[i]))
                continue;
            if (kinds[j]->offer)
                kinds[j]->offer(&collector, stream.documents[i]);
            kinds[j]->collect(&collector, stream.documents[i]);
        }
    }
}
