/* What a manifest gives, as text: one line for each subject, one for each of its facts, one for each thing that could not be seen. */
#pragma once

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "audit/collect.h"
#include "base/node_in.h"
#include "support/facts_text.h"

struct seen {
    struct collector collector; /* first: add and miss find the rest from it */
    struct arena *arena;
    struct context *context;
    struct buf text;
    size_t subjects, misses;
};

static const char *or_dash(const char *text)
{
    return text ? text : "-";
}

/* "pod Deployment default/web@9:5", "container Pod -/web app@12:7"; facts follow with the first word, or the container's
 * name, in front. */
static inline void seen_add(struct collector *self, const struct subject *subject)
{
    struct seen *seen = (struct seen *)self;
    const struct finding_subject *names = &subject->names;
    const char *prefix = names->container ? names->container : subject_kind_name(subject->kind);
    seen->subjects++;
    buf_printf(&seen->text, "%s %s %s/%s", subject_kind_name(subject->kind), names->kind, or_dash(names->namespace_),
               or_dash(names->name));
    if (names->container)
        buf_printf(&seen->text, " %s", names->container);
    buf_printf(&seen->text, "@%u:%u\n", subject->where->line, subject->where->column);
    facts_text(prefix, subject->facts, &seen->text);
}

static inline void __attribute__((format(printf, 3, 4)))
seen_miss(struct collector *self, const struct node *where, const char *format, ...)
{
    struct seen *seen = (struct seen *)self;
    char sentence[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof(sentence), format, arguments);
    va_end(arguments);
    seen->misses++;
    buf_printf(&seen->text, "miss %s@%u:%u\n", sentence, node_origin(where)->line, node_origin(where)->column);
}

static inline void seen_init(struct seen *seen)
{
    *seen = (struct seen){.arena = arena_new(), .context = context_new()};
    seen->collector = (struct collector){
        .arena = seen->arena, .context = seen->context, .path = "test.yaml", .add = seen_add, .miss = seen_miss};
}

static inline void seen_done(struct seen *seen)
{
    buf_done(&seen->text);
    context_free(seen->context);
    arena_free(seen->arena);
}

/* All documents of a manifest; how many of them are of Kubernetes. */
static inline size_t seen_read(struct seen *seen, const char *manifest)
{
    struct node_stream stream = {0};
    struct err err = ERR_INIT;
    size_t count = 0;
    cr_assert_eq(yaml_read("test.yaml", manifest, strlen(manifest), seen->arena, &stream, &err), 0, "%s\n%s", err.sentence,
                 manifest);
    for (size_t i = 0; i < stream.count; i++)
        if (document_kind_kubernetes.recognises(stream.documents[i]))
            document_kind_kubernetes.offer(&seen->collector, stream.documents[i]);
    for (size_t i = 0; i < stream.count; i++) {
        if (!document_kind_kubernetes.recognises(stream.documents[i]))
            continue;
        document_kind_kubernetes.collect(&seen->collector, stream.documents[i]);
        count++;
    }
    return count;
}

/* Every line of wanted is a line of what was seen; "!app.user" means that no line begins with these words. */
static inline void seen_holds(const struct seen *seen, const char *name, const char *wanted)
{
    const char *text = buf_text(&seen->text);
    while (*wanted) {
        size_t length = strcspn(wanted, "\n");
        bool absent = *wanted == '!';
        AUTO_FREE char *line = mem_printf("\n%.*s%s", (int)(length - absent), wanted + absent, absent ? "" : "\n");
        AUTO_FREE char *whole = mem_printf("\n%s", text);
        if (absent)
            cr_expect_null(strstr(whole, line), "%s: there is%s in\n%s", name, line, text);
        else
            cr_expect_not_null(strstr(whole, line), "%s: no line%s in\n%s", name, line, text);
        wanted += length + (wanted[length] == '\n');
    }
}
