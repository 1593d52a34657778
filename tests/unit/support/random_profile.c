#include "support/random_profile.h"

#include <inttypes.h>
#include <string.h>

static const struct {
    const char *name;
    unsigned number; /* linux/capability.h */
} capabilities[] = {{"CAP_SYS_ADMIN", 21}, {"CAP_SYS_CHROOT", 18}, {"CAP_NET_RAW", 13}, {"CAP_BPF", 39}};

static const struct {
    const char *text;
    kernel_version version;
} kernels[] = {{"4.8", 4008}, {"5.10", 5010}, {"6.1", 6001}, {"6.2", 6002}, {"10.0", 10000}};

static const char *const arches[] = {"amd64", "x86", "x32", "arm64"};

struct conditions {
    bool includes;
    bool excludes;
    bool includes_hold;
    bool excludes_hold;
};

/* One object of conditions. includes: all must hold; excludes: any is enough. Returns whether it holds. */
static bool add_condition(struct random *random, const struct seccomp_context *context, bool is_includes, struct buf *text)
{
    bool all = true;
    bool any = false;
    const char *comma = "";
    buf_printf(text, ", \"%s\": {", is_includes ? "includes" : "excludes");
    if (random_below(random, 4)) {
        size_t count = 1 + random_below(random, 2);
        buf_add_text(text, "\"caps\": [");
        for (size_t i = 0; i < count; i++) {
            size_t which = random_below(random, ARRAY_COUNT(capabilities));
            bool holds = context->capabilities >> capabilities[which].number & 1;
            all = all && holds;
            any = any || holds;
            buf_printf(text, "%s\"%s\"", i ? ", " : "", capabilities[which].name);
        }
        buf_add_text(text, "]");
        comma = ", ";
    }
    if (random_below(random, 3) == 0) {
        size_t which = random_below(random, ARRAY_COUNT(kernels));
        bool holds = context->kernel >= kernels[which].version;
        all = all && holds;
        any = any || holds;
        buf_printf(text, "%s\"minKernel\": \"%s\"", comma, kernels[which].text);
        comma = ", ";
    }
    if (random_below(random, 4) == 0) {
        size_t first = random_below(random, ARRAY_COUNT(arches));
        size_t second = random_below(random, ARRAY_COUNT(arches));
        bool holds = first == 0 || second == 0;
        all = all && holds;
        any = any || holds;
        buf_printf(text, "%s\"arches\": [\"%s\", \"%s\"]", comma, arches[first], arches[second]);
    }
    buf_add_text(text, "}");
    return is_includes ? all : any;
}

static void add_strings(struct buf *text, char *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_printf(text, "%s\"%s\"", i ? ", " : "", items[i]);
}

static void add_args(const struct seccomp_rule *rule, struct buf *text)
{
    buf_add_text(text, ", \"args\": [");
    for (size_t i = 0; i < rule->arg_count; i++) {
        const struct seccomp_arg *arg = &rule->args[i];
        buf_printf(text, "%s{\"index\": %u, \"value\": %" PRIu64 ", \"op\": \"%s\"", i ? ", " : "", arg->index, arg->value,
                 seccomp_op_name(arg->op));
        if (arg->op == OP_MASKED_EQ || arg->value_two)
            buf_printf(text, ", \"valueTwo\": %" PRIu64, arg->value_two);
        buf_add_text(text, "}");
    }
    buf_add_text(text, "]");
}

/* Writes the rule; returns whether it counts. */
static bool add_rule(struct random *random, const struct seccomp_context *context, const struct seccomp_rule *rule,
                     struct buf *text)
{
    bool counts = true;
    if (rule->name_count == 1 && random_below(random, 4) == 0) {
        buf_printf(text, "{\"name\": \"%s\"", rule->names[0]);
    } else {
        buf_add_text(text, "{\"names\": [");
        add_strings(text, rule->names, rule->name_count);
        buf_add_text(text, "]");
    }
    buf_printf(text, ", \"action\": \"%s\"", seccomp_action_name(rule->action));
    if (rule->errno_value >= 0)
        buf_printf(text, ", \"errnoRet\": %d", rule->errno_value);
    if (rule->arg_count)
        add_args(rule, text);
    else if (random_below(random, 2))
        buf_add_text(text, random_below(random, 2) ? ", \"args\": []" : ", \"args\": null");
    if (random_below(random, 4) == 0)
        counts = add_condition(random, context, true, text);
    else if (random_below(random, 3) == 0)
        buf_add_text(text, ", \"includes\": {}");
    if (random_below(random, 6) == 0)
        counts = !add_condition(random, context, false, text) && counts;
    buf_add_text(text, "}");
    return counts;
}

/* In one of the ways in which the formats say which ABIs there are; archMap says that of other machines too. */
static void add_abis(struct random *random, struct seccomp_policy *policy, struct buf *text)
{
    if (policy->abi_count == 0)
        return;
    if (random_below(random, 2)) {
        buf_add_text(text, "\"architectures\": [");
        for (size_t i = 0; i < policy->abi_count; i++)
            buf_printf(text, "%s\"%s\"", i ? ", " : "", arch_get(policy->abis[i])->scmp);
        buf_add_text(text, "], ");
        return;
    }
    bool has_i386 = random_below(random, 2);
    bool has_x32 = random_below(random, 2);
    policy->abi_count = 0;
    seccomp_policy_add_abi(policy, ABI_X86_64);
    buf_add_text(text, "\"archMap\": [{\"architecture\": \"SCMP_ARCH_X86_64\", \"subArchitectures\": [");
    if (has_i386)
        seccomp_policy_add_abi(policy, ABI_I386);
    if (has_x32)
        seccomp_policy_add_abi(policy, ABI_X32);
    buf_printf(text, "%s%s%s]}", has_i386 ? "\"SCMP_ARCH_X86\"" : "", has_i386 && has_x32 ? ", " : "",
             has_x32 ? "\"SCMP_ARCH_X32\"" : "");
    if (random_below(random, 2))
        buf_add_text(text, ", {\"architecture\": \"SCMP_ARCH_AARCH64\", \"subArchitectures\": [\"SCMP_ARCH_ARM\"]}");
    buf_add_text(text, "], ");
}

static void copy_rule(const struct seccomp_rule *rule, struct seccomp_policy *to)
{
    struct seccomp_rule *copy = seccomp_policy_add_rule(to, rule->action);
    copy->errno_value = rule->errno_value;
    for (size_t i = 0; i < rule->name_count; i++)
        seccomp_rule_add_name(copy, rule->names[i]);
    for (size_t i = 0; i < rule->arg_count; i++)
        seccomp_rule_add_arg(copy, rule->args[i]);
}

static struct seccomp_context any_context(struct random *random)
{
    struct seccomp_context context = {.native = ABI_X86_64,
                                      .kernel = kernels[random_below(random, ARRAY_COUNT(kernels))].version};
    for (size_t i = 0; i < ARRAY_COUNT(capabilities); i++)
        context.capabilities |= (uint64_t)random_below(random, 2) << capabilities[i].number;
    return context;
}

void random_profile_init(struct random *random, const struct policy_words *words, const char *always,
                         struct random_profile *ret)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = random_policy(random, words);
    *ret = (struct random_profile){.text = BUF_INIT, .decided = seccomp_policy_new(), .context = any_context(random)};
    struct buf *text = &ret->text;
    policy->default_errno = RANDOM_ERRNO_DEFAULT;
    buf_printf(text, "{\"defaultAction\": \"%s\", ", seccomp_action_name(policy->default_action));
    if (policy->default_action == SECCOMP_ERRNO && random_below(random, 8))
        buf_printf(text, "\"defaultErrnoRet\": %d, ", policy->default_errno);
    else
        policy->default_errno = -1;
    add_abis(random, policy, text);
    ret->decided->default_action = policy->default_action;
    ret->decided->default_errno = policy->default_errno;
    for (size_t i = 0; i < policy->abi_count; i++)
        seccomp_policy_add_abi(ret->decided, policy->abis[i]);
    if (always)
        seccomp_rule_add_name(seccomp_policy_add_rule(policy, SECCOMP_ALLOW), always);
    buf_add_text(text, "\"syscalls\": [");
    for (size_t i = 0; i < policy->rule_count; i++) {
        struct seccomp_rule *rule = &policy->rules[i];
        bool is_last = always && i + 1 == policy->rule_count;
        bool numbered = rule->action == SECCOMP_ERRNO && random_below(random, 8);
        rule->errno_value = numbered ? RANDOM_ERRNO_FIRST + (int)i : -1;
        buf_add_text(text, i ? ",\n" : "\n");
        if (is_last)
            buf_printf(text, "{\"names\": [\"%s\"], \"action\": \"SCMP_ACT_ALLOW\"}", always);
        if (is_last || add_rule(random, &ret->context, rule, text))
            copy_rule(rule, ret->decided);
    }
    buf_add_text(text, "]}");
}

void random_profile_done(struct random_profile *profile)
{
    buf_done(&profile->text);
    seccomp_policy_free(profile->decided);
}
