/* AppArmor text as a document: every profile, child profile and hat is a subject of its own. */
#include "audit/apparmor_document.h"

#include <string.h>

#include "audit/apparmor_breadth.h"
#include "audit/facts_rows.h"
#include "audit/profile_pool.h"

static bool is_apparmor(const struct node *root)
{
    return node_is(node_get(root, "apparmor"), NODE_LIST) && node_count(root) == 1;
}

struct walk {
    struct collector *collector;
    const struct subject *in;
    struct apparmor_source file;
    size_t profiles;
};

static void take_profile(struct walk *walk, const struct node *block, const struct apparmor_head *head, const char *name)
{
    struct collector *collector = walk->collector;
    const struct subject subject = {
        .kind = SUBJECT_APPARMOR_PROFILE,
        .names = {.kind = "AppArmor profile", .namespace_ = walk->in->names.namespace_, .name = name},
        .format = "apparmor",
        .facts = apparmor_breadth_facts(&walk->file, block, head, name),
        .where = node_origin(block),
        .metadata = walk->in->metadata,
    };
    walk->profiles++;
    collector->add(collector, &subject);
}

static void take_profiles(struct walk *walk, const struct node *list, const char *parent, unsigned depth)
{
    struct collector *collector = walk->collector;
    struct apparmor_head head;
    for (const struct node *one = node_first(list); one && depth < APPARMOR_NESTING_MAX; one = one->next) {
        if (!apparmor_head_read(collector->arena, one, &head))
            continue;
        const char *name = parent ? arena_printf(collector->arena, "%s//%s", parent, head.name) : head.name;
        if (!parent)
            context_add(collector->context, CONTEXT_APPARMOR_PROFILE, "", name, "");
        take_profile(walk, one, &head, name);
        take_profiles(walk, node_get(one, "body"), name, depth + 1);
    }
}

const char *const *apparmor_document_names(struct arena *arena, const struct node *statements, size_t *ret_count)
{
    struct apparmor_head head;
    size_t count = 0;
    const char **names = arena_alloc(arena, (node_count(statements) + 1) * sizeof(*names));
    for (const struct node *one = node_first(statements); one; one = one->next)
        if (apparmor_head_read(arena, one, &head))
            names[count++] = head.name;
    *ret_count = count;
    return names;
}

size_t apparmor_document_profiles(struct collector *collector, const struct node *statements, const struct subject *in)
{
    struct walk walk = {.collector = collector, .in = in};
    apparmor_source_start(&walk.file, collector->arena, collector->path, statements);
    take_profiles(&walk, statements, NULL, 0);
    return walk.profiles;
}

static void collect_apparmor(struct collector *collector, const struct node *root)
{
    if (!rows_bounded(collector, root))
        return;
    if (apparmor_document_profiles(collector, node_get(root, "apparmor"), &(struct subject){0}) == 0 && collector->skip)
        collector->skip(collector, "AppArmor rules that other files include");
}

static void offer_apparmor(struct collector *collector, const struct node *root)
{
    const struct node *statements = node_get(root, "apparmor");
    struct profile_offer offer = {.kind = PROFILE_APPARMOR, .by = OFFER_BY_NAME, .path = collector->path, .line = root->line};
    offer.names = apparmor_document_names(collector->arena, statements, &offer.name_count);
    if (offer.name_count > 0)
        profile_pool_add(context_profiles(collector->context), &offer);
}

const struct document_kind document_kind_apparmor = {
    .name = "apparmor", .recognises = is_apparmor, .offer = offer_apparmor, .collect = collect_apparmor};
