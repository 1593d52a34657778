#include "model/seccomp_policy.h"

#include <string.h>

#include "base/strings.h"
#include "model/capability.h"

/* The first spelling of an action is the one that is written. */
static const struct {
    const char *name;
    enum seccomp_action action;
} action_names[] = {
    {"SCMP_ACT_KILL_PROCESS", SECCOMP_KILL_PROCESS},
    {"SCMP_ACT_KILL_THREAD", SECCOMP_KILL_THREAD},
    {"SCMP_ACT_KILL", SECCOMP_KILL_THREAD},
    {"SCMP_ACT_TRAP", SECCOMP_TRAP},
    {"SCMP_ACT_ERRNO", SECCOMP_ERRNO},
    {"SCMP_ACT_NOTIFY", SECCOMP_NOTIFY},
    {"SCMP_ACT_TRACE", SECCOMP_TRACE},
    {"SCMP_ACT_LOG", SECCOMP_LOG},
    {"SCMP_ACT_ALLOW", SECCOMP_ALLOW},
};

static const char *const op_names[SECCOMP_OP_COUNT] = {
    [OP_NE] = "SCMP_CMP_NE", [OP_LT] = "SCMP_CMP_LT", [OP_LE] = "SCMP_CMP_LE",
    [OP_EQ] = "SCMP_CMP_EQ", [OP_GE] = "SCMP_CMP_GE", [OP_GT] = "SCMP_CMP_GT",
    [OP_MASKED_EQ] = "SCMP_CMP_MASKED_EQ",
};

const char *seccomp_action_name(enum seccomp_action action)
{
    for (size_t i = 0; i < ARRAY_COUNT(action_names); i++)
        if (action_names[i].action == action)
            return action_names[i].name;
    return NULL;
}

enum seccomp_action seccomp_action_from_name(const char *name)
{
    for (size_t i = 0; i < ARRAY_COUNT(action_names); i++)
        if (strcmp(action_names[i].name, name) == 0)
            return action_names[i].action;
    return SECCOMP_ACTION_COUNT;
}

const char *seccomp_op_name(enum seccomp_op op)
{
    return op < SECCOMP_OP_COUNT ? op_names[op] : NULL;
}

enum seccomp_op seccomp_op_from_name(const char *name)
{
    for (size_t i = 0; i < SECCOMP_OP_COUNT; i++)
        if (strcmp(op_names[i], name) == 0)
            return (enum seccomp_op)i;
    return SECCOMP_OP_COUNT;
}

struct seccomp_policy *seccomp_policy_new(void)
{
    struct seccomp_policy *policy = mem_zero(1, sizeof(*policy));
    policy->default_action = SECCOMP_ERRNO;
    policy->default_errno = -1;
    return policy;
}

static void condition_done(struct seccomp_condition *condition)
{
    strings_free(&condition->capabilities, &condition->capability_count);
    strings_free(&condition->arches, &condition->arch_count);
}

static void rule_done(struct seccomp_rule *rule)
{
    strings_free(&rule->names, &rule->name_count);
    condition_done(&rule->includes);
    condition_done(&rule->excludes);
    free(rule->args);
    free(rule->comment);
}

void seccomp_policy_free(struct seccomp_policy *policy)
{
    if (!policy)
        return;
    for (size_t i = 0; i < policy->rule_count; i++)
        rule_done(&policy->rules[i]);
    free(policy->rules);
    free(policy->abis);
    strings_free(&policy->flags, &policy->flag_count);
    free(policy->listener_path);
    free(policy);
}

void seccomp_policy_add_abi(struct seccomp_policy *policy, enum abi abi)
{
    for (size_t i = 0; i < policy->abi_count; i++)
        if (policy->abis[i] == abi)
            return;
    policy->abis = mem_resize(policy->abis, policy->abi_count + 1, sizeof(policy->abis[0]));
    policy->abis[policy->abi_count++] = abi;
}

struct seccomp_rule *seccomp_policy_add_rule(struct seccomp_policy *policy, enum seccomp_action action)
{
    MEM_GROW(policy->rules, policy->rule_count, policy->rule_capacity);
    struct seccomp_rule *rule = &policy->rules[policy->rule_count++];
    *rule = (struct seccomp_rule){.action = action, .errno_value = -1};
    return rule;
}

void seccomp_rule_add_name(struct seccomp_rule *rule, const char *name)
{
    strings_add(&rule->names, &rule->name_count, name);
}

void seccomp_rule_add_arg(struct seccomp_rule *rule, struct seccomp_arg arg)
{
    rule->args = mem_resize(rule->args, rule->arg_count + 1, sizeof(rule->args[0]));
    rule->args[rule->arg_count++] = arg;
}

static bool holds_capability(const struct seccomp_context *context, const char *name)
{
    const struct data_capabilities *capability = capability_by_name(name);
    return capability && capability->number >= 0 && capability->number < 64 &&
           (context->capabilities >> capability->number & 1);
}

static bool kernel_is_at_least(const struct seccomp_context *context, kernel_version least)
{
    return context->kernel == 0 || context->kernel >= least;
}

/* Docker compares with the machine's own architecture only, never with that of the call. */
static bool names_native(const struct seccomp_condition *condition, const struct seccomp_context *context)
{
    return strings_contain(condition->arches, condition->arch_count, arch_get(context->native)->docker);
}

static bool is_included(const struct seccomp_condition *includes, const struct seccomp_context *context)
{
    if (includes->arch_count && !names_native(includes, context))
        return false;
    for (size_t i = 0; i < includes->capability_count; i++)
        if (!holds_capability(context, includes->capabilities[i]))
            return false;
    return !includes->min_kernel || kernel_is_at_least(context, includes->min_kernel);
}

static bool is_excluded(const struct seccomp_condition *excludes, const struct seccomp_context *context)
{
    if (names_native(excludes, context))
        return true;
    for (size_t i = 0; i < excludes->capability_count; i++)
        if (holds_capability(context, excludes->capabilities[i]))
            return true;
    return excludes->min_kernel && kernel_is_at_least(context, excludes->min_kernel);
}

bool seccomp_rule_applies(const struct seccomp_rule *rule, const struct seccomp_context *context)
{
    return is_included(&rule->includes, context) && !is_excluded(&rule->excludes, context);
}

bool seccomp_policy_has_abi(const struct seccomp_policy *policy, const struct seccomp_context *context,
                            enum abi abi)
{
    if (abi == context->native)
        return true;
    for (size_t i = 0; i < policy->abi_count; i++)
        if (policy->abis[i] == abi)
            return true;
    return false;
}
