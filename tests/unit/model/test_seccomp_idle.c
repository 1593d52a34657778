/* Rules that do nothing, or less than they seem to. */
#include "model/seccomp_idle.h"

#include <criterion/criterion.h>
#include <string.h>

#define ARG(index, op, value) "{\"index\":" #index ",\"op\":\"SCMP_CMP_" #op "\",\"value\":" #value "}"
#define MASKED(index, mask, value) \
    "{\"index\":" #index ",\"op\":\"SCMP_CMP_MASKED_EQ\",\"value\":" #mask ",\"valueTwo\":" #value "}"
#define RULE(args) "{\"names\":[\"personality\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[" args "]}"

static struct seccomp_policy *policy_of(const char *rules)
{
    AUTO_FREE char *text = mem_printf("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86_64\"],"
                                      "\"syscalls\":[%s]}", rules);
    struct seccomp_policy *policy = NULL;
    struct err err = ERR_INIT;
    cr_assert_eq(seccomp_policy_parse("a", text, strlen(text), &policy, &err), 0, "%s", err.sentence);
    return policy;
}

Test(seccomp_idle, open_calls_and_rules_that_never_match)
{
    static const struct {
        const char *rules;
        bool open, never; /* never: the first rule */
    } rows[] = {
        {RULE(ARG(0, EQ, 8)), false, false},
        {RULE(ARG(0, NE, 8)), false, false},
        {RULE(ARG(0, NE, 8)) "," RULE(ARG(0, NE, 9)), true, false},
        {RULE(ARG(0, NE, 8)) "," RULE(ARG(0, EQ, 8)), true, false},
        {RULE(ARG(0, LT, 8)) "," RULE(ARG(0, GE, 8)), true, false},
        {RULE(ARG(0, LT, 8)) "," RULE(ARG(0, GT, 8)), false, false},
        {RULE(ARG(0, GE, 0)), true, false},
        {RULE(ARG(0, LE, 18446744073709551615)), true, false},
        {RULE(ARG(0, LE, 4294967295)), false, false},
        {RULE(ARG(0, LT, 0)), false, true},
        {RULE(ARG(0, GT, 18446744073709551615)), false, true},
        {RULE(MASKED(0, 0, 0)), true, false},
        {RULE(MASKED(0, 1, 0)) "," RULE(MASKED(0, 1, 1)), true, false},
        {RULE(MASKED(0, 1, 0)) "," RULE(MASKED(0, 2, 2)), false, false},
        {RULE(ARG(0, EQ, 8) "," ARG(1, LT, 0)), false, true},
        {RULE(""), true, false},
    };
    const struct seccomp_context context = {.native = ABI_X86_64};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = policy_of(rows[i].rules);
        AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = NULL;
        cr_assert_eq(seccomp_evaluator_new(policy, &context, &evaluator, NULL), 0);
        cr_expect_eq(seccomp_call_is_open(evaluator, ABI_X86_64, "personality"), rows[i].open, "%s", rows[i].rules);
        cr_expect_eq(seccomp_rule_never_matches(&policy->rules[0], ABI_X86_64), rows[i].never, "%s", rows[i].rules);
        cr_expect_not(seccomp_call_is_open(evaluator, ABI_X86_64, "read"));
        cr_expect_not(seccomp_call_is_open(evaluator, ABI_X86_64, "vm86"), "x86-64 has none");
    }
}

Test(seccomp_idle, contradicting_includes_and_excludes)
{
    static const struct {
        const char *conditions;
        bool never;
    } rows[] = {
        {"\"includes\":{\"caps\":[\"CAP_CHOWN\"]}", false},
        {"\"includes\":{\"caps\":[\"CAP_CHOWN\",\"CAP_KILL\"]},\"excludes\":{\"caps\":[\"CAP_KILL\"]}", true},
        {"\"includes\":{\"caps\":[\"CAP_CHOWN\"]},\"excludes\":{\"caps\":[\"CAP_KILL\"]}", false},
        {"\"includes\":{\"arches\":[\"amd64\"]},\"excludes\":{\"arches\":[\"amd64\"]}", true},
        {"\"includes\":{\"arches\":[\"amd64\",\"arm64\"]},\"excludes\":{\"arches\":[\"amd64\"]}", false},
        {"\"excludes\":{\"arches\":[\"amd64\"]}", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_FREE char *rule = mem_printf("{\"names\":[\"chroot\"],\"action\":\"SCMP_ACT_ALLOW\",%s}", rows[i].conditions);
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = policy_of(rule);
        cr_expect_eq(seccomp_rule_never_applies(&policy->rules[0]), rows[i].never, "%s", rows[i].conditions);
    }
}
