/* What a policy says beyond yes and no: where an exec leads to, and which names may be linked. */
#include <ctype.h>
#include <string.h>

#include "model/aa_glob_impl.h"
#include "model/apparmor_rule.h"

/* ---- exec --------------------------------------------------------------------------------- */

struct search {
    const struct apparmor_policy *policy;
    const char *path;
    size_t length;
    bool is_owner;
    const struct aa_file_rule *found;
};

/* Among rules alike all say the same: apparmor_parser refuses others. */
static bool look(void *context, uint32_t number)
{
    struct search *s = context;
    const struct aa_file_rule *rule = &s->policy->files[number];
    if (rule->deny || !(rule->permissions & AA_EXEC) || (rule->owner && !s->is_owner))
        return true;
    const struct aa_file_rule *had = s->found;
    bool better = !had || rule->priority > had->priority ||
                  (rule->priority == had->priority && rule->glob->exact && !had->glob->exact);
    if (better && aa_glob_match(rule->glob, s->path, s->length))
        s->found = rule;
    return true;
}

static bool has_letter(const char *mode, char letter)
{
    for (; *mode && *mode != ' '; mode++)
        if (tolower((unsigned char)*mode) == letter)
            return true;
    return false;
}

void apparmor_policy_exec(const struct apparmor_policy *policy, const char *path, size_t length, bool is_owner,
                          struct aa_exec *ret)
{
    struct search s = {.policy = policy, .path = path, .length = length, .is_owner = is_owner};
    *ret = (struct aa_exec){0};
    if (apparmor_policy_evaluate(policy, path, length, AA_EXEC, is_owner, NULL) != 0)
        return;
    apparmor_index_visit(policy->index, path, length, look, &s);
    if (!s.found)
        return;
    const char *mode = s.found->exec_mode;
    const char *arrow = strstr(mode, " -> ");
    enum aa_exec_kind other = has_letter(mode, 'i')   ? AA_EXEC_INHERIT
                              : has_letter(mode, 'u') ? AA_EXEC_UNCONFINED
                                                      : AA_EXEC_REFUSED;
    enum aa_exec_kind main = has_letter(mode, 'p') ? AA_EXEC_PROFILE : has_letter(mode, 'c') ? AA_EXEC_CHILD : AA_EXEC_REFUSED;
    *ret = (struct aa_exec){.kind = main ? main : other,
                            .fallback = main ? other : AA_EXEC_REFUSED,
                            .clean = isupper((unsigned char)mode[0]),
                            .target = arrow && main ? arrow + 4 : NULL,
                            .rule = s.found};
}

/* ---- links -------------------------------------------------------------------------------- */

struct linking {
    const struct apparmor_policy *policy;
    const char *link;
    size_t link_length;
    const char *target;
    size_t target_length;
    bool is_owner;
    bool allowed, allowed_subset;
    bool denied, denied_subset;
};

static void say(struct linking *l, bool deny, bool subset)
{
    *(deny ? &l->denied : &l->allowed) = true;
    if (subset)
        *(deny ? &l->denied_subset : &l->allowed_subset) = true;
}

/* An l without a target stands for every one but the root, and for subsets only. */
static bool judge_rule(void *context, uint32_t number)
{
    struct linking *l = context;
    const struct aa_file_rule *rule = &l->policy->files[number];
    if ((rule->permissions & AA_LINK) && (l->is_owner || !rule->owner) && aa_glob_match(rule->glob, l->link, l->link_length))
        say(l, rule->deny, true);
    return true;
}

static void judge_pairs(struct linking *l)
{
    for (size_t i = 0; i < l->policy->other_count; i++) {
        const struct aa_other_rule *rule = &l->policy->others[i];
        if (rule->pair && (l->is_owner || !rule->owner) && aa_glob_match(rule->pair->link_glob, l->link, l->link_length) &&
            aa_glob_match(rule->pair->target_glob, l->target, l->target_length))
            say(l, rule->deny, rule->pair->subset);
    }
}

/* As Linux's aa_path_link has it (security/apparmor/file.c): what the new name may be used for, the old one may too. */
static bool is_subset(const struct linking *l)
{
    aa_mask all = AA_READ | AA_WRITE | AA_APPEND | AA_LOCK | AA_MAP_EXEC | AA_EXEC;
    aa_mask refused = apparmor_policy_evaluate(l->policy, l->target, l->target_length, all, l->is_owner, NULL);
    aa_mask wanted = all & ~apparmor_policy_evaluate(l->policy, l->link, l->link_length, all, l->is_owner, NULL);
    struct aa_exec one, two;
    if (wanted & refused)
        return false;
    apparmor_policy_exec(l->policy, l->link, l->link_length, l->is_owner, &one);
    apparmor_policy_exec(l->policy, l->target, l->target_length, l->is_owner, &two);
    return one.kind == AA_EXEC_REFUSED ||
           (one.kind == two.kind && one.fallback == two.fallback && !one.target == !two.target &&
            (!one.target || strcmp(one.target, two.target) == 0) && (one.clean || !two.clean));
}

bool apparmor_policy_allows_link(const struct apparmor_policy *policy, const char *link, size_t link_length, const char *target,
                                 size_t target_length, bool is_owner)
{
    struct linking l = {.policy = policy,
                        .link = link,
                        .link_length = link_length,
                        .target = target,
                        .target_length = target_length,
                        .is_owner = is_owner};
    if (target_length > 1 && target[1] != '/')
        apparmor_index_visit(policy->index, link, link_length, judge_rule, &l);
    judge_pairs(&l);
    if (!l.allowed || l.denied)
        return false;
    /* apparmor_parser 3.0.8 writes the test into what holds for owners alone. */
    return !is_owner || !l.allowed_subset || l.denied_subset || is_subset(&l);
}
