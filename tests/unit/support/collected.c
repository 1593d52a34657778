#include "support/collected.h"

#include <stdarg.h>
#include <string.h>

#include "base/node_in.h"

static void print_fact(struct buf *out, const char *subject, struct buf *path, const struct node *fact)
{
    size_t length = path->length;
    if (fact->kind != NODE_LIST && fact->kind != NODE_MAP) {
        buf_printf(out, "%s: %s=%s@%u:%u\n", subject, buf_text(path), node_text(fact) ? node_text(fact) : "null",
                   fact->line, fact->column);
        return;
    }
    unsigned index = 0;
    for (const struct node *entry = node_first(fact); entry; entry = entry->next) {
        if (!length && entry->key && (strcmp(entry->key, "raw") == 0 || strcmp(entry->key, "object") == 0))
            continue;
        if (fact->kind == NODE_MAP)
            buf_printf(path, "%s%s", length ? "." : "", entry->key);
        else
            buf_printf(path, "[%u]", index++);
        print_fact(out, subject, path, entry);
        path->length = length;
        path->data[length] = '\0';
    }
    if (node_count(fact) == 0)
        buf_printf(out, "%s: %s=%s@%u:%u\n", subject, buf_text(path), fact->kind == NODE_LIST ? "[]" : "{}", fact->line,
                   fact->column);
}

/* What a fact was taken from stands in the audited document itself, or its line would be of another file. */
static void check_origin(struct collected *collected, const struct node *fact)
{
    const struct node *top = fact->origin;
    while (top && top->parent)
        top = top->parent;
    if (top && top != collected->document)
        buf_printf(&collected->misses, "a fact points outside of the document: line %u\n", fact->origin->line);
    for (const struct node *entry = node_first(fact); entry; entry = entry->next)
        if (!entry->key || (strcmp(entry->key, "raw") != 0 && strcmp(entry->key, "object") != 0))
            check_origin(collected, entry);
}

static void add(struct collector *self, const struct subject *subject)
{
    struct collected *collected = (struct collected *)self;
    check_origin(collected, subject->facts);
    AUTO_BUF struct buf path = BUF_INIT;
    collected->subjects++;
    const char *name = subject->names.name ? subject->names.name : "-";
    buf_printf(&collected->facts, "%s: where@%u:%u\n", name, subject->where->line, subject->where->column);
    print_fact(&collected->facts, name, &path, subject->facts);
}

static void __attribute__((format(printf, 3, 4)))
miss(struct collector *self, const struct node *where, const char *format, ...)
{
    struct collected *collected = (struct collected *)self;
    va_list args;
    va_start(args, format);
    AUTO_FREE char *sentence = NULL;
    if (vasprintf(&sentence, format, args) >= 0)
        buf_printf(&collected->misses, "%u: %s\n", where ? node_origin(where)->line : 0, sentence);
    va_end(args);
}

static void __attribute__((format(printf, 2, 3))) skip(struct collector *self, const char *format, ...)
{
    struct collected *collected = (struct collected *)self;
    va_list args;
    va_start(args, format);
    AUTO_FREE char *sentence = NULL;
    if (vasprintf(&sentence, format, args) >= 0)
        buf_printf(&collected->skips, "%s\n", sentence);
    va_end(args);
}

void collected_from(struct collected *ret, const struct document_kind *kind, const char *path, const char *text)
{
    collected_read(ret, kind, path, text, *text == '{' || *text == '[' ? json_read : yaml_read);
}

void collected_read(struct collected *ret, const struct document_kind *kind, const char *path, const char *text,
                    collected_reader *reader)
{
    *ret = (struct collected){.collector = {.arena = arena_new(), .context = context_new(), .path = path,
                                            .add = add, .miss = miss, .skip = skip}};
    struct node_stream stream = {0};
    struct err err = ERR_INIT;
    if (reader("text", text, strlen(text), ret->collector.arena, &stream, &err) < 0)
        buf_printf(&ret->misses, "%s\n", err.sentence);
    for (size_t i = 0; i < stream.count; i++)
        if (kind->offer && kind->recognises(stream.documents[i]))
            kind->offer(&ret->collector, stream.documents[i]);
    for (size_t i = 0; i < stream.count; i++) {
        ret->document = stream.documents[i];
        if (kind->recognises(stream.documents[i]))
            kind->collect(&ret->collector, stream.documents[i]);
        else
            buf_printf(&ret->skips, "not recognised\n");
    }
}

void collected_done(struct collected *collected)
{
    arena_free(collected->collector.arena);
    context_free(collected->collector.context);
    buf_done(&collected->facts);
    buf_done(&collected->misses);
    buf_done(&collected->skips);
}

/* whole: the line as it is; otherwise its beginning. */
static bool stands_in(const struct buf *lines, const char *line, size_t length, bool whole)
{
    for (const char *at = buf_text(lines); *at;) {
        size_t own = strcspn(at, "\n");
        if (own >= length && memcmp(at, line, length) == 0 && (!whole || own == length))
            return true;
        at += own + (at[own] == '\n');
    }
    return false;
}

bool collected_has(const char *what, const struct buf *lines, const char *expected)
{
    bool all = true;
    while (*expected) {
        size_t length = strcspn(expected, "\n");
        bool absent = *expected == '!';
        if (stands_in(lines, expected + absent, length - absent, !absent) == absent) {
            fprintf(stderr, "%s: %s: %.*s\nin:\n%s", what, absent ? "is there" : "is missing", (int)(length - absent),
                    expected + absent, buf_text(lines));
            all = false;
        }
        expected += length + (expected[length] == '\n');
    }
    return all;
}
