/* What of a container's description confines it. */
#include <string.h>

#include "audit/docker_facts.h"
#include "audit/docker_inspect.h"

static void put_name(struct arena *arena, struct node *facts, const struct node *container)
{
    const struct node *name = node_get(container, "Name");
    const char *text = node_text(name);
    if (text)
        node_put(arena, facts, "name", node_new_text(arena, text + (*text == '/'), name));
}

/* Here an empty user is an answer, the image's own one included: root. */
static void put_user(struct arena *arena, struct node *facts, const struct node *config)
{
    const struct node *user = node_get(config, "User");
    if (!node_is_text(user, "")) {
        docker_put_user(arena, facts, user);
        return;
    }
    struct node *map = node_new_map(arena, user);
    node_put(arena, map, "id", node_new_int(arena, 0, user));
    node_put(arena, facts, "user", map);
}

/* Podman says which set results; of a user that is not root only the bounding set is left. */
static const struct node *resulting_set(const struct node *container)
{
    const struct node *bounding = node_get(container, "BoundingCaps");
    return node_count(bounding) ? bounding : node_get(container, "EffectiveCaps");
}

static void put_capabilities(struct arena *arena, struct node *facts, const struct node *container)
{
    const struct node *host = node_get(container, "HostConfig");
    const struct node *add = node_get(host, "CapAdd");
    const struct node *drop = node_get(host, "CapDrop");
    bool podman = docker_inspect_is_podman(container);
    bool privileged = false;
    (void)docker_bool(node_get(host, "Privileged"), &privileged);
    const struct node *result = podman ? resulting_set(container) : NULL;
    docker_put_capabilities(arena, facts, add, drop, podman ? "podman" : "docker", privileged, host);
    if (!node_is(result, NODE_LIST))
        return;
    struct node *capabilities = docker_map_at(arena, facts, "capabilities", host);
    struct node *own = node_new_map(arena, host);
    for (const struct node *at = node_first(capabilities); at; at = at->next)
        if (strcmp(at->key, "effective") != 0)
            node_put(arena, own, at->key, node_copy(arena, at));
    struct node *names = node_new_list(arena, result);
    for (const struct node *item = node_first(result); item; item = item->next)
        if (node_text(item))
            node_append(names, facts_capability(arena, item));
    node_put(arena, own, "effective", names);
    capabilities->first = own->first;
    capabilities->last = own->last;
    capabilities->count = own->count;
}

/* What the engine says it applied counts more than what was asked for; nothing said means no profile. */
static void put_apparmor(struct arena *arena, struct node *facts, const struct node *profile)
{
    const char *text = node_text(profile);
    if (!text || !*text || node_get(facts, "apparmor"))
        return;
    bool off = strcmp(text, "unconfined") == 0;
    bool standard = strcmp(text, "docker-default") == 0 || strncmp(text, "containers-default", 18) == 0;
    struct node *map = docker_map_at(arena, facts, "apparmor", profile);
    node_put(arena, map, "type",
             node_new_text(arena, off ? "unconfined" : standard ? "default" : "localhost", profile));
    if (!off && !standard)
        node_put(arena, map, "profile", node_new_text(arena, text, profile));
}

/* null stands for the default paths, an empty list for none at all. */
static void put_proc_mount(struct arena *arena, struct node *facts, const struct node *host)
{
    static const char *const lists[] = {"MaskedPaths", "ReadonlyPaths"};
    for (size_t i = 0; i < ARRAY_COUNT(lists); i++) {
        const struct node *paths = node_get(host, lists[i]);
        if (node_is(paths, NODE_LIST) && node_count(paths) == 0 && !node_get(facts, "proc_mount"))
            node_put(arena, facts, "proc_mount", node_new_text(arena, "Unmasked", paths));
    }
}

static void put_namespaces(struct arena *arena, struct node *facts, const struct node *host)
{
    static const struct {
        const char *key, *fact;
    } modes[] = {
        {"NetworkMode", "network"}, {"PidMode", "pid"},         {"IpcMode", "ipc"},       {"UTSMode", "uts"},
        {"UsernsMode", "user"},     {"CgroupnsMode", "cgroup"}, {"CgroupMode", "cgroup"}, /* the last is Podman's */
    };
    for (size_t i = 0; i < ARRAY_COUNT(modes); i++)
        docker_put_namespace(arena, facts, modes[i].fact, node_get(host, modes[i].key));
    const struct node *mappings = node_get(host, "IDMappings");
    struct node *namespaces = mappings ? docker_map_at(arena, facts, "namespaces", mappings) : NULL;
    if (namespaces && !node_get(namespaces, "user"))
        node_put(arena, namespaces, "user", node_new_text(arena, "private", mappings));
}

static void put_commands(struct arena *arena, struct node *facts, const struct node *config)
{
    struct node *command = facts_command(arena, node_get(config, "Entrypoint"), node_get(config, "Cmd"));
    if (command)
        node_put(arena, facts, "command", command);
    const struct node *health = node_get(config, "Healthcheck");
    const struct node *test = node_get(health, "Test");
    if (!health)
        return;
    bool none = node_is_text(node_first(test), "NONE");
    node_put(arena, facts, "health_check", node_new_text(arena, none ? "disabled" : "present", health));
    docker_put_test(arena, facts, test);
}

static void put_restart(struct arena *arena, struct node *facts, const struct node *policy)
{
    const char *name = node_text(node_get(policy, "Name"));
    if (!name || !*name)
        return;
    struct node *restart = node_new_map(arena, policy);
    docker_put_text(arena, restart, "policy", node_get(policy, "Name"));
    int64_t attempts;
    const struct node *count = node_get(policy, "MaximumRetryCount");
    if (node_integer(count, &attempts) && attempts > 0)
        docker_put_int(arena, restart, "max_attempts", count);
    node_put(arena, facts, "restart", restart);
}

/* Podman calls its choice "oci" and names it elsewhere. */
static void put_runtime(struct arena *arena, struct node *facts, const struct node *container)
{
    const struct node *runtime = node_at(container, "HostConfig.Runtime");
    const struct node *oci = node_get(container, "OCIRuntime");
    const struct node *named = oci ? oci : runtime;
    if (node_text(named) && *node_text(named))
        docker_put_text(arena, facts, "runtime", named);
}

static void put_image(struct arena *arena, struct node *facts, const struct node *container)
{
    const struct node *named = node_get(container, "ImageName");
    struct node *image = facts_image(arena, named ? named : node_at(container, "Config.Image"));
    if (image)
        node_put(arena, facts, "image", image);
}

struct node *docker_inspect_facts(struct arena *arena, const struct node *container)
{
    const struct node *config = node_get(container, "Config");
    const struct node *host = node_get(container, "HostConfig");
    struct node *facts = node_new_map(arena, container);
    node_put(arena, facts, "format", node_new_text(arena, "inspect", container));
    node_put(arena, facts, "role", node_new_text(arena, "container", container));
    put_name(arena, facts, container);
    put_image(arena, facts, container);
    docker_put_bool(arena, facts, "privileged", node_get(host, "Privileged"));
    docker_put_bool(arena, facts, "read_only_root", node_get(host, "ReadonlyRootfs"));
    put_user(arena, facts, config);
    put_capabilities(arena, facts, container);
    docker_put_security(arena, facts, node_get(host, "SecurityOpt"));
    put_apparmor(arena, facts, node_get(container, "AppArmorProfile"));
    put_proc_mount(arena, facts, host);
    put_namespaces(arena, facts, host);
    docker_inspect_put_attached(arena, facts, container);
    docker_inspect_put_limits(arena, facts, host);
    docker_put_pairs(arena, facts, "environment", node_get(config, "Env"));
    put_commands(arena, facts, config);
    put_restart(arena, facts, node_get(host, "RestartPolicy"));
    put_runtime(arena, facts, container);
    docker_put_texts(arena, facts, "groups", node_get(host, "GroupAdd"));
    docker_put_hosts(arena, facts, node_get(host, "ExtraHosts"));
    docker_put_texts(arena, facts, "volumes_from", node_get(host, "VolumesFrom"));
    docker_put_texts(arena, facts, "links", node_get(host, "Links"));
    docker_put_labels(arena, facts, "labels", node_get(config, "Labels"));
    const struct node *annotations = node_get(host, "Annotations");
    docker_put_labels(arena, facts, "annotations", annotations ? annotations : node_get(config, "Annotations"));
    return facts;
}
