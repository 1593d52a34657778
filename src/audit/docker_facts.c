/* What confines: the user, namespaces, capabilities, security options, mounts, devices. */
#include "audit/docker_facts.h"

#include <string.h>
#include <strings.h>

#include "base/num.h"

static bool is_number(const char *text, int64_t *ret)
{
    uint64_t number;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        return false;
    if (!num_parse_u64(text, UINT32_MAX, &number))
        return false;
    *ret = (int64_t)number;
    return true;
}

static void put_number_or_text(struct arena *arena, struct node *map, const char *key, const char *text,
                               const struct node *where)
{
    int64_t number;
    node_put(arena, map, key,
             is_number(text, &number) ? node_new_int(arena, number, where) : node_new_text(arena, text, where));
}

void docker_put_user(struct arena *arena, struct node *facts, const struct node *user)
{
    const char *text = node_text(user);
    if (!text || !*text)
        return;
    struct node *map = node_new_map(arena, user);
    node_put(arena, facts, "user", map);
    if (user->tag == NODE_TAG_OPEN) {
        node_put(arena, map, "name", node_new_text(arena, text, user));
        return;
    }
    const char *colon = strchr(text, ':');
    const char *name = colon ? arena_dup(arena, text, (size_t)(colon - text)) : text;
    int64_t id;
    bool root = strcmp(name, "root") == 0;
    if (root || is_number(name, &id))
        node_put(arena, map, "id", node_new_int(arena, root ? 0 : id, user));
    if (*name && (root || !is_number(name, &id)))
        node_put(arena, map, "name", node_new_text(arena, name, user));
    if (colon && colon[1])
        put_number_or_text(arena, map, "group", colon + 1, user);
}

/* NULL for what is the engine's default. */
static const char *namespace_word(struct arena *arena, const char *mode)
{
    if (!*mode || strcmp(mode, "default") == 0)
        return NULL;
    if (strcmp(mode, "host") == 0 || strcmp(mode, "shareable") == 0)
        return mode;
    if (strncmp(mode, "container:", 10) == 0)
        return mode;
    if (strncmp(mode, "service:", 8) == 0)
        return arena_printf(arena, "container:%s", mode + 8);
    if (strncmp(mode, "ns:", 3) == 0) /* Podman: joined by path */
        return arena_printf(arena, "container:%s", mode + 3);
    return "private";
}

void docker_put_namespace(struct arena *arena, struct node *facts, const char *key, const struct node *mode)
{
    const char *text = node_text(mode);
    if (!text)
        return;
    const char *word = mode->tag == NODE_TAG_OPEN ? text : namespace_word(arena, text);
    if (word)
        node_put(arena, docker_map_at(arena, facts, "namespaces", mode), key, node_new_text(arena, word, mode));
}

static void put_names(struct arena *arena, struct node *map, const char *key, const struct node *list)
{
    if (!list)
        return;
    struct node *names = node_new_list(arena, list);
    for (const struct node *item = node_first(list); item; item = item->next) {
        struct node *name = facts_capability(arena, item);
        if (name)
            node_append(names, name);
    }
    node_put(arena, map, key, names);
}

void docker_put_capabilities(struct arena *arena, struct node *facts, const struct node *add, const struct node *drop,
                             const char *engine, bool privileged, const struct node *where)
{
    struct node *capabilities = node_new_map(arena, where);
    put_names(arena, capabilities, "add", add);
    put_names(arena, capabilities, "drop", drop);
    facts_effective_capabilities(arena, capabilities, engine, privileged);
    node_put(arena, facts, "capabilities", capabilities);
}

/* ---- security options ------------------------------------------------------------------------------------ */

/* seccomp and apparmor alike: a word for off, a word for the engine's own profile, else the name of one. */
static void set_profile(struct arena *arena, struct node **slot, const char *value, const char *own,
                        const struct node *where)
{
    bool off = strcmp(value, "unconfined") == 0;
    bool standard = strcmp(value, own) == 0;
    struct node *map = node_new_map(arena, where);
    node_put(arena, map, "type", node_new_text(arena, off ? "unconfined" : standard ? "default" : "localhost", where));
    /* `docker inspect` shows the whole profile, which has no name then. */
    if (!off && !standard && *value && *value != '{')
        node_put(arena, map, "profile", node_new_text(arena, value, where));
    *slot = map;
}

static void set_label(struct arena *arena, struct node **slot, const char *value, const struct node *where)
{
    static const char *const parts[] = {"user", "role", "type", "level"};
    if (!*slot)
        *slot = node_new_map(arena, where);
    if (strcmp(value, "disable") == 0)
        node_put(arena, *slot, "disabled", node_new_bool(arena, true, where));
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
        size_t length = strlen(parts[i]);
        if (strncmp(value, parts[i], length) == 0 && (value[length] == ':' || value[length] == '='))
            node_put(arena, *slot, parts[i], node_new_text(arena, value + length + 1, where));
    }
}

/* What was said last counts, as in Docker. */
struct security {
    struct node *seccomp, *apparmor, *selinux, *proc_mount, *no_new_privileges;
};

static void set_no_new_privileges(struct arena *arena, struct security *security, const char *value,
                                  const struct node *where)
{
    bool off = strcasecmp(value, "false") == 0 || strcmp(value, "0") == 0 || strcasecmp(value, "f") == 0;
    security->no_new_privileges = node_new_bool(arena, !off, where);
}

static void take_option(struct arena *arena, struct security *security, const char *key, const char *value,
                        const struct node *where)
{
    if (strcmp(key, "no-new-privileges") == 0)
        set_no_new_privileges(arena, security, value, where);
    else if (strcmp(key, "seccomp") == 0)
        set_profile(arena, &security->seccomp, value, "builtin", where);
    else if (strcmp(key, "apparmor") == 0)
        set_profile(arena, &security->apparmor, value, "docker-default", where);
    else if (strcmp(key, "label") == 0 || strcmp(key, "disable") == 0)
        set_label(arena, &security->selinux, *key == 'd' ? "disable" : value, where);
    else if ((strcmp(key, "systempaths") == 0 && strcmp(value, "unconfined") == 0) ||
             (strcmp(key, "unmask") == 0 && strcasecmp(value, "ALL") == 0))
        security->proc_mount = node_new_text(arena, "Unmasked", where);
}

static void put_if(struct arena *arena, struct node *facts, const char *key, struct node *value)
{
    if (value)
        node_put(arena, facts, key, value);
}

void docker_put_security(struct arena *arena, struct node *facts, const struct node *list)
{
    struct security security = {0};
    for (const struct node *item = node_is(list, NODE_LIST) ? node_first(list) : NULL; item; item = item->next) {
        const char *text = node_text(item);
        if (!text)
            continue;
        /* The first equals sign parts them; a colon only where there is none (the older form). */
        size_t length = strchr(text, '=') && strncmp(text, "label:", 6) != 0 ? strcspn(text, "=") : strcspn(text, ":");
        take_option(arena, &security, arena_dup(arena, text, length), text[length] ? text + length + 1 : "", item);
    }
    docker_put_texts(arena, facts, "security_opt", list);
    put_if(arena, facts, "seccomp", security.seccomp);
    put_if(arena, facts, "apparmor", security.apparmor);
    put_if(arena, facts, "selinux", security.selinux);
    put_if(arena, facts, "proc_mount", security.proc_mount);
    put_if(arena, facts, "no_new_privileges", security.no_new_privileges);
}

/* ---- mounts and devices ------------------------------------------------------------------------------------ */

void docker_mount_options(struct arena *arena, const char *options, struct docker_mount *mount)
{
    static const char *const propagations[] = {"private", "rprivate", "shared", "rshared", "slave", "rslave"};
    mount->options = options;
    for (const char *at = options; *at; at += *at == ',') {
        size_t length = strcspn(at, ",");
        if ((length == 2 && memcmp(at, "ro", 2) == 0) || (length == 8 && memcmp(at, "readonly", 8) == 0))
            mount->read_only = true;
        for (size_t i = 0; i < ARRAY_COUNT(propagations); i++)
            if (strlen(propagations[i]) == length && memcmp(at, propagations[i], length) == 0)
                mount->propagation = arena_dup(arena, at, length);
        at += length;
    }
}

static void put_word(struct arena *arena, struct node *map, const char *key, const char *text, const struct node *where)
{
    if (text && *text)
        node_put(arena, map, key, node_new_text(arena, text, where));
}

static struct node *mount_node(struct arena *arena, const struct docker_mount *mount, const char *source,
                               const struct node *where)
{
    struct node *map = node_new_map(arena, where);
    put_word(arena, map, "source", source, where);
    put_word(arena, map, "target", mount->target ? facts_path(arena, mount->target) : NULL, where);
    node_put(arena, map, "read_only", node_new_bool(arena, mount->read_only, where));
    put_word(arena, map, "propagation", mount->propagation, where);
    return map;
}

void docker_put_mount(struct arena *arena, struct node *facts, const struct docker_mount *mount,
                      const struct node *where)
{
    const char *host = mount->host ? facts_path(arena, mount->host) : NULL;
    const char *source = mount->source ? facts_path(arena, mount->source) : NULL;
    struct node *map = mount_node(arena, mount, source, where);
    put_word(arena, map, "kind", mount->kind, where);
    put_word(arena, map, "options", mount->options, where);
    node_append(docker_list_at(arena, facts, "mounts", where), map);
    if (!host)
        return;
    struct node *path = mount_node(arena, mount, host, where);
    put_word(arena, path, "name", mount->volume, where);
    node_append(docker_list_at(arena, facts, "host_paths", where), path);
}

void docker_put_tmpfs(struct arena *arena, struct node *facts, const char *target, const char *options,
                      const struct node *where)
{
    const char *colon = options ? NULL : strchr(target, ':');
    struct docker_mount mount = {.kind = "tmpfs", .target = target};
    if (colon) {
        mount.target = arena_dup(arena, target, (size_t)(colon - target));
        options = colon + 1;
    }
    docker_mount_options(arena, options ? options : "", &mount);
    docker_put_mount(arena, facts, &mount, where);
}

void docker_put_device(struct arena *arena, struct node *facts, const struct node *text)
{
    const char *source = node_text(text);
    if (!source || !*source)
        return;
    struct node *device = node_new_map(arena, text);
    node_append(docker_list_at(arena, facts, "devices", text), device);
    const char *colon = source[0] == '/' ? strchr(source, ':') : NULL;
    put_word(arena, device, "source",
             facts_path(arena, colon ? arena_dup(arena, source, (size_t)(colon - source)) : source), text);
    if (!colon)
        return;
    const char *second = strchr(colon + 1, ':');
    size_t length = second ? (size_t)(second - colon - 1) : strlen(colon + 1);
    const char *target = arena_dup(arena, colon + 1, length);
    /* "/dev/a:r" gives rights, not a name. */
    bool rights = !second && target[0] != '/' && strspn(target, "rwm") == length;
    put_word(arena, device, rights ? "permissions" : "target", target, text);
    put_word(arena, device, "permissions", second ? second + 1 : NULL, text);
}
