#include <string.h>

#include "audit/kubernetes_pod.h"

/* ---- commands -------------------------------------------------------------------------------------------------- */

static void put_exec(struct arena *arena, const struct node *handler, struct node *facts, struct node **list)
{
    const struct node *command = node_at(handler, "exec.command");
    struct node *text = node_is(command, NODE_LIST) ? facts_command(arena, command, NULL) : NULL;
    if (text)
        node_append(kubernetes_list(arena, facts, "commands", NULL, list), text);
}

void kubernetes_put_commands(struct arena *arena, const struct node *container, struct node *facts)
{
    static const char *const probes[] = {"startupProbe", "livenessProbe", "readinessProbe"};
    static const char *const hooks[] = {"postStart", "preStop"};
    const struct node *command = node_get(container, "command");
    const struct node *args = node_get(container, "args");
    const struct node *script = node_get(container, "script"); /* Tekton's, Argo's is called source */
    const struct node *lifecycle = node_get(container, "lifecycle");
    struct node *list = NULL;
    struct node *whole = facts_command(arena, node_is(command, NODE_LIST) ? command : NULL,
                                       node_is(args, NODE_LIST) ? args : NULL);
    if (whole)
        node_put(arena, facts, "command", whole);
    for (size_t i = 0; i < ARRAY_COUNT(probes); i++)
        put_exec(arena, node_get(container, probes[i]), facts, &list);
    for (size_t i = 0; i < ARRAY_COUNT(hooks); i++)
        put_exec(arena, node_get(lifecycle, hooks[i]), facts, &list);
    script = script ? script : node_get(container, "source");
    if (kubernetes_text(script))
        node_append(kubernetes_list(arena, facts, "commands", NULL, &list), node_copy(arena, script));
    if (node_is(node_get(container, "livenessProbe"), NODE_MAP) || node_is(node_get(container, "readinessProbe"), NODE_MAP))
        kubernetes_put_word(arena, facts, "health_check", "present");
}

/* ---- environment ----------------------------------------------------------------------------------------------- */

static void add_variable(struct arena *arena, const struct node *variable, struct node *list)
{
    const struct node *name = node_get(variable, "name");
    const struct node *value = node_get(variable, "value");
    if (!kubernetes_text(name))
        return;
    struct node *fact = node_new_map(arena, variable);
    kubernetes_put_text(arena, fact, "name", name);
    if (node_text(value) && !node_get(variable, "valueFrom"))
        kubernetes_put_node(arena, fact, "value", value);
    node_append(list, fact);
}

/* All variables of a ConfigMap or a Secret: their names are known to the cluster alone. */
static void add_source(struct arena *arena, const struct node *source, struct node *list)
{
    const char *prefix = node_text(node_get(source, "prefix"));
    const struct node *reference = node_get(source, "secretRef");
    reference = reference ? reference : node_get(source, "configMapRef");
    if (!node_is(reference, NODE_MAP))
        return;
    struct node *fact = node_new_map(arena, source);
    node_put(arena, fact, "name", node_new_text(arena, arena_printf(arena, "%s*", prefix ? prefix : ""), source));
    node_append(list, fact);
}

void kubernetes_put_environment(struct arena *arena, const struct node *container, struct node *facts)
{
    const struct node *variables = node_get(container, "env");
    const struct node *sources = node_get(container, "envFrom");
    bool has_variables = node_is(variables, NODE_LIST) && variables->count;
    bool has_sources = node_is(sources, NODE_LIST) && sources->count;
    if (!has_variables && !has_sources)
        return;
    struct node *list = node_new_list(arena, has_variables ? variables : sources);
    for (const struct node *item = has_variables ? variables->first : NULL; item; item = item->next)
        add_variable(arena, item, list);
    for (const struct node *item = has_sources ? sources->first : NULL; item; item = item->next)
        add_source(arena, item, list);
    node_put(arena, facts, "environment", list);
}
