/* What would have to be added to the profiles. */
#include <string.h>

#include "base/intern.h"
#include "base/strings.h"
#include "base/text.h"
#include "model/aa_generalise.h"
#include "model/apparmor_rule.h"
#include "model/denials.h"

/* More rules for one call nobody wants, and more sentences nobody reads. */
enum { COMBINATIONS_MAX = 64, CHANGES_MAX = 200 };

static bool has_name(const struct seccomp_rule *rule, const char *name)
{
    return strings_contain(rule->names, rule->name_count, name);
}

/* The rule without conditions, to which every name that needs none is added. */
static void add_plain(struct seccomp_policy *added, const char *name)
{
    for (size_t i = 0; i < added->rule_count; i++) {
        struct seccomp_rule *rule = &added->rules[i];
        if (rule->arg_count > 0)
            continue;
        if (!has_name(rule, name))
            seccomp_rule_add_name(rule, name);
        return;
    }
    seccomp_rule_add_name(seccomp_policy_add_rule(added, SECCOMP_ALLOW), name);
}

static bool has_rule(const struct seccomp_policy *added, const char *name, const struct seccomp_arg *args, size_t count)
{
    for (size_t i = 0; i < added->rule_count; i++) {
        const struct seccomp_rule *rule = &added->rules[i];
        if (rule->arg_count == count && has_name(rule, name) && memcmp(rule->args, args, count * sizeof(*args)) == 0)
            return true;
    }
    return false;
}

/* One rule for each combination, because conditions on one argument in one rule would be alternatives to all. */
static void add_combinations(struct seccomp_policy *added, const char *name, const struct denial *denial)
{
    size_t at[6] = {0};
    for (bool more = true; more;) {
        struct seccomp_arg args[6];
        size_t count = 0;
        memset(args, 0, sizeof(args));
        for (unsigned i = 0; i < 6; i++)
            if (denial->args[i] && denial->args[i]->count) {
                args[count].index = i;
                args[count].op = OP_EQ;
                args[count++].value = denial->args[i]->values[at[i]];
            }
        if (!has_rule(added, name, args, count)) {
            struct seccomp_rule *rule = seccomp_policy_add_rule(added, SECCOMP_ALLOW);
            seccomp_rule_add_name(rule, name);
            for (size_t i = 0; i < count; i++)
                seccomp_rule_add_arg(rule, args[i]);
        }
        more = false;
        for (unsigned i = 0; i < 6 && !more; i++) {
            more = denial->args[i] && ++at[i] < denial->args[i]->count;
            at[i] = more ? at[i] : 0;
        }
    }
}

/* The sentence is taken over. */
static void change(struct denials_remedy *remedy, char *sentence)
{
    if (remedy->change_count == CHANGES_MAX)
        remedy->more_changes++;
    else if (!strings_contain(remedy->changes, remedy->change_count, sentence))
        strings_add(&remedy->changes, &remedy->change_count, sentence);
    free(sentence);
}

/* 0 when no argument decides. */
static size_t count_combinations(const struct denial *denial)
{
    size_t count = 0;
    for (unsigned i = 0; i < 6 && count <= COMBINATIONS_MAX; i++)
        if (denial->args[i] && denial->args[i]->count)
            count = (count ? count : 1) * denial->args[i]->count;
    return count;
}

/* libseccomp refuses a rule that contradicts another, so one that refuses must go before a rule is added. */
static void remedy_call(const struct denial *denial, const struct seccomp_policy *policy, struct denials_remedy *remedy)
{
    char buffer[SYSCALL_NAME_MAX];
    const char *name = syscall_name(denial->abi, denial->number, buffer);
    const struct seccomp_rule *rule = denial->verdict.rule;
    size_t combinations = count_combinations(denial);
    if (denial->verdict.foreign_abi) {
        seccomp_policy_add_abi(remedy->seccomp, denial->abi);
        return;
    }
    if (!syscall_by_number(denial->abi, denial->number)) {
        change(remedy, mem_printf("%s has no name, so no profile can allow it but by its default action", name));
        return;
    }
    if (rule && policy)
        change(remedy, mem_printf("syscalls[%zu] refuses %s (%s): take the name out of it",
                                  (size_t)(rule - policy->rules), name, seccomp_action_name(rule->action)));
    if (combinations == 0)
        add_plain(remedy->seccomp, name);
    else if (combinations <= COMBINATIONS_MAX)
        add_combinations(remedy->seccomp, name, denial);
    else
        change(remedy, mem_printf("allow %s with the arguments that are refused, which are too many for a rule each", name));
}

/* Process numbers do not come again. */
static void add_pattern(const struct denial *denial, struct aa_generaliser **generaliser, struct buf *out)
{
    static const char processes[] = "/proc/";
    size_t start = strlen(processes);
    bool of_process = denial->path_length > start && strncmp(denial->path, processes, start) == 0 &&
                      denial->path[start] >= '0' && denial->path[start] <= '9';
    if (of_process && !*generaliser)
        (void)aa_generaliser_new("task,pid,fd", generaliser, NULL);
    if (of_process && *generaliser)
        (void)aa_generalise(*generaliser, denial->path, denial->path_length, out, NULL);
    else
        aa_glob_quote(out, denial->path, denial->path_length);
}

static void remedy_file(const struct denial *denial, struct denials_remedy *remedy, struct aa_generaliser **generaliser)
{
    if (denial->rule && denial->rule->deny) {
        AUTO_BUF struct buf path = BUF_INIT;
        text_escape(&path, denial->path, denial->path_length);
        change(remedy, mem_printf("the rule deny %s wins over every rule that allows: it must leave out %s",
                                  denial->rule->pattern, buf_text(&path)));
        return;
    }
    AUTO_BUF struct buf pattern = BUF_INIT;
    struct err ignored = ERR_INIT;
    /* Programs that did the same to it need one rule. */
    if (apparmor_policy_evaluate(remedy->apparmor, denial->path, denial->path_length, denial->refused, false, NULL) == 0)
        return;
    add_pattern(denial, generaliser, &pattern);
    (void)apparmor_policy_add_file(remedy->apparmor, false, buf_text(&pattern), denial->refused,
                                   denial->refused & AA_EXEC ? "ix" : NULL, NULL, &ignored);
}

static bool word_is_added(const struct aa_word_rule *rules, size_t count, const char *words)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rules[i].words, words) == 0)
            return true;
    return false;
}

/* Whether a rule that denies is about it: were it to allow, it would allow this. */
static bool rule_denies(const struct denial *denial, const struct aa_word_rule *rule)
{
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *turned = apparmor_policy_new("");
    if (!rule->deny)
        return false;
    if (denial->kind == DENIAL_CAPABILITY) {
        apparmor_policy_add_capability(turned, false, rule->words, NULL);
        return apparmor_policy_allows_capability(turned, denial->words);
    }
    AUTO_FREE char *family = mem_strdup(denial->words);
    char *type = strchr(family, ' ');
    if (!type)
        return false;
    *type++ = '\0';
    apparmor_policy_add_network(turned, false, rule->words, NULL);
    return apparmor_policy_allows_network(turned, family, type);
}

static void change_denying(const struct denial *denial, const struct apparmor_policy *policy,
                           struct denials_remedy *remedy)
{
    bool capability = denial->kind == DENIAL_CAPABILITY;
    const struct aa_word_rule *rules = capability ? policy->capabilities : policy->networks;
    size_t count = capability ? policy->capability_count : policy->network_count;
    for (size_t i = 0; i < count && denial->kind != DENIAL_OTHER; i++)
        if (rule_denies(denial, &rules[i]))
            change(remedy, mem_printf("the rule deny %s%s%s wins over every rule that allows: it must leave out %s",
                                      denial_kind_name(denial->kind), rules[i].words[0] ? " " : "", rules[i].words,
                                      denial->words));
    for (size_t i = 0; i < policy->other_count && denial->kind == DENIAL_OTHER; i++)
        if (policy->others[i].deny && strcmp(policy->others[i].kind, denial->words) == 0)
            change(remedy, mem_printf("the rule deny %s %s must go or leave out what was recorded", denial->words,
                                      policy->others[i].text));
}

/* Of a link, only a pair of names makes a rule. others holds what was said, since a workload can be denied very many different mounts. */
static void remedy_other(const struct denial *denial, struct intern *others, struct denials_remedy *remedy)
{
    const char *detail = denial->detail ? denial->detail : "";
    AUTO_FREE char *said = mem_printf("%s%s%s", denial->words, *detail ? " " : "", detail);
    const size_t known = intern_count(others);
    if (intern_add(others, said, strlen(said)) != known)
        return;
    struct aa_other_rule rule = {.kind = mem_strdup(denial->words), .text = mem_strdup(detail)};
    if (apparmor_policy_push_other(remedy->apparmor, &rule, NULL) < 0)
        change(remedy, mem_printf("no rule allows %s, of which no rule can be made", said));
}

static void remedy_word(const struct denial *denial, const struct apparmor_policy *policy, struct intern *others,
                        struct denials_remedy *remedy)
{
    struct apparmor_policy *added = remedy->apparmor;
    if (policy)
        change_denying(denial, policy, remedy);
    if (denial->kind == DENIAL_CAPABILITY) {
        if (!word_is_added(added->capabilities, added->capability_count, denial->words))
            apparmor_policy_add_capability(added, false, denial->words, NULL);
    } else if (denial->kind == DENIAL_NETWORK) {
        if (!word_is_added(added->networks, added->network_count, denial->words))
            apparmor_policy_add_network(added, false, denial->words, NULL);
    } else {
        remedy_other(denial, others, remedy);
    }
}

void denials_remedy(const struct denials *denials, const struct seccomp_policy *seccomp,
                    const struct apparmor_policy *apparmor, struct denials_remedy *ret)
{
    AUTO(aa_generaliser_free_cleanup) struct aa_generaliser *generaliser = NULL;
    AUTO(intern_free_cleanup) struct intern *others = intern_new();
    *ret = (struct denials_remedy){.seccomp = seccomp_policy_new(), .apparmor = apparmor_policy_new("")};
    for (size_t i = 0; i < denials->count; i++) {
        const struct denial *denial = &denials->items[i];
        if (denial->outcome != DENIAL_SURE)
            continue;
        switch (denial->kind) {
        case DENIAL_CALL:
            remedy_call(denial, seccomp, ret);
            break;
        case DENIAL_FILE:
            remedy_file(denial, ret, &generaliser);
            break;
        case DENIAL_CAPABILITY:
        case DENIAL_NETWORK:
        case DENIAL_OTHER:
            remedy_word(denial, apparmor, others, ret);
            break;
        case DENIAL_KIND_COUNT:
            break;
        }
    }
}

void denials_remedy_done(struct denials_remedy *remedy)
{
    seccomp_policy_free(remedy->seccomp);
    apparmor_policy_free(remedy->apparmor);
    strings_free(&remedy->changes, &remedy->change_count);
    *remedy = (struct denials_remedy){0};
}
