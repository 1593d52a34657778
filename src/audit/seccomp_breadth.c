#include "audit/seccomp_breadth.h"

#include <string.h>

#include "audit/profile_source.h"
#include "audit/seccomp_idle_facts.h"
#include "model/breadth.h"
#include "model/default_profile.h"
#include "model/seccomp_probe.h"

struct judged {
    struct arena *arena;
    const struct node *root;
    const struct seccomp_policy *policy;
    const struct seccomp_evaluator *evaluator;
    const struct seccomp_context *context;
    struct seccomp_probing probing;
    const struct situation *situation; /* of the container it is judged for; NULL: for none */
};

/* The place in the file that names the call: of a rule that allows it, if one does. */
static const struct node *place_of(const struct node *root, const char *call)
{
    const struct node *rules = node_get(root, "syscalls");
    for (const struct node *rule = node_first(rules); rule; rule = rule->next) {
        if (!node_is_text(node_get(rule, "action"), "SCMP_ACT_ALLOW"))
            continue;
        for (const struct node *name = node_first(node_get(rule, "names")); name; name = name->next)
            if (node_is_text(name, call))
                return name;
        if (node_is_text(node_get(rule, "name"), call))
            return node_get(rule, "name");
    }
    return node_get(root, "defaultAction");
}

static void put_text(struct arena *arena, struct node *map, const char *key, const char *text, const struct node *where)
{
    node_put(arena, map, key, node_new_text(arena, text, where));
}

static void add_passing(const struct judged *judged, const struct seccomp_passing *item, struct node *passing)
{
    struct arena *arena = judged->arena;
    const struct data_seccomp_probes *probe = item->probe;
    const struct node *where = place_of(judged->root, probe->call);
    struct node *map = node_new_map(arena, where);
    put_text(arena, map, "probe", probe->probe, where);
    put_text(arena, map, "call", probe->call, where);
    put_text(arena, map, "abi", arch_get(item->abi)->name, where);
    put_text(arena, map, "severity", probe->severity, where);
    put_text(arena, map, "why", probe->why, where);
    if (*probe->needs)
        put_text(arena, map, "needs", probe->needs, where);
    if (judged->situation)
        node_put(arena, map, "usable",
                 node_new_bool(arena, !*probe->needs || situation_has(judged->situation->reachable, probe->needs), where));
    node_append(passing, map);
}

static struct node *all_passing(const struct judged *judged)
{
    struct node *passing = node_new_list(judged->arena, judged->root);
    for (size_t i = 0; i < judged->probing.passing_count; i++)
        add_passing(judged, &judged->probing.passing[i], passing);
    return passing;
}

static struct node *undone_denials(const struct judged *judged)
{
    struct node *undone = node_new_list(judged->arena, judged->root);
    for (size_t i = 0; i < judged->probing.undone_count; i++) {
        const struct data_seccomp_undone *row = judged->probing.undone[i];
        const struct node *where = place_of(judged->root, row->passes);
        struct node *item = node_new_map(judged->arena, where);
        put_text(judged->arena, item, "denied", row->denied, where);
        put_text(judged->arena, item, "passes", row->passes, where);
        put_text(judged->arena, item, "why", row->why, where);
        node_append(undone, item);
    }
    return undone;
}

static void add_unknown(struct arena *arena, const struct node *name, struct node *unknown)
{
    const char *text = node_text(name);
    if (text && !syscall_by_name(text) && strncmp(text, "syscall_", 8) != 0)
        node_append(unknown, node_new_text(arena, text, name));
}

static struct node *unknown_names(const struct judged *judged)
{
    struct node *unknown = node_new_list(judged->arena, judged->root);
    for (const struct node *rule = node_first(node_get(judged->root, "syscalls")); rule; rule = rule->next) {
        add_unknown(judged->arena, node_get(rule, "name"), unknown);
        for (const struct node *name = node_first(node_get(rule, "names")); name; name = name->next)
            add_unknown(judged->arena, name, unknown);
    }
    return unknown;
}

static struct node *foreign_abis(const struct judged *judged)
{
    struct node *list = node_new_list(judged->arena, node_get(judged->root, "architectures"));
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        if (abi != judged->context->native && judged->probing.has_abi[abi])
            node_append(list, node_new_text(judged->arena, arch_get(abi)->name, NULL));
    return list;
}

/* Calls that are worth a name and that Docker's default profile refuses to such a container. */
static struct node *beyond_default(const struct judged *judged, const struct seccomp_policy *default_,
                                   const struct seccomp_evaluator *default_evaluator)
{
    static const uint64_t none[6] = {0};
    const struct seccomp_context *context = judged->context;
    struct node *calls = NULL;
    for (size_t i = 0; i < data_syscall_risk_count; i++) {
        const char *call = data_syscall_risk[i].syscall;
        if (!seccomp_probe_passes(judged->policy, judged->evaluator, context, context->native, call, none) ||
            seccomp_probe_passes(default_, default_evaluator, context, context->native, call, none))
            continue;
        calls = calls ? calls : node_new_list(judged->arena, judged->root);
        node_append(calls, node_new_text(judged->arena, call, place_of(judged->root, call)));
    }
    return calls;
}

static int put_beyond_default(const struct judged *judged, struct node *facts, struct err *err)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = NULL;
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *default_evaluator = NULL;
    int failed = default_profile_seccomp("docker", &policy, err);
    if (failed == 0)
        failed = seccomp_evaluator_new(policy, judged->context, &default_evaluator, err);
    struct node *beyond = failed == 0 ? beyond_default(judged, policy, default_evaluator) : NULL;
    if (beyond)
        node_put(judged->arena, facts, "beyond_default", beyond);
    return failed;
}

static struct node *make_facts(const struct judged *judged)
{
    struct arena *arena = judged->arena;
    struct node *facts = node_new_map(arena, judged->root);
    const struct node *action = node_get(judged->root, "defaultAction");
    put_text(arena, facts, "default_action", seccomp_action_name(judged->policy->default_action), action);
    node_put(arena, facts, "allowed_calls", node_new_int(arena, (int64_t)judged->probing.allowed_calls, judged->root));
    node_put(arena, facts, "abis", foreign_abis(judged));
    node_put(arena, facts, "passing", all_passing(judged));
    node_put(arena, facts, "undone", undone_denials(judged));
    node_put(arena, facts, "unknown_names", unknown_names(judged));
    node_put(arena, facts, "idle", seccomp_idle_facts(arena, judged->root, judged->policy, judged->context, judged->evaluator));
    return facts;
}

/* Takes what is undone out of the probing, and so comes last. */
static void put_score(struct judged *judged, struct node *facts)
{
    struct breadth breadth;
    breadth_of_probing(judged->policy, judged->context, &judged->probing, &breadth);
    node_put(judged->arena, facts, "score", node_new_int(judged->arena, breadth.score, judged->root));
    put_text(judged->arena, facts, "grade", breadth.grade->grade, judged->root);
    breadth_done(&breadth);
}

static int judge(struct arena *arena, const char *name, const struct node *root, const struct seccomp_context *context,
                 const struct situation *situation, struct node **ret_facts, struct err *err)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = NULL;
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = NULL;
    int failed = profile_source_policy_of(name, root, &policy, err);
    if (failed == 0)
        failed = seccomp_evaluator_new(policy, context, &evaluator, err);
    if (failed < 0)
        return failed;
    struct judged judged = {.arena = arena, .root = root, .policy = policy, .evaluator = evaluator, .context = context,
                            .situation = situation};
    seccomp_probe(policy, evaluator, context, &judged.probing);
    struct node *facts = make_facts(&judged);
    put_score(&judged, facts);
    seccomp_probing_done(&judged.probing);
    failed = situation ? put_beyond_default(&judged, facts, err) : 0;
    if (failed == 0)
        *ret_facts = facts;
    return failed;
}

int seccomp_breadth_facts(struct arena *arena, const char *name, const struct node *root, struct node **ret_facts,
                          struct err *err)
{
    /* No capability, the newest kernel. What only a capability lets through is judged with the container that has it. */
    static const struct seccomp_context context = {.native = ABI_X86_64};
    int failed = judge(arena, name, root, &context, NULL, ret_facts, err);
    if (failed < 0)
        return failed;
    put_text(arena, *ret_facts, "format", "seccomp", NULL);
    node_put(arena, *ret_facts, "raw", node_copy(arena, root));
    return 0;
}

int seccomp_breadth_of_container(struct arena *arena, const char *name, const struct node *root, const struct situation *situation,
                                 struct node **ret_facts, struct err *err)
{
    const struct seccomp_context context = {.native = ABI_X86_64, .capabilities = situation->given};
    return judge(arena, name, root, &context, situation, ret_facts, err);
}
