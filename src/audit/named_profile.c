#include "audit/named_profile.h"

#include <string.h>

#include "audit/profile_source.h"
#include "audit/seccomp_breadth.h"
#include "model/capability.h"

struct named {
    struct collector *collector;
    struct profile_source *source;
    struct node *fact;        /* the container's, which gets breadth */
    uint64_t capabilities;
    const char *key;          /* the capabilities and the profile */
};

static void __attribute__((format(printf, 2, 3))) complain(const struct named *named, const char *format, ...)
{
    char words[ERR_SENTENCE_MAX];
    va_list arguments;
    if (named->source->told)
        return;
    va_start(arguments, format);
    (void)vsnprintf(words, sizeof(words), format, arguments);
    va_end(arguments);
    named->source->told = true;
    named->collector->miss(named->collector, node_origin(named->fact), "%s", words);
}

/* Many containers name the same: it is judged once for each set of capabilities, and complained of once. */
static bool is_judged(const struct named *named)
{
    struct collector *collector = named->collector;
    if (!collector->named_profiles)
        collector->named_profiles = node_new_map(collector->arena, NULL);
    const struct node *known = node_get(collector->named_profiles, named->key);
    if (node_is(known, NODE_MAP))
        node_put(collector->arena, named->fact, "breadth", node_copy(collector->arena, known));
    return known;
}

static void remember(const struct named *named, struct node *breadth)
{
    struct collector *collector = named->collector;
    node_put(collector->arena, collector->named_profiles, named->key, breadth ? breadth : node_new_bool(collector->arena, false, NULL));
    if (breadth)
        node_put(collector->arena, named->fact, "breadth", node_copy(collector->arena, breadth));
}

static void judge_seccomp(const struct named *named)
{
    struct arena *arena = named->collector->arena;
    const struct profile_source *source = named->source;
    struct node *breadth = NULL;
    struct err err = ERR_INIT;
    if (source->state == PROFILE_UNREADABLE)
        complain(named, "the seccomp profile that it names is not read: %s", source->why);
    if (source->state != PROFILE_OPEN || is_judged(named))
        return;
    if (seccomp_breadth_of_container(arena, source->name, source->root, named->capabilities, &breadth, &err) < 0)
        complain(named, "runtimes refuse the seccomp profile that it names: %s", err.sentence);
    else
        node_put(arena, breadth, "source", node_new_text(arena, source->name, named->fact));
    remember(named, breadth);
}

static uint64_t capabilities_of(const struct node *facts)
{
    uint64_t bits = 0;
    if (node_is_true(node_get(facts, "privileged")))
        return UINT64_MAX;
    for (const struct node *item = node_first(node_at(facts, "capabilities.effective")); item; item = item->next) {
        const struct data_capabilities *capability = node_text(item) ? capability_by_name(node_text(item)) : NULL;
        if (node_is_text(item, "ALL"))
            return UINT64_MAX;
        bits |= capability ? UINT64_C(1) << capability->number : 0;
    }
    return bits;
}

void named_profile_judge(struct collector *collector, const struct subject *subject)
{
    const struct node *seccomp = node_get(subject->facts, "seccomp");
    struct profile_source *source = node_get(seccomp, "breadth") ? NULL : profile_source_of(collector, subject, PROFILE_SECCOMP);
    if (!source)
        return;
    uint64_t capabilities = capabilities_of(subject->facts);
    judge_seccomp(&(struct named){
        .collector = collector,
        .source = source,
        .fact = (struct node *)(uintptr_t)seccomp, /* made for this subject, so it may be added to */
        .capabilities = capabilities,
        .key = arena_printf(collector->arena, "%llx %u", (unsigned long long)capabilities, source->number),
    });
}
