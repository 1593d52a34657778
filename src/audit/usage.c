#include <string.h>

#include "audit/situation.h"
#include "audit/usage_maker.h"

/* ---- what the parts build with ---------------------------------------------------------------------- */

const char *usage_evidence(const struct usage_maker *maker, const struct need_evidence *evidence)
{
    AUTO_BUF struct buf words = BUF_INIT;
    need_evidence_describe(evidence, &words);
    return arena_strdup(maker->arena, buf_text(&words));
}

void usage_put_text(const struct usage_maker *maker, struct node *map, const char *key, const char *text)
{
    node_put(maker->arena, map, key, node_new_text(maker->arena, text, NULL));
}

void usage_put_int(const struct usage_maker *maker, struct node *map, const char *key, uint64_t number)
{
    node_put(maker->arena, map, key, node_new_int(maker->arena, number > INT64_MAX ? INT64_MAX : (int64_t)number, NULL));
}

void usage_put_bool(const struct usage_maker *maker, struct node *map, const char *key, bool value)
{
    node_put(maker->arena, map, key, node_new_bool(maker->arena, value, NULL));
}

struct node *usage_list(const struct usage_maker *maker, const char *key, const struct node *where)
{
    struct node *list = node_new_list(maker->arena, where);
    node_put(maker->arena, maker->used, key, list);
    return list;
}

struct node *usage_item(const struct usage_maker *maker, struct node *list, const struct node *where)
{
    if (node_count(list) == USAGE_ITEMS_MAX)
        return NULL;
    struct node *item = node_new_map(maker->arena, where);
    node_append(list, item);
    return item;
}

bool usage_fact_is(const struct usage_maker *maker, const char *path, const char *text)
{
    return node_is_text(node_at(maker->facts, path), text);
}

/* ---- what they begin with ------------------------------------------------------------------------------ */

/* An id decides; runAsNonRoot alone refuses to start as root. A name other than root's is another user's. */
static bool is_not_root(const struct node *facts)
{
    const struct node *user = node_get(facts, "user");
    int64_t id;
    if (node_integer(node_get(user, "id"), &id))
        return id != 0;
    return node_is_true(node_get(user, "run_as_non_root")) || node_text_at(user, "name");
}

/* Each is looked at for each path of the recording: more are no container's. */
static struct need_mounts declared_mounts(struct arena *arena, const struct node *facts)
{
    enum { MOUNTS_MAX = 256 };
    const struct node *list = node_get(facts, "mounts");
    const char **targets = arena_alloc(arena, MOUNTS_MAX * sizeof(*targets));
    struct need_mounts mounts = {.targets = targets};
    for (const struct node *item = node_first(list); item && mounts.count < MOUNTS_MAX; item = item->next) {
        const char *target = node_text_at(item, "target");
        if (target && target[0] == '/')
            targets[mounts.count++] = facts_path(arena, target);
    }
    return mounts;
}

/* What runs to an end has no time of serving. */
static bool is_to_serve(const struct usage_maker *maker)
{
    const char *kind = maker->container->names.kind;
    bool job = kind && (strcmp(kind, "Job") == 0 || strcmp(kind, "CronJob") == 0);
    return !job && !usage_fact_is(maker, "role", "init") && !usage_fact_is(maker, "role", "ephemeral");
}

static void put_basis(const struct usage_maker *maker)
{
    bool unserved = !maker->needs->served && is_to_serve(maker);
    const char *incomplete = maker->needs->complete ? "" : " (incomplete)";
    const char *never = unserved ? " (it never began to serve)" : "";
    usage_put_text(maker, maker->used, "recording",
                   arena_printf(maker->arena, "%s%s%s", maker->recording->name, incomplete, never));
    usage_put_bool(maker, maker->used, "complete", maker->needs->complete);
    usage_put_bool(maker, maker->used, "served", maker->needs->served);
    usage_put_bool(maker, maker->used, "doubtful", !maker->needs->complete || unserved);
}

/* Entry by entry: what is hung behind a copy of a map shows in the map as well. */
static struct node *copy_entries(struct arena *arena, const struct node *map)
{
    struct node *copy = node_new_map(arena, map);
    for (const struct node *entry = node_first(map); entry; entry = entry->next)
        node_put(arena, copy, entry->key, node_copy(arena, entry));
    return copy;
}

const struct node *usage_facts(struct collector *collector, const struct subject *container,
                               const struct used_recording *recording)
{
    struct arena *arena = collector->arena;
    struct node *facts = copy_entries(arena, container->facts);
    const struct situation situation = situation_of(container->facts);
    struct usage_maker maker = {
        .collector = collector,
        .arena = arena,
        .container = container,
        .facts = container->facts,
        .recording = recording,
        .needs = recording->needs,
        .mounts = declared_mounts(arena, container->facts),
        .used = node_new_map(arena, NULL),
        .privileged = situation.privileged,
        .not_root = is_not_root(container->facts),
        .capabilities = situation.given,
    };
    put_basis(&maker);
    usage_put_calls(&maker);
    usage_put_accesses(&maker);
    usage_put_files(&maker);
    usage_put_privileges(&maker);
    usage_put_network(&maker);
    usage_put_limits(&maker);
    usage_put_remedies(&maker);
    node_put(arena, facts, "used", maker.used);
    return facts;
}
