/*
 * Two seccomp policies compared: tables of pairs, each in both directions, and generated policies against what asking
 * both at boundary values finds.
 */
#include "model/seccomp_diff.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "support/random_policy.h"

static struct seccomp_policy *policy_of(const char *rules)
{
    struct seccomp_policy *policy = NULL;
    struct err err = ERR_INIT;
    AUTO_FREE char *text = mem_printf("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": [\"SCMP_ARCH_X86_64\"], "
                                      "\"syscalls\": [%s]}", rules);
    const char *whole = rules[0] == '!' ? rules + 1 : text;
    int r = seccomp_policy_parse("test", whole, strlen(whole), &policy, &err);
    cr_assert_eq(r, 0, "%s: %s", rules, err.sentence);
    return policy;
}

static struct diff *diff_of(const char *a, const char *b)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *first = policy_of(a);
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *second = policy_of(b);
    struct diff *diff = NULL;
    struct err err = ERR_INIT;
    cr_assert_eq(seccomp_diff(first, second, &diff, &err), 0, "%s", err.sentence);
    return diff;
}

/* "wider clone [argument 0 is 1] {with CAP_BPF} errno EPERM -> allow", joined by newlines. */
static char *words_of(const struct diff *diff)
{
    struct buf out = BUF_INIT;
    for (size_t i = 0; i < diff->count; i++) {
        const struct diff_row *row = &diff->rows[i];
        buf_printf(&out, "%s%s %s", i ? "\n" : "", diff_side_name(row->side), row->subject);
        if (row->when)
            buf_printf(&out, " [%s]", row->when);
        if (row->context)
            buf_printf(&out, " {%s}", row->context);
        buf_printf(&out, " %s -> %s", row->a, row->b);
    }
    return out.data ? buf_take(&out) : mem_strdup("");
}

#define ALLOW(names) "{\"names\": [" names "], \"action\": \"SCMP_ACT_ALLOW\"}"
#define WITH(names, args) "{\"names\": [" names "], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [" args "]}"
#define ARG(index, op, value, two) \
    "{\"index\": " #index ", \"op\": \"SCMP_CMP_" #op "\", \"value\": " #value ", \"valueTwo\": " #two "}"
#define CLONE(mask) WITH("\"clone\"", ARG(0, MASKED_EQ, mask, 0))

static const struct {
    const char *a;
    const char *b;
    const char *there; /* from a to b */
    const char *back;
} pairs[] = {
    {ALLOW("\"read\""), ALLOW("\"read\""), "", ""},
    {ALLOW("\"read\", \"write\""), ALLOW("\"write\"") ", " ALLOW("\"read\""), "", ""},
    {ALLOW("\"read\""), ALLOW("\"read\", \"bpf\""), "wider bpf errno EPERM -> allow", "narrower bpf allow -> errno EPERM"},
    {CLONE(2114060288), ALLOW("\"clone\""), "wider clone [(argument 0 & 0x7e020000) is not 0] errno EPERM -> allow",
     "narrower clone [(argument 0 & 0x7e020000) is not 0] allow -> errno EPERM"},
    {CLONE(2114060288), CLONE(2080505856), "wider clone [(argument 0 & 0x7c020000) is 0 and (argument 0 & 0x2000000) is not 0] errno EPERM -> allow",
     "narrower clone [(argument 0 & 0x7c020000) is 0 and (argument 0 & 0x2000000) is not 0] allow -> errno EPERM"},
    /* Alternatives in another order, and a condition that always holds. */
    {WITH("\"socket\"", ARG(0, EQ, 1, 0)) ", " WITH("\"socket\"", ARG(0, EQ, 2, 0)),
     WITH("\"socket\"", ARG(0, EQ, 2, 0)) ", " WITH("\"socket\"", ARG(0, EQ, 1, 0)), "", ""},
    {WITH("\"socket\"", ARG(0, GE, 0, 0)), ALLOW("\"socket\""), "", ""},
    {WITH("\"socket\"", ARG(0, LT, 10, 0)), WITH("\"socket\"", ARG(0, LE, 9, 0)), "", ""},
    {WITH("\"socket\"", ARG(0, LT, 10, 0)), WITH("\"socket\"", ARG(0, LE, 12, 0)),
     "wider socket [argument 0 is 0xa to 0xc] errno EPERM -> allow",
     "narrower socket [argument 0 is 0xa to 0xc] allow -> errno EPERM"},
    {WITH("\"personality\"", ARG(0, EQ, 0, 0)) ", " WITH("\"personality\"", ARG(0, EQ, 8, 0)), ALLOW("\"personality\""),
     "wider personality [argument 0 is not 0 or 0x8] errno EPERM -> allow",
     "narrower personality [argument 0 is not 0 or 0x8] allow -> errno EPERM"},
    {WITH("\"read\"", ARG(2, GT, 4294967295, 0)), WITH("\"read\"", ARG(2, GE, 4294967295, 0)),
     "wider read [argument 2 is 0xffffffff] errno EPERM -> allow",
     "narrower read [argument 2 is 0xffffffff] allow -> errno EPERM"},
    {WITH("\"socket\"", ARG(0, EQ, 2, 0) ", " ARG(1, EQ, 1, 0)), WITH("\"socket\"", ARG(0, EQ, 2, 0)),
     "wider socket [argument 0 is 0x2 and argument 1 is not 0x1] errno EPERM -> allow",
     "narrower socket [argument 0 is 0x2 and argument 1 is not 0x1] allow -> errno EPERM"},
    {"{\"names\": [\"bpf\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 38}", "",
     "changed bpf errno ENOSYS -> errno EPERM", "changed bpf errno EPERM -> errno ENOSYS"},
    {"{\"names\": [\"bpf\"], \"action\": \"SCMP_ACT_LOG\"}", ALLOW("\"bpf\""), "wider bpf log -> allow", "narrower bpf allow -> log"},
    {"{\"names\": [\"bpf\"], \"action\": \"SCMP_ACT_KILL_PROCESS\"}", "", "wider bpf kill process -> errno EPERM",
     "narrower bpf errno EPERM -> kill process"},
    /* Only a container with the capability sees this one, whether it was added or is had by all. */
    {"", "{\"names\": [\"bpf\"], \"action\": \"SCMP_ACT_ALLOW\", \"includes\": {\"caps\": [\"CAP_BPF\"]}}",
     "wider bpf {with CAP_BPF} errno EPERM -> allow", "narrower bpf {with CAP_BPF} allow -> errno EPERM"},
    {"", "{\"names\": [\"chown\"], \"action\": \"SCMP_ACT_ALLOW\", \"excludes\": {\"caps\": [\"CAP_CHOWN\"]}}",
     "wider chown {without CAP_CHOWN} errno EPERM -> allow", "narrower chown {without CAP_CHOWN} allow -> errno EPERM"},
    {"", "{\"names\": [\"ptrace\"], \"action\": \"SCMP_ACT_ALLOW\", \"excludes\": {\"minKernel\": \"4.8\"}}",
     "wider ptrace {before Linux 4.8} errno EPERM -> allow", "narrower ptrace {before Linux 4.8} allow -> errno EPERM"},
};

Test(seccomp_diff, pairs_in_both_directions)
{
    for (size_t i = 0; i < ARRAY_COUNT(pairs); i++) {
        AUTO(diff_free_cleanup) struct diff *there = diff_of(pairs[i].a, pairs[i].b);
        AUTO(diff_free_cleanup) struct diff *back = diff_of(pairs[i].b, pairs[i].a);
        AUTO_FREE char *there_words = words_of(there);
        AUTO_FREE char *back_words = words_of(back);
        cr_expect_str_eq(there_words, pairs[i].there, "pair %zu: %s", i, there_words);
        cr_expect_str_eq(back_words, pairs[i].back, "pair %zu back: %s", i, back_words);
    }
}

Test(seccomp_diff, an_abi_is_one_difference)
{
    AUTO(diff_free_cleanup) struct diff *diff =
        diff_of("!{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"architectures\": [\"SCMP_ARCH_X86_64\"]}",
                "!{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"architectures\": [\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X32\"]}");
    cr_assert_eq(diff->count, 1);
    cr_expect_eq(diff->rows[0].kind, DIFF_ABI);
    cr_expect_eq(diff->rows[0].side, DIFF_WIDER);
    cr_expect_eq(diff->rows[0].risk, RISK_HIGH);
    cr_expect_str_eq(diff->rows[0].subject, "x32");
}

/* The same name is another number and another width on each ABI. */
Test(seccomp_diff, rows_name_their_abis)
{
#define BOTH "!{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": [\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X86\"], \"syscalls\": ["
    AUTO(diff_free_cleanup) struct diff *diff = diff_of(BOTH "]}", BOTH ALLOW("\"bpf\", \"mmap2\"") "]}");
    cr_assert_eq(diff->count, 2);
    cr_expect_eq(diff->rows[0].abis, 1u << ABI_X86_64 | 1u << ABI_I386);
    cr_expect_eq(diff->rows[1].abis, 1u << ABI_I386);
}

Test(seccomp_diff, risk_follows_the_arguments)
{
    AUTO(diff_free_cleanup) struct diff *fork = diff_of("", WITH("\"clone\"", ARG(0, EQ, 17, 0)));
    AUTO(diff_free_cleanup) struct diff *namespace = diff_of("", WITH("\"clone\"", ARG(0, EQ, 268435456, 0)));
    cr_assert_eq(fork->count, 1);
    cr_assert_eq(namespace->count, 1);
    cr_expect_eq(fork->rows[0].risk, RISK_LOW);
    cr_expect_null(fork->rows[0].cves);
    cr_expect_eq(namespace->rows[0].risk, RISK_HIGH);
    cr_expect_not_null(namespace->rows[0].cves);
}

/* ---- generated policies -------------------------------------------------------------------------- */

enum { PAIRS = 500, VALUES_MAX = 96, ARGS_ASKED = 3 };

static const char *const names[] = {"read", "socket", "clone", "semop", "personality", "no_such_call"};
static const enum seccomp_action actions[] = {SECCOMP_ALLOW, SECCOMP_ALLOW, SECCOMP_ERRNO, SECCOMP_LOG, SECCOMP_TRAP};
static const int errnos[] = {-1, ENOSYS};
static const struct policy_words words = {
    .names = names, .name_count = ARRAY_COUNT(names), .actions = actions, .action_count = ARRAY_COUNT(actions),
    .errnos = errnos, .errno_count = ARRAY_COUNT(errnos),
};

struct values {
    uint64_t items[VALUES_MAX];
    size_t count;
};

static void add_value(struct values *values, uint64_t value)
{
    for (size_t i = 0; i < values->count; i++)
        if (values->items[i] == value)
            return;
    if (values->count < VALUES_MAX)
        values->items[values->count++] = value;
}

/* Each datum and its neighbours, and with the halves of another: filters compare halves. */
static void collect(const struct seccomp_policy *policy, unsigned index, struct values *values)
{
    for (size_t i = 0; i < policy->rule_count; i++)
        for (size_t k = 0; k < policy->rules[i].arg_count; k++) {
            const struct seccomp_arg *arg = &policy->rules[i].args[k];
            if (arg->index != index)
                continue;
            add_value(values, arg->value - 1);
            add_value(values, arg->value);
            add_value(values, arg->value + 1);
            add_value(values, ~arg->value);
            add_value(values, arg->value_two & arg->value);
            add_value(values, (arg->value_two & arg->value) | ~arg->value);
            add_value(values, arg->value ^ UINT64_C(1) << 32);
        }
}

struct found {
    bool wider;
    bool narrower;
    bool changed;
};

static void ask_both(const struct seccomp_evaluator *a, const struct seccomp_evaluator *b, enum abi abi, uint64_t number,
                     const struct values values[6], struct found *found)
{
    uint64_t args[6] = {0};
    size_t total = 1;
    for (size_t i = 0; i < 6; i++)
        total *= values[i].count;
    /* All combinations while there are few, else every so many of them. */
    size_t stride = total / 20000 + 1;
    for (size_t n = 0; n < total; n += stride) {
        size_t rest = n;
        for (size_t i = 0; i < 6; i++) {
            args[i] = values[i].items[rest % values[i].count];
            rest /= values[i].count;
        }
        struct seccomp_verdict before = seccomp_evaluator_ask(a, abi, number, args);
        struct seccomp_verdict after = seccomp_evaluator_ask(b, abi, number, args);
        unsigned low = seccomp_action_rank(before.action);
        unsigned high = seccomp_action_rank(after.action);
        found->wider |= high > low;
        found->narrower |= high < low;
        found->changed |= high == low && (before.action != after.action || before.error != after.error);
    }
}

static struct found asked(const struct seccomp_policy *a, const struct seccomp_policy *b)
{
    struct found found = {0};
    struct seccomp_context context = {.native = ABI_X86_64};
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *first = NULL;
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *second = NULL;
    cr_assert_eq(seccomp_evaluator_new(a, &context, &first, NULL), 0);
    cr_assert_eq(seccomp_evaluator_new(b, &context, &second, NULL), 0);
    struct values values[6] = {0};
    for (unsigned i = 0; i < 6; i++) {
        add_value(&values[i], 0);
        add_value(&values[i], UINT64_MAX);
        collect(a, i, &values[i]);
        collect(b, i, &values[i]);
    }
    for (unsigned abi = ABI_X86_64; abi <= ABI_X32; abi++) {
        for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
            int number = syscall_number((enum abi)abi, names[i]);
            if (number >= 0)
                ask_both(first, second, (enum abi)abi, (uint64_t)number, values, &found);
        }
        int multiplexers[] = {syscall_number((enum abi)abi, "socketcall"), syscall_number((enum abi)abi, "ipc"), 900};
        for (size_t i = 0; i < ARRAY_COUNT(multiplexers); i++)
            if (multiplexers[i] >= 0)
                ask_both(first, second, (enum abi)abi, (uint64_t)multiplexers[i], values, &found);
    }
    return found;
}

/* like: NULL, or one whose default action and ABIs the policy is to have, so that what differs is in the rules. */
static struct seccomp_policy *usable_policy(struct random *random, const struct seccomp_policy *like)
{
    for (;;) {
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = random_policy(random, &words);
        struct seccomp_context context = {.native = ABI_X86_64};
        AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = NULL;
        if (like) {
            policy->default_action = like->default_action;
            policy->abi_count = 0;
        }
        for (size_t i = 0; like && i < like->abi_count; i++)
            seccomp_policy_add_abi(policy, like->abis[i]);
        if (seccomp_evaluator_new(policy, &context, &evaluator, NULL) == 0)
            return TAKE(policy);
    }
}

/* What asking finds must be told; what is told and was not found by asking is counted, because a few boundary values do
 * not reach every combination of masks. */
Test(seccomp_diff, generated_policies_agree_with_asking)
{
    struct random random = {.state = 4711};
    size_t told[DIFF_SIDE_COUNT] = {0};
    size_t equal = 0;
    size_t missed = 0;
    for (unsigned i = 0; i < PAIRS; i++) {
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *a = usable_policy(&random, NULL);
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *b = usable_policy(&random, i % 2 ? a : NULL);
        struct found found = asked(a, b);
        AUTO(diff_free_cleanup) struct diff *diff = NULL;
        AUTO(diff_free_cleanup) struct diff *same = NULL;
        struct err err = ERR_INIT;
        cr_assert_eq(seccomp_diff(a, b, &diff, &err), 0, "pair %u: %s", i, err.sentence);
        cr_assert_eq(seccomp_diff(a, a, &same, &err), 0, "pair %u: %s", i, err.sentence);
        cr_expect_eq(same->count, 0, "policy %u differs from itself", i);
        bool sides[] = {found.wider, found.narrower, found.changed};
        for (unsigned side = 0; side < DIFF_SIDE_COUNT; side++) {
            bool tells = diff_count(diff, (enum diff_side)side) > 0;
            cr_expect(tells || !sides[side], "pair %u: %s is not told", i, diff_side_name((enum diff_side)side));
            told[side] += tells;
            missed += tells && !sides[side];
        }
        equal += diff->count == 0;
    }
    printf("%d pairs: %zu wider, %zu narrower, %zu changed, %zu equal; %zu sides only the comparison found\n", PAIRS,
           told[DIFF_WIDER], told[DIFF_NARROWER], told[DIFF_CHANGED], equal, missed);
    cr_expect_gt(told[DIFF_WIDER], PAIRS / 4);
    cr_expect_gt(told[DIFF_NARROWER], PAIRS / 4);
    cr_expect_leq(missed, PAIRS / 50);
}
