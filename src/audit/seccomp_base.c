#include "audit/seccomp_base.h"

#include <string.h>

#include "audit/profile_find.h"

enum { BASES_MAX = 8 };

static const struct node *find_base(struct collector *collector, const struct node *name, const char *namespace_)
{
    const char *base = node_text(name);
    struct arena *arena = collector->arena;
    const struct node *root = NULL;
    struct err err = ERR_INIT;
    if (namespace_ && profile_find_object(collector, arena_printf(arena, "operator/%s/%s.json", namespace_, base), name, &root, &err) == 1)
        return root;
    return profile_find_object(collector, arena_printf(arena, "operator/%s.json", base), name, &root, &err) == 1 ? root : NULL;
}

static void add_rules(struct arena *arena, struct node *list, const struct node *root)
{
    const struct node *rules = node_get(root, "syscalls");
    for (const struct node *rule = node_is(rules, NODE_LIST) ? node_first(rules) : NULL; rule; rule = rule->next)
        node_append(list, node_copy(arena, rule));
}

const struct node *seccomp_base_added(struct collector *collector, const struct node *root, const char *namespace_)
{
    struct arena *arena = collector->arena;
    const struct node *name = node_get(root, "baseProfileName"), *first = name;
    if (!node_text(name) || !*node_text(name))
        return root;
    const struct node *own = node_get(root, "syscalls");
    struct node *whole = node_new_map(arena, root), *rules = node_new_list(arena, own ? own : root);
    for (const struct node *entry = node_first(root); entry; entry = entry->next)
        if (strcmp(entry->key, "syscalls") != 0)
            node_put(arena, whole, entry->key, node_copy(arena, entry));
    node_put(arena, whole, "syscalls", rules);
    add_rules(arena, rules, root);
    for (unsigned i = 0; node_text(name) && *node_text(name); i++) {
        const struct node *base = i < BASES_MAX ? find_base(collector, name, namespace_) : NULL;
        if (!base) {
            collector->miss(collector, first, i < BASES_MAX ? "the base profile %s is not among the audited files: what it allows besides is not known"
                                                            : "the base profiles behind %s go round in a circle, or are too many",
                            node_text(i < BASES_MAX ? name : first));
            break;
        }
        add_rules(arena, rules, base);
        name = node_get(base, "baseProfileName");
    }
    return whole;
}
