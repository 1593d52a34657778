#include "audit/apparmor_container.h"

#include <string.h>

#include "audit/apparmor_breadth.h"
#include "audit/apparmor_reach.h"
#include "audit/apparmor_rules.h"
#include "audit/profile_shelf.h"
#include "model/breadth.h"

struct judged {
    struct arena *arena;
    const struct apparmor_rules *rules;
    const struct situation *situation;
    struct node *facts;
    bool lax;      /* what no rule allows is done all the same; what is denied is not */
    bool remounts; /* it can take away what the runtime masked */
};

static void put_text(const struct judged *b, struct node *map, const char *key, const char *text)
{
    node_put(b->arena, map, key, node_new_text(b->arena, text, NULL));
}

static struct node *new_list(const struct judged *b, const char *key)
{
    struct node *list = node_new_list(b->arena, NULL);
    node_put(b->arena, b->facts, key, list);
    return list;
}

/* ---- kinds ----------------------------------------------------------------------------------------------- */

/* "mount": any of that kind is let through. Of one that is denied as a whole nothing is. */
static bool lets(const struct judged *b, const char *kind)
{
    const struct apparmor_policy *all = b->rules->all;
    bool denied = false;
    for (size_t i = 0; i < all->other_count; i++)
        denied |= all->others[i].deny && all->others[i].text[0] == '\0' && strcmp(all->others[i].kind, kind) == 0;
    return !denied && (b->lax || apparmor_policy_allows_other(all, kind));
}

/* Nothing but other programs of the same container can be traced without a capability; a profile that lets that through gives nothing away. */
static bool can_trace_others(const struct situation *s)
{
    return s->sees_others || situation_has(s->reachable, "SYS_PTRACE");
}

static bool is_usable(const struct judged *b, const char *kind)
{
    if (strcmp(kind, "ptrace") == 0)
        return can_trace_others(b->situation);
    return strcmp(kind, "userns") == 0 || situation_has(b->situation->reachable, "SYS_ADMIN");
}

static void put_kinds(const struct judged *b)
{
    static const char *const kinds[] = {"mount", "remount", "umount", "pivot_root", "ptrace", "userns"};
    struct node *list = new_list(b, "kinds");
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
        if (lets(b, kinds[i]) && is_usable(b, kinds[i]))
            node_append(list, node_new_text(b->arena, kinds[i], NULL));
}

/* ---- capabilities ------------------------------------------------------------------------------------------ */

static bool denies_capability(const struct judged *b, const char *name)
{
    const struct apparmor_policy *all = b->rules->all;
    for (size_t i = 0; i < all->capability_count; i++)
        if (all->capabilities[i].deny && apparmor_rules_words_name(all->capabilities[i].words, name))
            return true;
    return false;
}

static void put_capabilities(const struct judged *b)
{
    struct node *list = new_list(b, "capabilities");
    for (size_t i = 0; i < data_capabilities_count; i++) {
        const char *name = data_capabilities[i].capability + strlen("CAP_");
        bool allowed = b->lax ? !denies_capability(b, name) : apparmor_rules_capability(b->rules, name) != NULL;
        if (allowed && situation_has(b->situation->reachable, name))
            node_append(list, node_new_text(b->arena, name, NULL));
    }
}

/* ---- probes ------------------------------------------------------------------------------------------------ */

static bool passes(const struct judged *b, const char *path, aa_mask wanted)
{
    const struct aa_file_rule *denial = NULL;
    return apparmor_policy_evaluate(b->rules->all, path, strlen(path), wanted, true, &denial) == 0 || (b->lax && !denial);
}

static void add_passing(const struct judged *b, const struct data_apparmor_probes *probe, const struct reach_place *place, struct node *list)
{
    struct node *item = node_new_map(b->arena, NULL);
    put_text(b, item, "probe", probe->probe);
    put_text(b, item, "path", place->path);
    put_text(b, item, "access", probe->access);
    put_text(b, item, "severity", place->host && strcmp(probe->severity, "low") != 0 ? "high" : probe->severity);
    put_text(b, item, "why", probe->why);
    if (*probe->needs)
        put_text(b, item, "needs", probe->needs);
    node_put(b->arena, item, "host", node_new_bool(b->arena, place->host, NULL));
    node_put(b->arena, item, "usable", node_new_bool(b->arena, place->there, NULL));
    node_append(list, item);
}

static void put_passing(const struct judged *b)
{
    struct node *list = new_list(b, "passing");
    for (size_t i = 0; i < data_apparmor_probes_count; i++) {
        const struct data_apparmor_probes *probe = &data_apparmor_probes[i];
        struct reach reach;
        apparmor_reach_of(b->arena, b->situation, b->remounts, probe, &reach);
        for (size_t j = 0; j < reach.count; j++)
            if (passes(b, reach.places[j].path, breadth_access(probe->access)))
                add_passing(b, probe, &reach.places[j], list);
    }
}

/* ---- all of it ----------------------------------------------------------------------------------------------- */

static bool is_lax(const char *mode)
{
    return strcmp(mode, "complain") == 0 || strcmp(mode, "unconfined") == 0 || strcmp(mode, "default_allow") == 0;
}

struct node *apparmor_breadth_of_container(struct collector *collector, const struct profile_source *source, const struct situation *situation)
{
    struct apparmor_source file;
    struct apparmor_rules rules;
    struct arena *arena = collector->arena;
    struct node *facts = node_new_map(arena, NULL);
    const char *mode = apparmor_breadth_mode(&source->head, NULL);
    apparmor_source_start(&file, arena, source->path, source->statements);
    apparmor_rules_start(&rules, &file, node_get(source->block, "body"));
    struct judged b = {.arena = arena, .rules = &rules, .situation = situation, .facts = facts, .lax = is_lax(mode)};
    b.remounts = lets(&b, "mount") || lets(&b, "remount") || lets(&b, "umount");
    put_text(&b, facts, "source", source->name);
    put_text(&b, facts, "mode", mode);
    put_kinds(&b);
    put_capabilities(&b);
    put_passing(&b);
    node_put(arena, facts, "partial", node_new_bool(arena, apparmor_rules_are_partial(&rules), NULL));
    profile_shelf_of(collector)->rules += rules.count;
    apparmor_rules_done(&rules);
    return facts;
}
