/*
 * A container of a manifest held against a recording: a recording and a document, parted by a NUL byte. Whatever is read gives facts
 * within their bounds, and what the rules say of them is text that a report can hold.
 */
#include "audit/rule.h"
#include "audit/usage.h"
#include "audit/used_recordings.h"
#include "base/mem.h"
#include "base/node_in.h"
#include "collected_fuzz.h"
#include "model/recording_file.h"

struct held {
    struct collector collector; /* first: hold finds the rest from it */
    const struct used_recordings *recordings;
    const struct rule_set *rules;
};

static void check_lists(const struct node *facts)
{
    for (const struct node *entry = node_first(facts); entry; entry = entry->next) {
        const struct node *first = node_first(entry);
        /* Lists of names are as long as there are capabilities. */
        fuzz_check(entry->kind != NODE_LIST || node_count(entry) <= 64);
        for (; entry->kind == NODE_LIST && first; first = first->next)
            fuzz_check(first->kind == NODE_MAP || node_text(first));
    }
}

static void hold(struct collector *self, const struct subject *container)
{
    struct held *held = (struct held *)self;
    struct verdicts verdicts = {0};
    if (container->kind != SUBJECT_CONTAINER)
        return;
    struct subject subject = *container;
    subject.kind = SUBJECT_RECORDED_CONTAINER;
    subject.facts = usage_facts(self, container, used_recordings_get(held->recordings, 0));
    const struct node *used = node_get(subject.facts, "used");
    fuzz_check(node_is(used, NODE_MAP) && node_text_at(used, "recording"));
    fuzz_check(!node_get(container->facts, "used"));
    fuzz_check_node(used, 0);
    check_lists(used);
    rule_set_judge(held->rules, NULL, &subject, self->arena, &verdicts);
    for (size_t i = 0; i < verdicts.count; i++)
        fuzz_check(verdicts.items[i].where && verdicts.items[i].message[0]);
    free(verdicts.items);
}

static void hold_document(const struct used_recordings *recordings, const struct rule_set *rules, const char *text, size_t length)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    AUTO(context_free_cleanup) struct context *context = context_new();
    struct node_stream stream = {0};
    struct held held = {
        .collector = {.arena = arena, .context = context, .path = "fuzz", .add = hold, .miss = fuzz_miss, .skip = fuzz_skip},
        .recordings = recordings,
        .rules = rules,
    };
    (void)yaml_read("fuzz", text, length, arena, &stream, NULL);
    for (size_t i = 0; i < stream.count; i++) {
        const struct document_kind *kind = document_kind_of(stream.documents[i]);
        if (kind)
            kind->collect(&held.collector, stream.documents[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const char *start = (const char *)bytes;
    const char *second = length ? memchr(start, '\0', length) : NULL;
    struct recording *recording = NULL;
    char pattern[] = "PG0*";
    char *only[] = {pattern};
    const char *unknown;
    if (!second || recording_parse("r", start, (size_t)(second - start), &recording, NULL) < 0)
        return 0;
    if (recording->run_count == 0) {
        recording_free(recording);
        return 0;
    }
    AUTO(used_recordings_free_cleanup) struct used_recordings *recordings = used_recordings_new();
    AUTO(rule_set_free_cleanup) struct rule_set *rules = rule_set_new();
    used_recordings_put(recordings, "r", NULL, recording);
    used_recordings_prepare(recordings);
    fuzz_check(rule_set_add_built_in(rules, NULL) == 0 && rule_set_keep_only(rules, only, 1, &unknown));
    hold_document(recordings, rules, second + 1, length - (size_t)(second + 1 - start));
    return 0;
}
