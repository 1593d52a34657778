#include "model/seccomp_calls.h"

#include <errno.h>

#include "model/multiplex.h"

/* What sorting rules in draws on. */
struct build {
    const struct seccomp_policy *policy;
    const struct seccomp_context *context;
    struct abi_calls *calls;
    struct seccomp_pool *pool;
};

uint32_t seccomp_code(enum seccomp_action action, int value)
{
    bool carries = action == SECCOMP_ERRNO || action == SECCOMP_TRACE;
    return seccomp_outcome_code(action, (uint16_t)(!carries ? 0 : value < 0 ? EPERM : value));
}

const struct seccomp_tree *abi_calls_find(const struct abi_calls *calls, uint32_t number)
{
    if (number < CALLS_DENSE_MAX)
        return calls->dense[number];
    for (size_t i = 0; number < CALLS_PHANTOM && i < calls->stray_count; i++)
        if (calls->stray[i].number == number)
            return calls->stray[i].tree;
    return NULL;
}

static struct seccomp_tree **slot_of(struct abi_calls *calls, uint32_t number)
{
    if (number < CALLS_DENSE_MAX)
        return &calls->dense[number];
    for (size_t i = 0; i < calls->stray_count; i++)
        if (calls->stray[i].number == number)
            return &calls->stray[i].tree;
    MEM_GROW(calls->stray, calls->stray_count, calls->stray_capacity);
    calls->stray[calls->stray_count] = (struct call_rules){.number = number};
    return &calls->stray[calls->stray_count++].tree;
}

static struct seccomp_tree *tree_of(const struct build *build, uint32_t number)
{
    struct seccomp_tree **slot = slot_of(build->calls, number);
    if (!*slot)
        *slot = seccomp_tree_new(build->pool);
    return *slot;
}

static int add_to_call(const struct build *build, uint32_t number, const struct seccomp_arg *args, size_t count,
                       struct seccomp_outcome outcome)
{
    /* libseccomp compares x32's arguments in 32 bits, although the ABI passes 64. */
    bool wide = arch_get(build->calls->abi)->is_64_bit && build->calls->abi != ABI_X32;
    return seccomp_tree_add(tree_of(build, number), args, count, wide, outcome);
}

/* socket with its conditions becomes socketcall with 1 as the first argument, which replaces a condition on
 * the first argument, and the direct call with the conditions as they are. */
static int add_name(const struct build *build, const char *name, const struct seccomp_arg *args, size_t count,
                    struct seccomp_outcome outcome)
{
    const struct syscall *syscall = syscall_by_name(name);
    if (!syscall)
        return 0;
    enum abi abi = build->calls->abi;
    const struct multiplexed *multiplexed = abi == ABI_I386 ? multiplexed_by_name(name) : NULL;
    if (multiplexed) {
        struct seccomp_arg through[6] = {{.index = 0, .op = OP_EQ, .value = multiplexed->call}};
        size_t through_count = 1;
        for (size_t i = 0; i < count; i++)
            if (args[i].index != 0)
                through[through_count++] = args[i];
        uint32_t number = (uint32_t)syscall_number(ABI_I386, multiplexed->through);
        int r = add_to_call(build, number, through, through_count, outcome);
        if (r < 0)
            return r;
    }
    if (syscall->number[abi] >= 0)
        return add_to_call(build, (uint32_t)syscall->number[abi], args, count, outcome);
    if (abi == ABI_I386 && !multiplexed)
        return 0;
    return add_to_call(build, CALLS_PHANTOM + (uint32_t)(syscall - syscall_at(0)), args, count, outcome);
}

static bool repeats_an_index(const struct seccomp_rule *rule)
{
    unsigned seen = 0;
    for (size_t i = 0; i < rule->arg_count; i++) {
        if (seen >> rule->args[i].index & 1)
            return true;
        seen |= 1u << rule->args[i].index;
    }
    return false;
}

static int add_rule_name(const struct build *build, const struct seccomp_rule *rule, const char *name)
{
    struct seccomp_outcome outcome = {.code = seccomp_code(rule->action, rule->errno_value), .rule = rule};
    if (!repeats_an_index(rule))
        return add_name(build, name, rule->args, rule->arg_count, outcome);
    int r = 0;
    for (size_t i = 0; r == 0 && i < rule->arg_count; i++)
        r = add_name(build, name, &rule->args[i], 1, outcome);
    return r;
}

static int refuse_rule(const struct build *build, const struct seccomp_rule *rule, const char *name, int why,
                       struct err *err)
{
    size_t index = (size_t)(rule - build->policy->rules);
    const char *abi = arch_get(build->calls->abi)->name;
    if (why == -EEXIST)
        return err_set(err, why,
                       "syscalls[%zu]: the rule for %s contradicts an earlier one on %s, so libseccomp refuses the "
                       "profile and no container starts with it; give both the same action or disjoint conditions",
                       index, name, abi);
    return err_set(err, why,
                   "syscalls[%zu]: the conditions for %s are too entangled on %s: libseccomp does not come to an "
                   "end with them, and no container starts; use fewer rules with conditions for this call",
                   index, name, abi);
}

/* runc looks at every name, also in rules that do nothing; names that i386 multiplexes do not count there. */
static void note_highest(const struct build *build, const char *name)
{
    enum abi abi = build->calls->abi;
    const struct syscall *syscall = syscall_by_name(name);
    if (!syscall || syscall->number[abi] < 0 || (abi == ABI_I386 && multiplexed_by_name(name)))
        return;
    build->calls->has_highest |= syscall->number[abi] > 0 || abi == ABI_X32;
    if ((uint32_t)syscall->number[abi] > build->calls->highest)
        build->calls->highest = (uint32_t)syscall->number[abi];
}

static int add_rules(const struct build *build, struct err *err)
{
    const struct seccomp_policy *policy = build->policy;
    uint32_t default_code = seccomp_code(policy->default_action, policy->default_errno);
    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct seccomp_rule *rule = &policy->rules[i];
        if (!seccomp_rule_applies(rule, build->context))
            continue;
        bool says_nothing = seccomp_code(rule->action, rule->errno_value) == default_code;
        for (size_t k = 0; k < rule->name_count; k++) {
            note_highest(build, rule->names[k]);
            int r = says_nothing ? 0 : add_rule_name(build, rule, rule->names[k]);
            if (r < 0)
                return refuse_rule(build, rule, rule->names[k], r, err);
        }
    }
    return 0;
}

int abi_calls_new(const struct seccomp_policy *policy, const struct seccomp_context *context, enum abi abi,
                  struct seccomp_pool *pool, struct abi_calls **ret, struct err *err)
{
    struct abi_calls *calls = mem_zero(1, sizeof(*calls));
    calls->abi = abi;
    struct build build = {.policy = policy, .context = context, .calls = calls, .pool = pool};
    int r = add_rules(&build, err);
    if (r < 0)
        abi_calls_free(calls);
    else
        *ret = calls;
    return r;
}

void abi_calls_free(struct abi_calls *calls)
{
    if (!calls)
        return;
    for (size_t i = 0; i < CALLS_DENSE_MAX; i++)
        seccomp_tree_free(calls->dense[i]);
    for (size_t i = 0; i < calls->stray_count; i++)
        seccomp_tree_free(calls->stray[i].tree);
    free(calls->stray);
    free(calls);
}
