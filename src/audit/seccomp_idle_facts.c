#include "audit/seccomp_idle_facts.h"

#include "base/strings.h"
#include "model/seccomp_idle.h"

/* Of one file; contrived ones have as many as they like. */
enum { IDLE_MAX = 50 };

struct idle {
    struct arena *arena;
    struct node *list;
    char **told; /* calls that were said to be open */
    size_t told_count;
};

static void add(struct idle *idle, const char *call, const char *kind, const char *why, const struct node *where)
{
    struct node *item = node_new_map(idle->arena, where);
    node_put(idle->arena, item, "call", node_new_text(idle->arena, call, where));
    node_put(idle->arena, item, "kind", node_new_text(idle->arena, kind, where));
    node_put(idle->arena, item, "why", node_new_text(idle->arena, why, where));
    node_append(idle->list, item);
}

/* What a rule says of its arguments; else the rule. */
static const struct node *conditions_of(const struct node *rule, const char *key)
{
    const struct node *conditions = node_get(rule, key);
    return conditions ? conditions : rule;
}

static void judge_calls(struct idle *idle, const struct node *where, const struct seccomp_rule *rule,
                        const struct seccomp_evaluator *evaluator)
{
    for (size_t i = 0; i < rule->name_count && node_count(idle->list) < IDLE_MAX; i++) {
        const char *call = rule->names[i];
        if (strings_contain(idle->told, idle->told_count, call) || !seccomp_call_is_open(evaluator, ABI_X86_64, call))
            continue;
        strings_add(&idle->told, &idle->told_count, call);
        add(idle, call, "open", "it is let through whatever its arguments are", conditions_of(where, "args"));
    }
}

static void judge_rule(struct idle *idle, const struct node *where, const struct seccomp_rule *rule,
                       const struct seccomp_context *context, const struct seccomp_evaluator *evaluator)
{
    const char *call = rule->name_count > 0 ? rule->names[0] : "";
    bool lets = rule->action == SECCOMP_ALLOW || rule->action == SECCOMP_LOG;
    if (seccomp_rule_never_applies(rule))
        add(idle, call, "no-context", "includes asks for what excludes forbids", conditions_of(where, "includes"));
    else if (seccomp_rule_never_matches(rule, ABI_X86_64))
        add(idle, call, "no-match", "no argument fulfils its conditions", conditions_of(where, "args"));
    else if (lets && rule->arg_count > 0 && seccomp_rule_applies(rule, context))
        judge_calls(idle, where, rule, evaluator);
}

struct node *seccomp_idle_facts(struct arena *arena, const struct node *root, const struct seccomp_policy *policy,
                                const struct seccomp_context *context, const struct seccomp_evaluator *evaluator)
{
    const struct node *rules = node_get(root, "syscalls");
    struct idle idle = {.arena = arena, .list = node_new_list(arena, rules)};
    const struct node *where = node_first(rules);
    for (size_t i = 0; i < policy->rule_count && where && node_count(idle.list) < IDLE_MAX; i++, where = where->next)
        judge_rule(&idle, where, &policy->rules[i], context, evaluator);
    strings_free(&idle.told, &idle.told_count);
    return idle.list;
}
