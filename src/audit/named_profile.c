#include "audit/named_profile.h"

#include <string.h>

#include "audit/apparmor_container.h"
#include "audit/profile_shelf.h"
#include "audit/seccomp_breadth.h"

struct named {
    struct collector *collector;
    struct profile_source *source;
    const struct situation *situation;
    struct node *fact; /* the container's, which gets breadth */
    const char *key;   /* the profile, and what decides what it is worth */
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

enum { JUDGED_MAX = 1000 }; /* for one file */

/* Many containers name the same: it is judged once for each that differ in what counts, and complained of once. */
static bool is_judged(const struct named *named)
{
    struct collector *collector = named->collector;
    if (!collector->named_profiles)
        collector->named_profiles = node_new_map(collector->arena, NULL);
    const struct node *known = node_get(collector->named_profiles, named->key);
    if (node_is(known, NODE_MAP))
        node_put(collector->arena, named->fact, "breadth", node_copy(collector->arena, known));
    if (known || node_count(collector->named_profiles) < JUDGED_MAX)
        return known;
    complain(named, "more containers that differ name profiles than are judged with them; the profile %s is not judged for all", named->source->name);
    return true;
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
    if (seccomp_breadth_of_container(arena, source->name, source->root, named->situation, &breadth, &err) < 0)
        complain(named, "runtimes refuse the seccomp profile that it names: %s", err.sentence);
    else
        node_put(arena, breadth, "source", node_new_text(arena, source->name, named->fact));
    remember(named, breadth);
}

static void judge_apparmor(const struct named *named)
{
    const struct profile_source *source = named->source;
    if (source->state == PROFILE_UNREADABLE)
        complain(named, "the AppArmor profile that it names is not read: %s", source->why);
    if (source->state != PROFILE_OPEN || is_judged(named))
        return;
    if (profile_shelf_of(named->collector)->rules > SHELF_RULES_MAX)
        complain(named, "the AppArmor profiles that containers name have more rules than are judged with each; %s is not judged for all", source->name);
    else
        remember(named, apparmor_breadth_of_container(named->collector, source, named->situation));
}

/* Seccomp asks for capabilities alone. */
static const char *seccomp_key(const struct named *named)
{
    const struct situation *s = named->situation;
    return arena_printf(named->collector->arena, "%u %llx %llx", named->source->number, (unsigned long long)s->given, (unsigned long long)s->reachable);
}

static void add_paths(struct buf *key, const struct node *list)
{
    static const char *const parts[] = {"source", "target", "read_only", "permissions"};
    for (const struct node *item = node_first(list); item; item = item->next) {
        for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
            const char *text = node_text_at(item, parts[i]);
            buf_printf(key, "%s\n", text ? text : "");
        }
    }
}

/* AppArmor also for what is mounted, and for who it is. */
static const char *apparmor_key(const struct named *named)
{
    const struct situation *s = named->situation;
    AUTO_BUF struct buf key = BUF_INIT;
    buf_printf(&key, "%u %llx %d%d%d%d%d%d%d ", named->source->number, (unsigned long long)s->reachable, s->privileged, s->may_be_root,
               s->user_namespace, s->proc_unmasked, node_is_true(node_get(s->facts, "read_only_root")),
               s->sees_others,
               node_is_true(node_at(s->facts, "pod.service_account_token")));
    add_paths(&key, node_get(s->facts, "mounts"));
    add_paths(&key, node_get(s->facts, "devices"));
    return arena_dup(named->collector->arena, buf_text(&key), key.length);
}

static void judge(struct collector *collector, const struct subject *subject, const struct situation *situation, enum profile_kind kind)
{
    const struct node *fact = node_get(subject->facts, kind == PROFILE_SECCOMP ? "seccomp" : "apparmor");
    struct profile_source *source = node_get(fact, "breadth") ? NULL : profile_source_of(collector, subject, kind);
    struct named named = {
        .collector = collector,
        .source = source,
        .situation = situation,
        .fact = (struct node *)(uintptr_t)fact, /* made for this subject, so it may be added to */
    };
    if (!source)
        return;
    named.key = kind == PROFILE_SECCOMP ? seccomp_key(&named) : apparmor_key(&named);
    if (kind == PROFILE_SECCOMP)
        judge_seccomp(&named);
    else
        judge_apparmor(&named);
}

void named_profile_judge(struct collector *collector, const struct subject *subject)
{
    if (subject->kind != SUBJECT_CONTAINER)
        return;
    const struct situation situation = situation_of(subject->facts);
    judge(collector, subject, &situation, PROFILE_SECCOMP);
    judge(collector, subject, &situation, PROFILE_APPARMOR);
}
