#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/errno_name.h"
#include "base/strings.h"
#include "model/default_profile.h"

/* What the rules of one call come to. */
struct answer {
    bool always;
    int error;              /* of a call that no rule allows */
    kernel_version kernel;  /* from which it is allowed; 0: none */
    struct buf capabilities; /* any of which is enough */
    struct buf arguments;    /* any of which is enough */
};

static void answer_done(struct answer *answer)
{
    buf_done(&answer->capabilities);
    buf_done(&answer->arguments);
}

/* For machines of that sort, of which some programs may be x32 or i386. */
static bool is_of_other_machines(const struct seccomp_rule *rule)
{
    return rule->includes.arch_count && !strings_contain(rule->includes.arches, rule->includes.arch_count, "amd64");
}

static void add_argument(struct buf *out, const struct seccomp_arg *arg)
{
    static const char *const relations[] = {[OP_NE] = "is not", [OP_LT] = "is below", [OP_LE] = "is at most", [OP_EQ] = "is", [OP_GE] = "is at least",
                                            [OP_GT] = "is above"};
    if (arg->op == OP_MASKED_EQ)
        buf_printf(out, "(argument %u & %#" PRIx64 ") is %#" PRIx64, arg->index, arg->value, arg->value_two);
    else
        buf_printf(out, "argument %u %s %#" PRIx64, arg->index, relations[arg->op], arg->value);
}

/* Several conditions of one rule hold together. */
static void add_arguments(struct answer *answer, const struct seccomp_rule *rule)
{
    if (answer->arguments.length)
        buf_add_text(&answer->arguments, ", or ");
    for (size_t i = 0; i < rule->arg_count; i++) {
        if (i)
            buf_add_text(&answer->arguments, " and ");
        add_argument(&answer->arguments, &rule->args[i]);
    }
}

static void add_rule(struct answer *answer, const struct seccomp_rule *rule)
{
    if (rule->action != SECCOMP_ALLOW) {
        answer->error = rule->arg_count ? answer->error : rule->errno_value;
        return;
    }
    if (rule->arg_count)
        add_arguments(answer, rule);
    else if (rule->includes.capability_count)
        buf_printf(&answer->capabilities, "%s%s", answer->capabilities.length ? " or " : "", rule->includes.capabilities[0]);
    else if (rule->includes.min_kernel)
        answer->kernel = rule->includes.min_kernel;
    else
        answer->always = true;
}

static char *words_of(const struct answer *answer)
{
    char name[ERRNO_NAME_MAX];
    AUTO_BUF struct buf out = BUF_INIT;
    if (answer->always)
        return mem_strdup("always");
    if (answer->kernel)
        buf_printf(&out, "on Linux %u.%u and later", answer->kernel / 1000, answer->kernel % 1000);
    if (answer->capabilities.length)
        buf_printf(&out, "%swith %s", out.length ? ", or " : "", buf_text(&answer->capabilities));
    if (answer->arguments.length)
        buf_printf(&out, "%swhen %s", out.length ? ", or " : "", buf_text(&answer->arguments));
    const char *error = errno_name(answer->error, name);
    return out.length ? mem_printf("%s; otherwise %s", buf_text(&out), error) : mem_printf("never (%s)", error);
}

char *default_profile_words(const char *engine, const char *call)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = NULL;
    AUTO(answer_done) struct answer answer = {.capabilities = BUF_INIT, .arguments = BUF_INIT};
    struct err err = ERR_INIT;
    int r = default_profile_seccomp(engine, &policy, &err);
    assert(r == 0);
    answer.error = r == 0 ? policy->default_errno : EPERM;
    for (size_t i = 0; r == 0 && i < policy->rule_count; i++)
        if (strings_contain(policy->rules[i].names, policy->rules[i].name_count, call) && !is_of_other_machines(&policy->rules[i]))
            add_rule(&answer, &policy->rules[i]);
    return words_of(&answer);
}
