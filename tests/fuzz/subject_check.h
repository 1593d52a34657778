/*
 * What holds for every subject that a collector makes: its facts are a tree within bounds, and each was taken from the
 * document that is audited, so that a finding's line is of that file. Anything else aborts.
 */
#pragma once

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/collect.h"

struct subject_check {
    struct collector collector; /* first: the functions below find the rest from it */
    const struct node *document;
};

static void subject_check_facts(const struct subject_check *check, const struct node *fact, unsigned depth)
{
    const struct node *top = fact->origin;
    while (top && top->parent)
        top = top->parent;
    if ((top && top != check->document) || depth > 20)
        abort();
    size_t entries = 0;
    for (const struct node *entry = node_first(fact); entry; entry = entry->next, entries++) {
        bool file = depth == 0 && (strcmp(entry->key, "raw") == 0 || strcmp(entry->key, "object") == 0);
        if (!file)
            subject_check_facts(check, entry, depth + 1);
    }
    if (entries != node_count(fact))
        abort();
}

static void subject_check_add(struct collector *self, const struct subject *subject)
{
    static const char *const types[] = {"unconfined", "default", "localhost", NULL};
    struct subject_check *check = (struct subject_check *)self;
    const char *seccomp = node_text_at(subject->facts, "seccomp.type");
    bool known = !seccomp;
    for (size_t i = 0; types[i] && seccomp; i++)
        known = known || strcmp(types[i], seccomp) == 0;
    if (!known || !subject->names.kind || !subject->where || subject->where->origin || !node_get(subject->facts, "format"))
        abort();
    if (subject->kind == SUBJECT_CONTAINER)
        subject_check_facts(check, subject->facts, 0);
}

static void __attribute__((format(printf, 3, 4)))
subject_check_miss(struct collector *self, const struct node *where, const char *format, ...)
{
    char sentence[512];
    va_list arguments;
    (void)self, (void)where;
    va_start(arguments, format);
    if (vsnprintf(sentence, sizeof(sentence), format, arguments) <= 0)
        abort();
    va_end(arguments);
}

static void __attribute__((format(printf, 2, 3))) subject_check_skip(struct collector *self, const char *format, ...)
{
    (void)self;
    if (!*format)
        abort();
}

static inline void subject_check_document(const struct document_kind *kind, const char *path,
                                          const struct node *document, struct arena *arena, struct context *context)
{
    struct subject_check check = {
        .collector = {.arena = arena, .context = context, .path = path, .add = subject_check_add,
                      .miss = subject_check_miss, .skip = subject_check_skip},
        .document = document,
    };
    if (!kind->recognises(document))
        return;
    if (kind->offer)
        kind->offer(&check.collector, document);
    kind->collect(&check.collector, document);
}
