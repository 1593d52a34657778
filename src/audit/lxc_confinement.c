/* Keys and values: lxc.container.conf(5). */
#include <ctype.h>
#include <string.h>

#include "audit/facts_rows.h"
#include "audit/lxc_facts.h"
#include "base/num.h"

static void put_text(struct arena *arena, struct node *map, const char *key, const char *text, const struct node *where)
{
    node_put(arena, map, key, node_new_text(arena, text, where));
}

/* ---- users --------------------------------------------------------------------------------------------- */

/* "u 0 100000 65536": does it make a user of the container root of the host? */
static bool maps_host_root(const char *line)
{
    char kind = '\0';
    unsigned long long inside = 0, outside = 1, count = 0;
    return sscanf(line, " %c %19llu %19llu %19llu", &kind, &inside, &outside, &count) == 4 && outside == 0 && count > 0;
}

/* Without a map the container's root is root of the host. */
static const char *user_namespace(const struct lxc_config *config, const struct node **ret_where)
{
    const struct node *first = lxc_config_first(config, "lxc.idmap");
    *ret_where = first;
    for (const struct node *line = first; line; line = lxc_config_next(line)) {
        if (maps_host_root(line->text)) {
            *ret_where = line;
            return "host";
        }
    }
    return first ? "private" : "host";
}

/* ---- namespaces ------------------------------------------------------------------------------------------ */

static const char *const kinds[][2] = {
    {"net", "network"}, {"pid", "pid"}, {"ipc", "ipc"}, {"uts", "uts"}, {"user", "user"}, {"cgroup", "cgroup"},
};

static const char *fact_of(const char *kind, size_t length)
{
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
        if (strlen(kinds[i][0]) == length && strncmp(kinds[i][0], kind, length) == 0)
            return kinds[i][1];
    return NULL;
}

static bool has_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    for (text += strspn(text, " \t"); *text; text += strspn(text, " \t")) {
        size_t here = strcspn(text, " \t");
        if (here == length && strncmp(text, word, length) == 0)
            return true;
        text += here;
    }
    return false;
}

static void put_once(struct arena *arena, struct node *map, const char *key, const char *text, const struct node *where)
{
    if (!node_find(map, key))
        put_text(arena, map, key, text, where);
}

/* lxc.namespace.share.net = NAME or PID; 1 is the init process of the host. */
static void put_shared(const struct lxc_config *config, struct node *namespaces)
{
    for (const struct node *entry = node_first(config->entries); entry; entry = entry->next) {
        const char *kind = lxc_config_tail(entry, "lxc.namespace.share.");
        const char *fact = kind ? fact_of(kind, strlen(kind)) : NULL;
        if (!fact || !entry->text[0])
            continue;
        const char *whose = strcmp(entry->text, "1") == 0 ? "host" : arena_printf(config->arena, "container:%s", entry->text);
        put_once(config->arena, namespaces, fact, whose, entry);
    }
}

/* lxc.namespace.keep = net ipc: those of whoever starts it. lxc.namespace.clone names all others. */
static void put_kept(const struct lxc_config *config, struct node *namespaces)
{
    const struct node *keep = lxc_config_get(config, "lxc.namespace.keep");
    const struct node *clone = lxc_config_get(config, "lxc.namespace.clone");
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        if (keep && has_word(keep->text, kinds[i][0]))
            put_once(config->arena, namespaces, kinds[i][1], "host", keep);
        else if (clone && !has_word(clone->text, kinds[i][0]))
            put_once(config->arena, namespaces, kinds[i][1], "host", clone);
    }
}

/* A network of type none is the host's, unless there is another network beside it (start.c, lxc_requests_empty_network). */
static void put_network(const struct lxc_config *config, struct node *namespaces)
{
    const struct node *none = NULL;
    for (const struct node *entry = node_first(config->entries); entry; entry = entry->next) {
        const char *tail = lxc_config_tail(entry, "lxc.net.");
        size_t length = tail ? strlen(tail) : 0;
        if (length < 6 || strcmp(tail + length - 5, ".type") != 0)
            continue;
        if (strcmp(entry->text, "none") != 0)
            return;
        none = entry;
    }
    if (none)
        put_once(config->arena, namespaces, "network", "host", none);
}

static void put_namespaces(const struct lxc_config *config, struct node *facts)
{
    const struct node *where = NULL;
    struct node *namespaces = node_new_map(config->arena, NULL);
    put_shared(config, namespaces);
    put_kept(config, namespaces);
    put_network(config, namespaces);
    const char *user = user_namespace(config, &where);
    put_once(config->arena, namespaces, "user", user, where);
    node_put(config->arena, facts, "namespaces", namespaces);
}

/* ---- capabilities ------------------------------------------------------------------------------------------ */

static void add_words(const struct lxc_config *config, struct node *list, const char *key)
{
    for (const struct node *value = lxc_config_first(config, key); value; value = lxc_config_next(value)) {
        const char *text = value->text + strspn(value->text, " \t");
        for (size_t length; *text; text += length + strspn(text + length, " \t")) {
            length = strcspn(text, " \t");
            struct node *word = node_new_text(config->arena, arena_dup(config->arena, text, length), value);
            if (strcasecmp(word->text, "none") != 0)
                node_append(list, facts_capability(config->arena, word));
        }
    }
}

/* A container has every capability but the dropped ones; with a list of those to keep, only these. */
static void put_capabilities(const struct lxc_config *config, struct node *facts)
{
    const struct node *keep = lxc_config_first(config, "lxc.cap.keep"), *drop = lxc_config_first(config, "lxc.cap.drop");
    struct node *capabilities = node_new_map(config->arena, keep ? keep : drop);
    struct node *added = node_new_list(config->arena, keep), *dropped = node_new_list(config->arena, keep ? keep : drop);
    if (keep)
        node_append(dropped, node_new_text(config->arena, "ALL", keep));
    add_words(config, added, "lxc.cap.keep");
    add_words(config, dropped, "lxc.cap.drop");
    node_put(config->arena, capabilities, "add", added);
    node_put(config->arena, capabilities, "drop", dropped);
    facts_effective_capabilities(config->arena, capabilities, "lxc", false);
    node_put(config->arena, facts, "capabilities", capabilities);
}

/* ---- profiles ------------------------------------------------------------------------------------------------ */

static struct node *put_profile(const struct lxc_config *config, struct node *facts, const char *key, const char *type,
                                const struct node *where)
{
    struct node *profile = node_new_map(config->arena, where);
    put_text(config->arena, profile, "type", type, where);
    node_put(config->arena, facts, key, profile);
    return profile;
}

/* "unchanged" keeps the profile of whoever starts it, which is most often none. */
static void put_apparmor(const struct lxc_config *config, struct node *facts)
{
    const struct node *value = lxc_config_get(config, "lxc.apparmor.profile");
    if (!value)
        return;
    const char *name = value->text;
    bool none = strcmp(name, "unconfined") == 0 || strcmp(name, "unchanged") == 0;
    bool shipped = strcmp(name, "generated") == 0 || strncmp(name, "lxc-container-default", 21) == 0;
    struct node *profile =
        put_profile(config, facts, "apparmor", none ? "unconfined" : shipped ? "default" : "localhost", value);
    if (!none)
        put_text(config->arena, profile, "profile", name, value);
}

static void put_seccomp(const struct lxc_config *config, struct node *facts)
{
    const struct node *last = NULL;
    for (const struct node *entry = node_first(config->entries); entry; entry = entry->next)
        if (strcmp(entry->key, "lxc.seccomp.profile") == 0)
            last = entry;
    if (!last)
        return;
    bool shipped = strncmp(last->text, "/usr/share/lxc/config/", 22) == 0;
    struct node *profile = put_profile(config, facts, "seccomp",
                                       !last->text[0] ? "unconfined" : shipped ? "default" : "localhost", last);
    if (last->text[0])
        put_text(config->arena, profile, "profile", last->text, last);
}

void lxc_put_confinement(const struct lxc_config *config, struct node *facts)
{
    const struct node *locked = lxc_config_get(config, "lxc.no_new_privs");
    const struct node *init = lxc_config_get(config, "lxc.init.uid");
    uint64_t id = 0;
    put_namespaces(config, facts);
    put_capabilities(config, facts);
    put_apparmor(config, facts);
    put_seccomp(config, facts);
    rows_put_selinux(config->arena, facts, lxc_config_get(config, "lxc.selinux.context"));
    if (locked)
        node_put(config->arena, facts, "no_new_privileges",
                 node_new_bool(config->arena, strcmp(locked->text, "1") == 0, locked));
    if (init && num_parse_u64(init->text, UINT32_MAX, &id)) {
        struct node *user = node_new_map(config->arena, init);
        node_put(config->arena, user, "id", node_new_int(config->arena, (int64_t)id, init));
        node_put(config->arena, facts, "user", user);
    }
}
