#include "audit/oci_config.h"

#include <ctype.h>
#include <string.h>

static void put_user(struct arena *arena, struct node *facts, const struct node *given)
{
    const struct node *uid = node_get(given, "uid"), *name = node_get(given, "username"), *gid = node_get(given, "gid");
    int64_t id = 0;
    if (!node_integer(uid, &id) && !node_text(name))
        return;
    struct node *user = node_new_map(arena, uid ? uid : name);
    if (uid)
        node_put(arena, user, "id", node_new_int(arena, id, uid));
    if (node_text(name))
        node_put(arena, user, "name", node_copy(arena, name));
    if (node_text(gid))
        node_put(arena, user, "group", node_new_text(arena, node_text(gid), gid));
    node_put(arena, facts, "user", user);
    for (const struct node *group = node_first(node_get(given, "additionalGids")); group; group = group->next)
        if (node_text(group))
            node_append(rows_list(arena, facts, "groups"), node_new_text(arena, node_text(group), group));
}

static bool contains(const struct node *list, const char *text)
{
    for (const struct node *item = node_first(list); item; item = item->next)
        if (node_is_text(item, text))
            return true;
    return false;
}

enum { NAMES_MAX = 200 }; /* of one set; there are 41 */

static void add_set(struct arena *arena, struct node *add, const struct node *set)
{
    for (const struct node *item = node_first(set); item && add->count < NAMES_MAX; item = item->next) {
        struct node *name = facts_capability(arena, item);
        if (name && !contains(add, name->text))
            node_append(add, name);
    }
}

/* A process begins with none but those listed: root gains those of the bounding set when it executes a program. */
static void put_capabilities(struct arena *arena, struct node *facts, const struct node *process)
{
    static const char *const sets[] = {"bounding", "effective", "permitted", "ambient"};
    const struct node *given = node_get(process, "capabilities"), *where = given ? given : process;
    struct node *capabilities = node_new_map(arena, where);
    struct node *add = node_new_list(arena, where), *drop = node_new_list(arena, where);
    for (size_t i = 0; i < ARRAY_COUNT(sets); i++)
        add_set(arena, add, node_get(given, sets[i]));
    node_append(drop, node_new_text(arena, "ALL", where));
    node_put(arena, capabilities, "add", add);
    node_put(arena, capabilities, "drop", drop);
    facts_effective_capabilities(arena, capabilities, "docker", false);
    node_put(arena, facts, "capabilities", capabilities);
}

static void put_apparmor(struct arena *arena, struct node *facts, const struct node *given)
{
    const char *name = node_text(given);
    if (!name || !*name)
        return;
    bool none = strcmp(name, "unconfined") == 0;
    bool shipped = strcmp(name, "docker-default") == 0 || strncmp(name, "cri-containerd.apparmor.d", 25) == 0 ||
                   strncmp(name, "crio-default", 12) == 0 || strncmp(name, "containers-default", 18) == 0;
    struct node *profile = node_new_map(arena, given);
    node_put(arena, profile, "type",
             node_new_text(arena, none ? "unconfined" : shipped ? "default" : "localhost", given));
    if (!none)
        node_put(arena, profile, "profile", node_copy(arena, given));
    node_put(arena, facts, "apparmor", profile);
}

/* RLIMIT_NOFILE is called nofile elsewhere. A value too large for a number here is as good as unlimited. */
static void put_limits(struct arena *arena, struct node *facts, const struct node *given)
{
    static const char *const sides[] = {"soft", "hard"};
    for (const struct node *limit = node_first(given); limit; limit = limit->next) {
        const char *type = node_text_at(limit, "type");
        struct node *row = node_new_map(arena, limit);
        if (!type)
            continue;
        char *name = arena_strdup(arena, strncmp(type, "RLIMIT_", 7) == 0 ? type + 7 : type);
        for (char *c = name; *c; c++)
            *c = (char)tolower((unsigned char)*c);
        node_put(arena, row, "name", node_new_text(arena, name, limit));
        for (size_t i = 0; i < ARRAY_COUNT(sides); i++) {
            const struct node *side = node_get(limit, sides[i]);
            int64_t value = -1;
            if (side)
                node_put(arena, row, sides[i], node_new_int(arena, node_integer(side, &value) ? value : -1, side));
        }
        node_append(rows_list(arena, facts, "ulimits"), row);
    }
}

static void put_environment(struct arena *arena, struct node *facts, const struct node *given)
{
    for (const struct node *one = node_first(given); one; one = one->next) {
        const char *text = node_text(one), *equals = text ? strchr(text, '=') : NULL;
        if (!text)
            continue;
        const char *name = equals ? arena_dup(arena, text, (size_t)(equals - text)) : text;
        rows_add_named(arena, rows_list(arena, facts, "environment"), name, equals ? equals + 1 : NULL, one);
    }
}

static void put_rest(struct arena *arena, struct node *facts, const struct node *process)
{
    const struct node *locked = node_get(process, "noNewPrivileges"), *oom = node_get(process, "oomScoreAdj");
    struct node *command = facts_command(arena, node_get(process, "args"), NULL);
    int64_t adjustment = 0;
    if (node_is(locked, NODE_BOOL))
        node_put(arena, facts, "no_new_privileges", node_copy(arena, locked));
    if (node_integer(oom, &adjustment))
        node_put(arena, facts, "oom_score_adj", node_new_int(arena, adjustment, oom));
    if (command)
        node_put(arena, facts, "command", command);
}

void oci_put_process(struct arena *arena, struct node *facts, const struct node *root)
{
    const struct node *process = node_get(root, "process");
    if (!process)
        return;
    put_user(arena, facts, node_get(process, "user"));
    put_capabilities(arena, facts, process);
    put_apparmor(arena, facts, node_get(process, "apparmorProfile"));
    rows_put_selinux(arena, facts, node_get(process, "selinuxLabel"));
    put_limits(arena, facts, node_get(process, "rlimits"));
    put_environment(arena, facts, node_get(process, "env"));
    put_rest(arena, facts, process);
}
