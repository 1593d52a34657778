/* AppArmor text as a document: every profile, child profile and hat is a subject of its own. */
#include <string.h>

#include "audit/apparmor_breadth.h"
#include "audit/collect.h"
#include "audit/facts_rows.h"

static bool is_apparmor(const struct node *root)
{
    return node_is(node_get(root, "apparmor"), NODE_LIST) && node_count(root) == 1;
}

struct walk {
    struct collector *collector;
    struct apparmor_source file;
    size_t profiles;
};

static void take_profile(struct walk *walk, const struct node *block, const struct apparmor_head *head, const char *name)
{
    struct collector *collector = walk->collector;
    const struct subject subject = {
        .kind = SUBJECT_APPARMOR_PROFILE,
        .names = {.kind = "AppArmor profile", .name = name},
        .format = "apparmor",
        .facts = apparmor_breadth_facts(&walk->file, block, head, name),
        .where = block,
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

static void collect_apparmor(struct collector *collector, const struct node *root)
{
    struct walk walk = {.collector = collector};
    const struct node *statements = node_get(root, "apparmor");
    if (!rows_bounded(collector, root))
        return;
    apparmor_source_start(&walk.file, collector->arena, collector->path, statements);
    take_profiles(&walk, statements, NULL, 0);
    if (walk.profiles == 0 && collector->skip)
        collector->skip(collector, "AppArmor rules that other files include");
}

const struct document_kind document_kind_apparmor = {
    .name = "apparmor", .recognises = is_apparmor, .collect = collect_apparmor};
