#include <assert.h>
#include <errno.h>
#include <string.h>

#include "model/multiplex.h"
#include "model/seccomp_tree.h"

/* Every call number of every ABI but ARM's few private ones is below this. */
#define NUMBER_DENSE_MAX 1024u
/* Enough for the largest real profile many thousand times over; contrived ones end here, not never. */
#define STEPS_MAX 50000000u
/* What the kernel shows a filter when a tracer skips a call. libseccomp lets it pass the check for x32. */
#define NUMBER_SKIPPED UINT32_MAX

struct call_rules {
    uint32_t number;
    struct seccomp_tree *tree;
};

/* The rules of one ABI. */
struct abi_rules {
    bool allowed;    /* calls of this ABI are let in */
    bool runc_stub;  /* numbers above highest get ENOSYS */
    uint32_t highest;
    struct seccomp_tree *dense[NUMBER_DENSE_MAX];
    struct call_rules *stray;
    size_t stray_count;
    size_t stray_capacity;
};

struct seccomp_evaluator {
    const struct seccomp_policy *policy;
    struct seccomp_context context;
    struct abi_rules *abis[ABI_COUNT];
    uint64_t steps;
};

/* What building draws on. only is the one number wanted, or NUMBER_SKIPPED for all. */
struct build {
    struct seccomp_evaluator *evaluator;
    struct abi_rules *rules;
    enum abi abi;
    uint32_t only;
};

static uint16_t value_or_eperm(int value)
{
    return (uint16_t)(value < 0 ? EPERM : value);
}

static uint32_t code_of(enum seccomp_action action, int value)
{
    bool carries = action == SECCOMP_ERRNO || action == SECCOMP_TRACE;
    return seccomp_outcome_code(action, carries ? value_or_eperm(value) : 0);
}

static struct seccomp_tree **tree_of(struct abi_rules *rules, uint32_t number, bool make, uint64_t *steps)
{
    assert(rules);
    struct seccomp_tree **slot = NULL;
    if (number < NUMBER_DENSE_MAX)
        slot = &rules->dense[number];
    for (size_t i = 0; !slot && i < rules->stray_count; i++)
        if (rules->stray[i].number == number)
            slot = &rules->stray[i].tree;
    if (!slot && make) {
        MEM_GROW(rules->stray, rules->stray_count, rules->stray_capacity);
        rules->stray[rules->stray_count] = (struct call_rules){.number = number};
        slot = &rules->stray[rules->stray_count++].tree;
    }
    if (make && !*slot)
        *slot = seccomp_tree_new(steps);
    return slot;
}

static int add_to_call(const struct build *build, int number, const struct seccomp_arg *args, size_t count,
                       struct seccomp_outcome outcome)
{
    if (number < 0 || (build->only != NUMBER_SKIPPED && build->only != (uint32_t)number))
        return 0;
    /* libseccomp compares x32's arguments in 32 bits, although the ABI passes 64. */
    bool wide = arch_get(build->abi)->is_64_bit && build->abi != ABI_X32;
    struct seccomp_tree *tree = *tree_of(build->rules, (uint32_t)number, true, &build->evaluator->steps);
    return seccomp_tree_add(tree, args, count, wide, outcome);
}

/* socket with its conditions becomes socketcall with 1 as the first argument, which replaces a condition on
 * the first argument, and the direct call with the conditions as they are. */
static int add_name(const struct build *build, const char *name, const struct seccomp_arg *args, size_t count,
                    struct seccomp_outcome outcome)
{
    const struct syscall *syscall = syscall_by_name(name);
    if (!syscall)
        return 0;
    const struct multiplexed *multiplexed = build->abi == ABI_I386 ? multiplexed_by_name(name) : NULL;
    if (multiplexed) {
        struct seccomp_arg through[6] = {{.index = 0, .op = OP_EQ, .value = multiplexed->call}};
        size_t through_count = 1;
        for (size_t i = 0; i < count; i++)
            if (args[i].index != 0)
                through[through_count++] = args[i];
        int r = add_to_call(build, syscall_number(ABI_I386, multiplexed->through), through, through_count, outcome);
        if (r < 0)
            return r;
    }
    return add_to_call(build, syscall->number[build->abi], args, count, outcome);
}

static bool repeats_an_index(const struct seccomp_rule *rule)
{
    unsigned seen = 0;
    for (size_t i = 0; i < rule->arg_count; i++) {
        if (seen & 1u << rule->args[i].index)
            return true;
        seen |= 1u << rule->args[i].index;
    }
    return false;
}

static int add_rule_name(const struct build *build, const struct seccomp_rule *rule, const char *name)
{
    struct seccomp_outcome outcome = {.code = code_of(rule->action, rule->errno_value), .rule = rule};
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
    size_t index = (size_t)(rule - build->evaluator->policy->rules);
    if (why == -EEXIST)
        return err_set(err, why,
                       "syscalls[%zu]: the rule for %s contradicts an earlier one on %s, so libseccomp refuses the "
                       "profile and no container starts with it; give both the same action or disjoint conditions",
                       index, name, arch_get(build->abi)->name);
    return err_set(err, why,
                   "syscalls[%zu]: the conditions for %s are too entangled on %s: libseccomp does not come to an "
                   "end with them, and no container starts; use fewer rules with conditions for this call",
                   index, name, arch_get(build->abi)->name);
}

/* runc looks at every name, also in rules that do nothing; names that i386 multiplexes do not count there. */
static void note_highest(const struct build *build, const char *name)
{
    const struct syscall *syscall = syscall_by_name(name);
    if (!syscall || syscall->number[build->abi] < 0 || (build->abi == ABI_I386 && multiplexed_by_name(name)))
        return;
    if ((uint32_t)syscall->number[build->abi] > build->rules->highest)
        build->rules->highest = (uint32_t)syscall->number[build->abi];
}

static int build_abi(const struct build *build, struct err *err)
{
    const struct seccomp_policy *policy = build->evaluator->policy;
    uint32_t default_code = code_of(policy->default_action, policy->default_errno);
    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct seccomp_rule *rule = &policy->rules[i];
        if (!seccomp_rule_applies(rule, &build->evaluator->context))
            continue;
        bool says_nothing = code_of(rule->action, rule->errno_value) == default_code;
        for (size_t k = 0; k < rule->name_count; k++) {
            note_highest(build, rule->names[k]);
            int r = says_nothing ? 0 : add_rule_name(build, rule, rule->names[k]);
            if (r < 0)
                return refuse_rule(build, rule, rule->names[k], r, err);
        }
    }
    return 0;
}

static bool has_runc_stub(const struct seccomp_evaluator *evaluator, const struct abi_rules *rules, enum abi abi)
{
    const struct seccomp_policy *policy = evaluator->policy;
    bool permissive = policy->default_action == SECCOMP_ALLOW || policy->default_action == SECCOMP_LOG ||
                      policy->default_action == SECCOMP_TRACE;
    bool listed = false;
    for (size_t i = 0; i < policy->abi_count; i++)
        listed |= policy->abis[i] == abi;
    return evaluator->context.runc_stub && !permissive && listed && rules->highest > 0;
}

static int evaluator_add_abi(struct seccomp_evaluator *evaluator, enum abi abi, uint32_t only, struct err *err)
{
    struct abi_rules *rules = mem_zero(1, sizeof(*rules));
    evaluator->abis[abi] = rules;
    rules->allowed = seccomp_policy_has_abi(evaluator->policy, &evaluator->context, abi);
    if (!rules->allowed)
        return 0;
    struct build build = {.evaluator = evaluator, .rules = rules, .abi = abi, .only = only};
    int r = build_abi(&build, err);
    rules->runc_stub = has_runc_stub(evaluator, rules, abi);
    return r;
}

static struct seccomp_evaluator *evaluator_empty(const struct seccomp_policy *policy,
                                                 const struct seccomp_context *context)
{
    struct seccomp_evaluator *evaluator = mem_zero(1, sizeof(*evaluator));
    evaluator->policy = policy;
    evaluator->context = *context;
    evaluator->steps = STEPS_MAX;
    return evaluator;
}

int seccomp_evaluator_new(const struct seccomp_policy *policy, const struct seccomp_context *context,
                          struct seccomp_evaluator **ret, struct err *err)
{
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = evaluator_empty(policy, context);
    for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
        int r = evaluator_add_abi(evaluator, (enum abi)abi, NUMBER_SKIPPED, err);
        if (r < 0)
            return r;
    }
    *ret = TAKE(evaluator);
    return 0;
}

void seccomp_evaluator_free(struct seccomp_evaluator *evaluator)
{
    if (!evaluator)
        return;
    for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
        struct abi_rules *rules = evaluator->abis[abi];
        for (size_t i = 0; rules && i < NUMBER_DENSE_MAX; i++)
            seccomp_tree_free(rules->dense[i]);
        for (size_t i = 0; rules && i < rules->stray_count; i++)
            seccomp_tree_free(rules->stray[i].tree);
        if (rules)
            free(rules->stray);
        free(rules);
    }
    free(evaluator);
}

static struct seccomp_verdict verdict_of(uint32_t code, const struct seccomp_rule *rule)
{
    return (struct seccomp_verdict){
        .action = (enum seccomp_action)(code >> 16), .error = (int)(code & UINT16_MAX), .rule = rule};
}

/* x86-64 numbers from the x32 bit on, other than -1, are no calls of x86-64 to a filter without x32. */
static bool is_foreign(const struct seccomp_evaluator *evaluator, enum abi abi, uint32_t number)
{
    if (!evaluator->abis[abi]->allowed)
        return true;
    bool x32_is_allowed =
        seccomp_policy_has_abi(evaluator->policy, &evaluator->context, ABI_X32);
    return abi == ABI_X86_64 && number >= X32_SYSCALL_BIT && number != NUMBER_SKIPPED && !x32_is_allowed;
}

/* -1 has the x32 bit, so the stub takes it for an x32 call. */
static bool stub_answers(const struct seccomp_evaluator *evaluator, enum abi abi, uint32_t number)
{
    if (abi == ABI_X86_64 && number == NUMBER_SKIPPED) {
        const struct abi_rules *x32 = evaluator->abis[ABI_X32];
        return x32 && x32->runc_stub;
    }
    const struct abi_rules *rules = evaluator->abis[abi];
    return rules->runc_stub && number > rules->highest;
}

struct seccomp_verdict seccomp_evaluator_ask(const struct seccomp_evaluator *evaluator, enum abi abi,
                                             uint64_t number, const uint64_t args[static 6])
{
    assert(abi < ABI_COUNT);
    uint32_t seen = (uint32_t)number; /* seccomp_data.nr has 32 bits */
    if (stub_answers(evaluator, abi, seen))
        return (struct seccomp_verdict){.action = SECCOMP_ERRNO, .error = ENOSYS};
    if (is_foreign(evaluator, abi, seen))
        return (struct seccomp_verdict){.action = SECCOMP_KILL_THREAD, .foreign_abi = true};
    struct seccomp_tree **tree = tree_of(evaluator->abis[abi], seen, false, NULL);
    const struct seccomp_outcome *outcome = tree && *tree ? seccomp_tree_ask(*tree, args) : NULL;
    if (outcome)
        return verdict_of(outcome->code, outcome->rule);
    const struct seccomp_policy *policy = evaluator->policy;
    return verdict_of(code_of(policy->default_action, policy->default_errno), NULL);
}

struct seccomp_verdict seccomp_policy_evaluate(const struct seccomp_policy *policy,
                                               const struct seccomp_context *context, enum abi abi,
                                               uint64_t number, const uint64_t args[static 6])
{
    assert(abi < ABI_COUNT);
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = evaluator_empty(policy, context);
    uint32_t only = (uint32_t)number == NUMBER_SKIPPED ? NUMBER_SKIPPED - 1 : (uint32_t)number;
    bool fits = evaluator_add_abi(evaluator, abi, only, NULL) == 0;
    if (abi == ABI_X86_64 && context->runc_stub)
        fits = evaluator_add_abi(evaluator, ABI_X32, only, NULL) == 0 && fits;
    if (!fits)
        return (struct seccomp_verdict){.action = SECCOMP_KILL_PROCESS};
    return seccomp_evaluator_ask(evaluator, abi, number, args);
}
