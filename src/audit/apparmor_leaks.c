#include "audit/apparmor_leaks.h"

#include <string.h>

#include "audit/apparmor_sample.h"

enum { LEAKS_MAX = 50 };

struct leaks {
    struct arena *arena;
    const struct apparmor_rules *rules;
    const struct apparmor_rule *rule; /* the denial */
    struct node *list;
};

static void add(struct leaks *leaks, const char *pattern, const char *path, aa_mask access, const char *why)
{
    AUTO_BUF struct buf letters = BUF_INIT;
    struct node *item = node_new_map(leaks->arena, leaks->rule->where);
    aa_mask_write(access, NULL, &letters);
    node_put(leaks->arena, item, "pattern", node_new_text(leaks->arena, pattern, leaks->rule->where));
    node_put(leaks->arena, item, "path", node_new_text(leaks->arena, path, leaks->rule->where));
    node_put(leaks->arena, item, "access", node_new_text(leaks->arena, buf_text(&letters), leaks->rule->where));
    node_put(leaks->arena, item, "why", node_new_text(leaks->arena, why, leaks->rule->where));
    node_append(leaks->list, item);
}

/* Writing is more than appending, and the kernel asks for w where a file is not opened to append. */
static void judge_letters(struct leaks *leaks, const struct aa_file_rule *file)
{
    const char *path = apparmor_sample(leaks->arena, file->pattern);
    if ((file->permissions & (AA_APPEND | AA_WRITE)) == AA_APPEND && apparmor_rules_allow(leaks->rules, path, AA_WRITE))
        add(leaks, file->pattern, path, AA_WRITE, "a is denied and w is not");
}

static bool ends_in_one_star(const char *pattern)
{
    size_t length = strlen(pattern);
    return length > 2 && strcmp(pattern + length - 2, "/*") == 0;
}

/* A star does not go past a slash. A denial of a directory alone (/srv/keys/) is often meant so: it holds against renaming it. */
static void judge_depth(struct leaks *leaks, const struct aa_file_rule *file)
{
    aa_mask access = file->permissions & (AA_READ | AA_WRITE);
    const char *below = arena_printf(leaks->arena, "%s/x", apparmor_sample(leaks->arena, file->pattern));
    if (access && ends_in_one_star(file->pattern) && apparmor_rules_allow(leaks->rules, below, access))
        add(leaks, file->pattern, below, access, "* does not reach into subdirectories, ** does");
}

struct node *apparmor_leaks(struct arena *arena, const struct apparmor_rules *rules, const struct node *where)
{
    struct leaks leaks = {.arena = arena, .rules = rules, .list = node_new_list(arena, where)};
    for (size_t i = 0; i < rules->count; i++) {
        leaks.rule = &rules->items[i];
        const struct apparmor_policy *policy = leaks.rule->policy;
        for (size_t j = 0; policy && j < policy->file_count && node_count(leaks.list) < LEAKS_MAX; j++) {
            if (!policy->files[j].deny)
                continue;
            judge_letters(&leaks, &policy->files[j]);
            judge_depth(&leaks, &policy->files[j]);
        }
    }
    return leaks.list;
}
