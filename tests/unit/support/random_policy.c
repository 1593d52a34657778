#include "support/random_policy.h"

static const uint64_t values[] = {
    0,           1,           2,           5,           9,           10,
    16,          0x20000,     0x7e020000,  0x7fffffff,  0x80000000u, UINT32_MAX,
    0x100000000u, 0x100000001u, 0x100000005u, 0x200000001u, 0xffffffff00000000u, 0x7fffffffffffffffu,
    0x8000000000000000u, UINT64_MAX,
};

/* splitmix64 */
uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

size_t random_below(struct random *random, size_t bound)
{
    return (size_t)(random_next(random) % bound);
}

static uint64_t any_value(struct random *random)
{
    return RANDOM_PICK(random, values, ARRAY_COUNT(values));
}

static void add_args(struct random *random, struct seccomp_rule *rule)
{
    static const size_t counts[] = {0, 0, 1, 1, 1, 2, 2, 3};
    size_t count = RANDOM_PICK(random, counts, ARRAY_COUNT(counts));
    bool may_repeat = random_below(random, 8) == 0;
    unsigned used = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned index = (unsigned)random_below(random, random_below(random, 4) ? 2 : 6);
        if (!may_repeat && (used >> index & 1))
            continue;
        used |= 1u << index;
        struct seccomp_arg arg = {.index = index, .op = (enum seccomp_op)random_below(random, SECCOMP_OP_COUNT)};
        arg.value = any_value(random);
        arg.value_two = any_value(random);
        seccomp_rule_add_arg(rule, arg);
    }
}

static const char *any_name(struct random *random, const struct policy_words *words)
{
    return RANDOM_PICK(random, words->names, words->name_count);
}

struct seccomp_policy *random_policy(struct random *random, const struct policy_words *words)
{
    struct seccomp_policy *policy = seccomp_policy_new();
    policy->default_action = RANDOM_PICK(random, words->actions, words->action_count);
    policy->default_errno = RANDOM_PICK(random, words->errnos, words->errno_count);
    /* In any order, which decides what shared parts of the program are laid out for. */
    for (size_t i = random_below(random, 5); i > 0; i--)
        seccomp_policy_add_abi(policy, (enum abi)random_below(random, 3));
    const char *vocabulary[3] = {any_name(random, words), any_name(random, words), any_name(random, words)};
    enum seccomp_action second = RANDOM_PICK(random, words->actions, words->action_count);
    size_t count = 1 + random_below(random, 7);
    bool uniform = random_below(random, 3) != 0;
    for (size_t i = 0; i < count; i++) {
        enum seccomp_action action =
            uniform ? second : RANDOM_PICK(random, words->actions, words->action_count);
        struct seccomp_rule *rule = seccomp_policy_add_rule(policy, action);
        rule->errno_value = uniform ? words->errnos[0] : RANDOM_PICK(random, words->errnos, words->errno_count);
        seccomp_rule_add_name(rule, RANDOM_PICK(random, vocabulary, ARRAY_COUNT(vocabulary)));
        if (random_below(random, 4) == 0)
            seccomp_rule_add_name(rule, any_name(random, words));
        add_args(random, rule);
    }
    return policy;
}

static uint64_t near_value(struct random *random, uint64_t value)
{
    switch (random_below(random, 6)) {
    case 0:
        return value + 1;
    case 1:
        return value - 1;
    case 2:
        return value ^ 0x100000000u;
    case 3:
        return (uint32_t)value;
    case 4:
        return value | 0xffffffff00000000u;
    default:
        return value;
    }
}

static uint64_t any_number(struct random *random, const struct policy_words *words,
                           const struct seccomp_rule *rule, enum abi abi)
{
    const char *name = random_below(random, 6) ? rule->names[random_below(random, rule->name_count)]
                                               : any_name(random, words);
    const struct syscall *call = syscall_by_name(name);
    int number = call ? call->number[abi] : SYSCALL_NONE;
    /* The other way to a multiplexed call. */
    if (abi == ABI_I386 && random_below(random, 3) == 0)
        number = syscall_number(ABI_I386, random_below(random, 2) ? "socketcall" : "ipc");
    if (random_below(random, 200) == 0)
        return abi == ABI_X32 ? INT32_MAX & ~X32_SYSCALL_BIT : UINT32_MAX;
    if (number >= 0)
        return (uint64_t)number;
    bool far = abi != ABI_X32 && random_below(random, 12) == 0;
    return (far ? 0x40000000u : 0) + random_below(random, 600);
}

void random_call(struct random *random, const struct seccomp_policy *policy, const struct policy_words *words,
                 enum abi *ret_abi, uint64_t *ret_number, uint64_t args[static 6])
{
    enum abi abi = (enum abi)random_below(random, 3);
    const struct seccomp_rule *rule = &policy->rules[random_below(random, policy->rule_count)];
    *ret_abi = abi;
    *ret_number = any_number(random, words, rule, abi);
    for (unsigned i = 0; i < 6; i++)
        args[i] = near_value(random, random_below(random, 3) ? any_value(random) : random_below(random, 25));
    for (size_t i = 0; i < rule->arg_count; i++) {
        const struct seccomp_arg *arg = &rule->args[i];
        if (random_below(random, 4))
            args[arg->index] = near_value(random, random_below(random, 2) ? arg->value : arg->value_two);
    }
}
