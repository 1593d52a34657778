#include "model/seccomp_idle.h"

#include "base/strings.h"
#include "model/seccomp_ways.h"

bool seccomp_call_is_open(const struct seccomp_evaluator *evaluator, enum abi abi, const char *call)
{
    int number = syscall_number(abi, call);
    if (number == SYSCALL_NONE)
        return false;
    AUTO(seccomp_ways_done) struct seccomp_ways ways = {.is_64_bit = arch_get(abi)->is_64_bit};
    struct seccomp_path path = seccomp_evaluator_begin(evaluator, abi, (uint64_t)number);
    return !seccomp_ways_refuse(&ways, &path) && !seccomp_ways_gave_up(&ways);
}

/* A filter that lets through what fulfils the rule's conditions, and nothing else. */
static struct seccomp_policy *policy_of(const struct seccomp_rule *rule, enum abi abi, const char *call)
{
    struct seccomp_policy *policy = seccomp_policy_new();
    policy->default_action = SECCOMP_KILL_PROCESS;
    seccomp_policy_add_abi(policy, abi);
    struct seccomp_rule *only = seccomp_policy_add_rule(policy, SECCOMP_ALLOW);
    seccomp_rule_add_name(only, call);
    for (size_t i = 0; i < rule->arg_count; i++)
        seccomp_rule_add_arg(only, rule->args[i]);
    return policy;
}

bool seccomp_rule_never_matches(const struct seccomp_rule *rule, enum abi abi)
{
    static const char call[] = "read"; /* any will do: that every ABI has it matters */
    const struct seccomp_context context = {.native = abi};
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = policy_of(rule, abi, call);
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = NULL;
    if (rule->arg_count == 0 || seccomp_evaluator_new(policy, &context, &evaluator, NULL) < 0)
        return false;
    AUTO(seccomp_ways_done) struct seccomp_ways ways = {.is_64_bit = arch_get(abi)->is_64_bit};
    struct seccomp_path path = seccomp_evaluator_begin(evaluator, abi, (uint64_t)syscall_number(abi, call));
    return !seccomp_ways_pass(&ways, &path) && !seccomp_ways_gave_up(&ways);
}

/* Included are those that have all of the capabilities and one of the machines; excluded those that have any. */
bool seccomp_rule_never_applies(const struct seccomp_rule *rule)
{
    const struct seccomp_condition *in = &rule->includes;
    const struct seccomp_condition *out = &rule->excludes;
    bool machine_left = in->arch_count == 0;
    for (size_t i = 0; i < in->capability_count; i++)
        if (strings_contain(out->capabilities, out->capability_count, in->capabilities[i]))
            return true;
    for (size_t i = 0; i < in->arch_count && !machine_left; i++)
        machine_left = !strings_contain(out->arches, out->arch_count, in->arches[i]);
    return !machine_left;
}
