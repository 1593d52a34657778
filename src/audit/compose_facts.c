/* A service's settings as facts, in the vocabulary of subject.h. */
#include <string.h>

#include "audit/compose.h"
#include "audit/docker_facts.h"

typedef void put_function(struct arena *arena, struct node *facts, const char *key, const struct node *value);

static void put_namespace(struct arena *arena, struct node *facts, const char *key, const struct node *value)
{
    docker_put_namespace(arena, facts, key, value);
}

static void put_user(struct arena *arena, struct node *facts, const char *key, const struct node *value)
{
    (void)key;
    docker_put_user(arena, facts, value);
}

static void put_security(struct arena *arena, struct node *facts, const char *key, const struct node *value)
{
    (void)key;
    docker_put_security(arena, facts, value);
}

static void put_hosts(struct arena *arena, struct node *facts, const char *key, const struct node *value)
{
    (void)key;
    docker_put_hosts(arena, facts, value);
}

static void put_image(struct arena *arena, struct node *facts, const char *key, const struct node *value)
{
    struct node *image = facts_image(arena, value);
    if (image)
        node_put(arena, facts, key, image);
}

/* Settings whose value becomes the fact; those that need more are put by functions of their own. */
static const struct {
    const char *setting, *fact;
    put_function *put;
} settings[] = {
    {"image", "image", put_image},
    {"pull_policy", "pull_policy", docker_put_text},
    {"privileged", "privileged", docker_put_bool},
    {"read_only", "read_only_root", docker_put_bool},
    {"user", "user", put_user},
    {"security_opt", "security_opt", put_security},
    {"network_mode", "network", put_namespace},
    {"pid", "pid", put_namespace},
    {"ipc", "ipc", put_namespace},
    {"uts", "uts", put_namespace},
    {"userns_mode", "user", put_namespace},
    {"cgroup", "cgroup", put_namespace},
    {"use_api_socket", "use_api_socket", docker_put_bool},
    {"device_cgroup_rules", "device_rules", docker_put_texts},
    {"sysctls", "sysctls", docker_put_pairs},
    {"environment", "environment", docker_put_pairs},
    {"runtime", "runtime", docker_put_text},
    {"group_add", "groups", docker_put_texts},
    {"extra_hosts", "extra_hosts", put_hosts},
    {"volumes_from", "volumes_from", docker_put_texts},
    {"links", "links", docker_put_texts},
    {"labels", "labels", docker_put_labels},
    {"annotations", "annotations", docker_put_labels},
};

/* A network may be the host's own under another name. */
static bool is_host_network(const struct node *network)
{
    return node_is_text(compose_get(network, "driver"), "host") ||
           (node_is_true(compose_get(network, "external")) && node_is_text(compose_get(network, "name"), "host"));
}

/* A list of names, or a map whose keys they are. */
static void put_networks(struct compose_reader *reader, const struct compose_project *project, struct node *facts,
                         const struct node *networks)
{
    struct arena *arena = reader->arena;
    for (const struct node *item = node_first(networks); item; item = item->next) {
        const char *name = item->key ? item->key : node_text(item);
        if (!name || !compose_spend(reader, node_count(project->networks)))
            continue;
        if (!is_host_network(node_get(project->networks, name)) || node_at(facts, "namespaces.network"))
            continue;
        node_put(arena, docker_map_at(arena, facts, "namespaces", item), "network", node_new_text(arena, "host", item));
    }
}

static void put_capabilities(struct arena *arena, struct node *facts, const struct node *service)
{
    bool privileged = false;
    (void)docker_bool(compose_get(service, "privileged"), &privileged);
    docker_put_capabilities(arena, facts, compose_get(service, "cap_add"), compose_get(service, "cap_drop"), "docker",
                            privileged, service);
}

/* Life-cycle hooks: each is a command in the container, by another user perhaps. */
static void put_hooks(struct arena *arena, struct node *facts, const struct node *hooks)
{
    for (const struct node *hook = node_first(hooks); hook; hook = hook->next) {
        struct node *command = facts_command(arena, compose_get(hook, "command"), NULL);
        if (command)
            node_append(docker_list_at(arena, facts, "commands", hooks), command);
    }
}

static void put_commands(struct arena *arena, struct node *facts, const struct node *service)
{
    struct node *command =
        facts_command(arena, compose_get(service, "entrypoint"), compose_get(service, "command"));
    if (command)
        node_put(arena, facts, "command", command);
    docker_put_test(arena, facts, compose_get(service, "healthcheck.test"));
    put_hooks(arena, facts, compose_get(service, "post_start"));
    put_hooks(arena, facts, compose_get(service, "pre_stop"));
}

static void put_health(struct arena *arena, struct node *facts, const struct node *health)
{
    bool disabled = false;
    const struct node *test = compose_get(health, "test");
    const struct node *first = node_is(test, NODE_LIST) ? node_first(test) : test;
    if (!health)
        return;
    (void)docker_bool(compose_get(health, "disable"), &disabled);
    disabled = disabled || node_is_text(first, "NONE");
    node_put(arena, facts, "health_check", node_new_text(arena, disabled ? "disabled" : "present", health));
}

/* deploy.restart_policy counts more than restart. */
static void put_restart(struct arena *arena, struct node *facts, const struct node *service)
{
    const struct node *policy = compose_get(service, "deploy.restart_policy");
    const char *condition = node_text(compose_get(policy, "condition"));
    if (!policy) {
        docker_put_restart(arena, facts, compose_get(service, "restart"));
        return;
    }
    struct node *restart = node_new_map(arena, policy);
    const char *word = !condition || strcmp(condition, "any") == 0 ? "always"
                       : strcmp(condition, "none") == 0            ? "no"
                                                                   : condition;
    node_put(arena, restart, "policy", node_new_text(arena, word, policy));
    docker_put_int(arena, restart, "max_attempts", compose_get(policy, "max_attempts"));
    node_put(arena, facts, "restart", restart);
}

/* ---- env_file ------------------------------------------------------------------------------------------------ */

/* Variables of a file stand at the entry that names it. */
static void put_env_file(struct compose_reader *reader, const struct compose_project *project, struct compose_env *seen,
                         struct node *facts, const struct node *item)
{
    enum { NODES = 3 };
    struct arena *arena = reader->arena;
    const struct node *path = node_is(item, NODE_MAP) ? compose_get(item, "path") : item;
    if (!node_text(path) || path->tag == NODE_TAG_OPEN)
        return;
    bool required = true;
    (void)docker_bool(compose_get(item, "required"), &required);
    const char *joined = compose_join(arena, project->directory, node_text(path));
    const struct compose_variable *at = compose_env_first(compose_env_file(reader, joined, required, item));
    struct node *environment = at ? docker_list_at(arena, facts, "environment", item) : NULL;
    for (; at; at = at->next) {
        if (compose_env_get(seen, at->name) || !compose_spend(reader, NODES * COMPOSE_COPY))
            continue;
        struct node *pair = node_new_map(arena, item);
        node_put(arena, pair, "name", node_new_text(arena, at->name, item));
        node_put(arena, pair, "value", node_new_text(arena, at->value, item));
        node_append(environment, pair);
        compose_env_set(seen, at->name, at->value);
    }
}

/* The last file counts most, and less than what environment says. */
static void put_env_files(struct compose_reader *reader, const struct compose_project *project, struct node *facts,
                          const struct node *files)
{
    if (!files)
        return;
    struct compose_env *seen = compose_env_new(reader, NULL);
    for (const struct node *pair = node_first(node_get(facts, "environment")); pair; pair = pair->next)
        compose_env_set(seen, node_text(node_get(pair, "name")), "");
    if (!node_is(files, NODE_LIST)) {
        put_env_file(reader, project, seen, facts, files);
        return;
    }
    const struct node **items = arena_alloc(reader->arena, (node_count(files) + 1) * sizeof(*items));
    size_t at = 0;
    for (const struct node *item = node_first(files); item; item = item->next)
        items[at++] = item;
    while (at > 0)
        put_env_file(reader, project, seen, facts, items[--at]);
}

struct node *compose_facts(struct compose_reader *reader, const struct compose_project *project,
                           const struct compose_service *service)
{
    struct arena *arena = reader->arena;
    const struct node *node = service->node;
    struct node *facts = node_new_map(arena, node);
    node_put(arena, facts, "format", node_new_text(arena, "compose", node));
    node_put(arena, facts, "role", node_new_text(arena, "container", node));
    node_put(arena, facts, "name", node_new_text(arena, service->name, node));
    for (size_t i = 0; i < ARRAY_COUNT(settings); i++) {
        const struct node *value = compose_get(node, settings[i].setting);
        if (value)
            settings[i].put(arena, facts, settings[i].fact, value);
    }
    put_networks(reader, project, facts, compose_get(node, "networks"));
    put_capabilities(arena, facts, node);
    put_commands(arena, facts, node);
    put_health(arena, facts, compose_get(node, "healthcheck"));
    put_restart(arena, facts, node);
    put_env_files(reader, project, facts, compose_get(node, "env_file"));
    compose_put_attached(reader, project, facts, node);
    compose_put_ports(reader, facts, node);
    compose_put_limits(arena, facts, node);
    if (service->from)
        node_put(arena, facts, "from", node_new_text(arena, service->from, node));
    return facts;
}
