#include "audit/apparmor_breadth.h"

#include <ctype.h>
#include <string.h>

#include "audit/apparmor_leaks.h"
#include "audit/apparmor_sample.h"
#include "data.h"
#include "model/breadth.h"

enum { EXEC_MAX = 10000, WRITE_EXEC_MAX = 50, UNREAD_MAX = 200 };

struct judged {
    struct arena *arena;
    const struct apparmor_rules *rules;
    struct node *facts;
};

static void put_text(struct arena *arena, struct node *map, const char *key, const char *text, const struct node *where)
{
    node_put(arena, map, key, node_new_text(arena, text, where));
}

static void put_bool(struct arena *arena, struct node *map, const char *key, bool value, const struct node *where)
{
    node_put(arena, map, key, node_new_bool(arena, value, where));
}

static struct node *new_list(const struct judged *b, const char *key)
{
    struct node *list = node_new_list(b->arena, b->facts);
    node_put(b->arena, b->facts, key, list);
    return list;
}

/* ---- the head -------------------------------------------------------------------------------------- */

const char *apparmor_breadth_mode(const struct apparmor_head *head, const struct node **ret_where)
{
    static const char *const modes[] = {"enforce", "complain", "kill", "unconfined", "prompt", "default_allow"};
    const char *mode = modes[0];
    const struct node *where = head->flags;
    for (const struct node *flag = node_first(head->flags); flag; flag = flag->next)
        for (size_t i = 0; i < ARRAY_COUNT(modes); i++)
            if (node_is_text(flag, modes[i])) {
                mode = modes[i];
                where = flag;
            }
    if (ret_where)
        *ret_where = where;
    return mode;
}

static void put_mode(struct arena *arena, struct node *facts, const struct apparmor_head *head)
{
    const struct node *where = NULL;
    const char *mode = apparmor_breadth_mode(head, &where);
    put_text(arena, facts, "mode", mode, where);
}

/* ---- probes ---------------------------------------------------------------------------------------- */

static void put_passing(const struct judged *b)
{
    struct node *passing = new_list(b, "passing");
    for (size_t i = 0; i < data_apparmor_probes_count; i++) {
        const struct data_apparmor_probes *probe = &data_apparmor_probes[i];
        aa_mask wanted = breadth_access(probe->access);
        if (!apparmor_rules_allow(b->rules, probe->path, wanted))
            continue;
        const struct apparmor_rule *rule = apparmor_rules_find(b->rules, probe->path, wanted);
        const struct node *where = rule ? rule->where : NULL;
        struct node *item = node_new_map(b->arena, where);
        put_text(b->arena, item, "probe", probe->probe, where);
        put_text(b->arena, item, "path", probe->path, where);
        put_text(b->arena, item, "access", probe->access, where);
        put_text(b->arena, item, "severity", probe->severity, where);
        put_text(b->arena, item, "why", probe->why, where);
        node_append(passing, item);
    }
}

/* ---- what rules say of everything ----------------------------------------------------------------------- */

/* Is a capability that breaks isolation among those that are allowed? `capability,` with all of these denied is none of all. */
static bool allows_risky_capability(const struct judged *b)
{
    for (size_t i = 0; i < data_capabilities_count; i++) {
        const struct data_capabilities *capability = &data_capabilities[i];
        bool risky = strcmp(capability->risk, "high") == 0 || strcmp(capability->risk, "critical") == 0;
        if (risky && apparmor_rules_capability(b->rules, capability->capability + strlen("CAP_")))
            return true;
    }
    return false;
}

static void put_bare(const struct judged *b)
{
    static const char *const kinds[] = {"file", "capability", "network", "mount", "remount", "umount", "pivot_root", "ptrace",
                                        "signal", "unix", "dbus", "change_profile", "userns", "io_uring", "mqueue"};
    struct node *bare = new_list(b, "bare");
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        const struct apparmor_rule *rule = apparmor_rules_bare(b->rules, kinds[i]);
        if (rule && (strcmp(kinds[i], "capability") != 0 || allows_risky_capability(b)))
            node_append(bare, node_new_text(b->arena, kinds[i], rule->where));
    }
}

static void put_capabilities(const struct judged *b)
{
    struct node *list = new_list(b, "capabilities");
    for (size_t i = 0; i < data_capabilities_count; i++) {
        const char *name = data_capabilities[i].capability;
        name += strncmp(name, "CAP_", 4) == 0 ? 4 : 0;
        const struct apparmor_rule *rule = apparmor_rules_capability(b->rules, name);
        if (rule)
            node_append(list, node_new_text(b->arena, name, rule->where));
    }
}

/* ---- executing -------------------------------------------------------------------------------------- */

/* Each rule is asked for a path that it matches; of what one rule lets be written, one is told. */
static void add_write_exec(const struct judged *b, const struct aa_file_rule *file, struct node *list)
{
    const char *path = apparmor_sample(b->arena, file->pattern);
    if (!(file->permissions & (AA_EXEC | AA_WRITE | AA_APPEND)) || !apparmor_rules_allow(b->rules, path, AA_EXEC))
        return;
    aa_mask change = apparmor_rules_allow(b->rules, path, AA_WRITE) ? AA_WRITE : AA_APPEND;
    const struct apparmor_rule *writes =
        apparmor_rules_allow(b->rules, path, change) ? apparmor_rules_find(b->rules, path, change) : NULL;
    if (!writes || node_count(list) >= WRITE_EXEC_MAX)
        return;
    for (const struct node *item = node_first(list); item; item = item->next)
        if (node_origin(item) == writes->where)
            return;
    struct node *item = node_new_map(b->arena, writes->where);
    put_text(b->arena, item, "pattern", file->pattern, writes->where);
    put_text(b->arena, item, "path", path, writes->where);
    node_append(list, item);
}

/* Does it match where anybody can put a program? */
static bool is_wide(const struct aa_file_rule *file)
{
    static const char *const paths[] = {"/tmp/profgen-any", "/var/tmp/profgen-any", "/home/profgen-any/profgen-any", "/dev/shm/profgen-any"};
    for (size_t i = 0; i < ARRAY_COUNT(paths); i++)
        if (aa_glob_match(file->glob, paths[i], strlen(paths[i])))
            return true;
    return false;
}

static void add_exec(const struct judged *b, const struct apparmor_rule *rule, const struct aa_file_rule *file, struct node *list)
{
    if (!file->exec_mode || node_count(list) >= EXEC_MAX)
        return;
    const char *arrow = strstr(file->exec_mode, " -> ");
    char *mode = arena_dup(b->arena, file->exec_mode, arrow ? (size_t)(arrow - file->exec_mode) : strlen(file->exec_mode));
    struct node *item = node_new_map(b->arena, rule->where);
    put_text(b->arena, item, "pattern", file->pattern, rule->where);
    put_text(b->arena, item, "mode", mode, rule->where);
    if (arrow)
        put_text(b->arena, item, "target", arrow + 4, rule->where);
    put_bool(b->arena, item, "unconfined", strpbrk(mode, "uU") != NULL, rule->where);
    put_bool(b->arena, item, "wide", is_wide(file), rule->where);
    node_append(list, item);
}

static void put_exec(const struct judged *b)
{
    struct node *exec = new_list(b, "exec"), *write_exec = new_list(b, "write_exec");
    for (size_t i = 0; i < b->rules->count; i++) {
        const struct apparmor_rule *rule = &b->rules->items[i];
        for (size_t j = 0; rule->policy && j < rule->policy->file_count; j++) {
            const struct aa_file_rule *file = &rule->policy->files[j];
            if (file->deny)
                continue;
            add_exec(b, rule, file, exec);
            add_write_exec(b, file, write_exec);
        }
    }
}

static bool leads_out(const char *target)
{
    static const char *const all[] = {"", "*", "**", "unconfined", "{*,**}", "{unconfined,**}"};
    for (size_t i = 0; i < ARRAY_COUNT(all); i++)
        if (strcmp(all[i], target) == 0)
            return true;
    return false;
}

static void put_change_profile(const struct judged *b)
{
    struct node *list = new_list(b, "change_profile");
    for (size_t i = 0; i < b->rules->count; i++) {
        const struct apparmor_rule *rule = &b->rules->items[i];
        const struct aa_other_rule *other = rule->policy && rule->policy->other_count > 0 ? &rule->policy->others[0] : NULL;
        if (!other || other->deny || strcmp(other->kind, "change_profile") != 0)
            continue;
        const char *arrow = strstr(other->text, "->"), *target = arrow ? arrow + 2 : "";
        target += strspn(target, " \"");
        char *plain = arena_dup(b->arena, target, strcspn(target, " \""));
        struct node *item = node_new_map(b->arena, rule->where);
        put_text(b->arena, item, "target", *plain ? plain : "**", rule->where);
        put_bool(b->arena, item, "unconfined", leads_out(plain), rule->where);
        node_append(list, item);
    }
}

/* ---- what is not known -------------------------------------------------------------------------------- */

/* Of one place (an include may bring many) the same is said once. */
static bool is_told(const struct node *unread, const struct apparmor_rule *rule)
{
    const struct node *last = node_is(unread, NODE_LIST) ? unread->last : NULL;
    return last && node_origin(last) == rule->where && node_is_text(node_get(last, "why"), rule->why);
}

static void put_unread(const struct judged *b)
{
    struct node *unread = new_list(b, "unread");
    for (size_t i = 0; i < b->rules->count && node_count(unread) < UNREAD_MAX; i++) {
        const struct apparmor_rule *rule = &b->rules->items[i];
        if (!rule->why || is_told(unread, rule))
            continue;
        struct node *item = node_new_map(b->arena, rule->where);
        put_text(b->arena, item, "text", rule->text ? rule->text : "", rule->where);
        put_text(b->arena, item, "why", rule->why, rule->where);
        node_append(unread, item);
    }
}

static void put_includes(const struct judged *b)
{
    struct node *unresolved = NULL;
    for (const struct node *one = node_first(b->rules->includes); one; one = one->next) {
        if (!node_is_false(node_get(one, "found")) || !node_is_false(node_get(one, "optional")))
            continue;
        unresolved = unresolved ? unresolved : node_new_list(b->arena, one);
        node_append(unresolved, node_copy(b->arena, node_get(one, "name")));
    }
    if (unresolved)
        node_put(b->arena, b->facts, "unresolved", unresolved);
    node_put(b->arena, b->facts, "includes", node_copy(b->arena, b->rules->includes));
    put_bool(b->arena, b->facts, "partial", unresolved || node_count(node_get(b->facts, "unread")) > 0, b->facts);
}

/* As a profile would have them. */
static char *flags_of(const struct apparmor_head *head)
{
    AUTO_BUF struct buf out = BUF_INIT;
    for (const struct node *flag = node_first(head->flags); flag; flag = flag->next)
        buf_printf(&out, "%s%s", out.length ? "," : "", node_text(flag) ? node_text(flag) : "");
    return out.length ? buf_take(&out) : NULL;
}

/* Of a profile that is known to its last rule, for a container without capabilities. */
static void put_score(const struct judged *b, const struct apparmor_head *head)
{
    struct breadth breadth;
    if (!node_is_false(node_get(b->facts, "partial")))
        return;
    b->rules->all->flags = flags_of(head);
    breadth_of_apparmor(b->rules->all, 0, &breadth);
    node_put(b->arena, b->facts, "score", node_new_int(b->arena, breadth.score, b->facts));
    put_text(b->arena, b->facts, "grade", breadth.grade->grade, b->facts);
    breadth_done(&breadth);
}

struct node *apparmor_breadth_facts(struct apparmor_source *file, const struct node *block, const struct apparmor_head *head,
                                    const char *name)
{
    struct apparmor_rules rules;
    struct arena *arena = file->arena;
    struct node *facts = node_new_map(arena, block);
    apparmor_rules_start(&rules, file, node_get(block, "body"));
    const struct judged breadth = {.arena = arena, .rules = &rules, .facts = facts};
    put_text(arena, facts, "format", "apparmor", NULL);
    put_text(arena, facts, "name", name, block);
    if (head->attachment)
        put_text(arena, facts, "attachment", head->attachment, block);
    node_put(arena, facts, "flags", node_copy(arena, head->flags));
    put_mode(arena, facts, head);
    node_put(arena, facts, "rules", node_new_int(arena, (int64_t)rules.count, block));
    put_bare(&breadth);
    put_capabilities(&breadth);
    put_passing(&breadth);
    put_exec(&breadth);
    put_change_profile(&breadth);
    node_put(arena, facts, "leaks", apparmor_leaks(arena, &rules, block));
    put_unread(&breadth);
    put_includes(&breadth);
    put_score(&breadth, head);
    node_put(arena, facts, "raw", node_copy(arena, block));
    apparmor_rules_done(&rules);
    return facts;
}
