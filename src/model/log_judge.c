#include "model/log_judge.h"

#include <string.h>

#include "model/apparmor_rule.h"
#include "model/denials_add.h"

bool log_judge_has_keyword(const char *words)
{
    return aa_other_kind(words) != NULL;
}

/* ---- AppArmor ------------------------------------------------------------------------------------ */

const struct apparmor_policy *log_judges_profile(const struct log_judges *judges, const char *named)
{
    AUTO_FREE char *name = mem_dup(named, audit_profile_length(named));
    return judges->apparmor ? apparmor_file_find(judges->apparmor, name) : NULL;
}

/* What is refused to the file's owner, or to others. A link is allowed by what its new name and its old one are. */
static aa_mask refused_to(const struct log_judges *judges, const struct apparmor_policy *policy,
                          const struct audit_thing *thing, bool is_owner, const struct aa_file_rule **ret_rule)
{
    size_t length;
    size_t target_length;
    const char *path = intern_get(judges->log->strings, thing->path, &length);
    aa_mask refused = apparmor_policy_evaluate(policy, path, length, thing->denied, is_owner, ret_rule);
    if (!(thing->denied & AA_LINK) || thing->target == STRING_NONE)
        return refused;
    const char *target = intern_get(judges->log->strings, thing->target, &target_length);
    bool allowed = apparmor_policy_allows_link(policy, path, length, target, target_length, is_owner);
    return allowed ? refused & ~(aa_mask)AA_LINK : refused | AA_LINK;
}

static void judge_file(const struct log_judges *judges, const struct apparmor_policy *policy,
                       const struct audit_thing *thing, struct log_judgement *ret)
{
    const char *path = audit_log_text(judges->log, thing->path);
    const struct aa_file_rule *rule = NULL;
    const struct aa_file_rule *others = NULL;
    if (path[0] != '/') { /* not below the root of the task, which a flag makes up for */
        ret->standing = apparmor_policy_has_flag(policy, "attach_disconnected") ? LOG_OLDER : LOG_EXPLAINED;
        return;
    }
    aa_mask to_owner = refused_to(judges, policy, thing, true, &rule);
    aa_mask to_others = refused_to(judges, policy, thing, false, &others);
    bool is_owner = thing->owner == AUDIT_OWNER_SELF;
    ret->refused = is_owner ? to_owner : to_others;
    ret->rule = is_owner ? rule : others;
    if (thing->owner == AUDIT_OWNER_UNKNOWN && !to_owner != !to_others) {
        ret->standing = LOG_PERHAPS;
        ret->reason = mem_strdup("the profile has a rule for the file's owner, and the log does not tell who that was");
    } else if (!ret->refused) {
        ret->standing = LOG_OLDER;
    } else { /* what a rule denies is not logged, unless it says audit */
        ret->standing = ret->rule && ret->rule->deny && !ret->rule->audit ? LOG_DIFFERENT : LOG_EXPLAINED;
    }
}

static bool allows_words(const struct apparmor_policy *policy, enum denial_kind kind, const char *words)
{
    if (kind == DENIAL_CAPABILITY)
        return apparmor_policy_allows_capability(policy, words);
    AUTO_FREE char *family = mem_strdup(words);
    char *type = strchr(family, ' ');
    if (!type)
        return false;
    *type = '\0';
    return apparmor_policy_allows_network(policy, family, type + 1);
}

/* Whether a rule that is not logged denies it: were it alone and to allow, it would allow this. */
static bool is_silent(const struct apparmor_policy *policy, enum denial_kind kind, const char *words)
{
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *turned = apparmor_policy_new("");
    bool capability = kind == DENIAL_CAPABILITY;
    const struct aa_word_rule *rules = capability ? policy->capabilities : policy->networks;
    size_t count = capability ? policy->capability_count : policy->network_count;
    for (size_t i = 0; i < count; i++) {
        if (!rules[i].deny || rules[i].audit)
            continue;
        if (capability)
            apparmor_policy_add_capability(turned, false, rules[i].words, NULL);
        else
            apparmor_policy_add_network(turned, false, rules[i].words, NULL);
    }
    return allows_words(turned, kind, words);
}

static void judge_words(const struct log_judges *judges, const struct apparmor_policy *policy,
                        const struct audit_thing *thing, struct log_judgement *ret)
{
    const char *words = audit_log_text(judges->log, thing->words);
    if (allows_words(policy, thing->kind, words))
        ret->standing = LOG_OLDER;
    else
        ret->standing = is_silent(policy, thing->kind, words) ? LOG_DIFFERENT : LOG_EXPLAINED;
}

/* Rules for these are known by their keyword alone. */
static void judge_keyword(const struct log_judges *judges, const struct apparmor_policy *policy,
                          const struct audit_thing *thing, struct log_judgement *ret)
{
    const char *words = audit_log_text(judges->log, thing->words);
    const char *text = NULL;
    for (size_t i = 0; i < policy->other_count; i++)
        if (strcmp(policy->others[i].kind, words) == 0 && policy->others[i].text[0])
            text = policy->others[i].text;
    if (!log_judge_has_keyword(words)) {
        ret->standing = LOG_PERHAPS;
        ret->reason = mem_printf("rules about %s are not known here", words);
    } else if (!apparmor_policy_allows_other(policy, words)) {
        ret->standing = LOG_EXPLAINED;
    } else if (text) {
        ret->standing = LOG_PERHAPS;
        ret->reason = mem_printf("rules for %s are judged by that word alone, not by what stands behind it", words);
    } else {
        ret->standing = LOG_OLDER;
    }
}

static void judge_apparmor(const struct log_judges *judges, const struct audit_thing *thing, struct log_judgement *ret)
{
    if (!judges->apparmor)
        return;
    const struct apparmor_policy *policy = log_judges_profile(judges, audit_log_text(judges->log, thing->profile));
    if (!policy)
        ret->standing = LOG_OTHER_PROFILE;
    else if (thing->kind == DENIAL_FILE)
        judge_file(judges, policy, thing, ret);
    else if (thing->kind == DENIAL_OTHER)
        judge_keyword(judges, policy, thing, ret);
    else
        judge_words(judges, policy, thing, ret);
    if (ret->standing == LOG_OLDER && thing->info != STRING_NONE)
        ret->standing = LOG_BEYOND;
}

/* ---- seccomp ------------------------------------------------------------------------------------- */

static bool looks_at_arguments(const struct log_judges *judges, const struct audit_thing *thing)
{
    char buffer[SYSCALL_NAME_MAX];
    const char *name = syscall_name(thing->abi, thing->number, buffer);
    const struct seccomp_context *context = &judges->contexts[arch_get(thing->abi)->family];
    for (size_t i = 0; i < judges->seccomp->rule_count; i++) {
        const struct seccomp_rule *rule = &judges->seccomp->rules[i];
        for (size_t k = 0; k < rule->name_count && rule->arg_count > 0; k++)
            if (strcmp(rule->names[k], name) == 0 && seccomp_rule_applies(rule, context))
                return true;
    }
    return false;
}

static bool is_same_action(enum seccomp_action a, enum seccomp_action b)
{
    bool kills_a = a == SECCOMP_KILL_PROCESS || a == SECCOMP_KILL_THREAD;
    bool kills_b = b == SECCOMP_KILL_PROCESS || b == SECCOMP_KILL_THREAD;
    return a == b || (kills_a && kills_b);
}

/* The arguments of one of the entry's calls. False when the log does not tell the first four, which are all it can. */
static bool known_arguments(const struct audit_entry *entry, uint64_t ret[static 6])
{
    bool known = true;
    for (unsigned i = 0; i < ARRAY_COUNT(entry->args); i++) {
        const struct arg_values *set = entry->args[i];
        bool here = set && set->count > 0 && !set->overflow;
        ret[i] = here ? set->values[0] : 0;
        known &= here || i > 3;
    }
    return known;
}

/* Nothing refuses it. What the profile lets through with a line in the log, it explains. */
static void judge_let_through(const struct log_judges *judges, const struct audit_entry *entry, struct log_judgement *ret)
{
    const struct audit_thing *thing = &entry->thing;
    const struct seccomp_evaluator *evaluator = judges->evaluators[arch_get(thing->abi)->family];
    uint64_t args[6];
    ret->standing = LOG_OLDER;
    if (thing->action != SECCOMP_LOG)
        return;
    bool known = known_arguments(entry, args);
    struct seccomp_verdict verdict = seccomp_evaluator_ask(evaluator, thing->abi, thing->number, args);
    if (verdict.action == SECCOMP_LOG) {
        ret->standing = LOG_EXPLAINED;
        ret->verdict = verdict;
    } else if (!known && looks_at_arguments(judges, thing)) {
        ret->standing = LOG_PERHAPS;
        ret->reason = mem_strdup("the profile looks at arguments, which the log does not tell");
    }
}

static int compare_call(const struct denial *denial, uint32_t image, const struct audit_thing *thing)
{
    if (denial->image != image)
        return denial->image < image ? -1 : 1;
    if (denial->abi != thing->abi)
        return denial->abi < thing->abi ? -1 : 1;
    return denial->number < thing->number ? -1 : denial->number > thing->number;
}

/* The first denial of the entry's call, among those in the recording's order; there may be several. */
static size_t first_call(const struct log_judges *judges, size_t entry)
{
    size_t low = 0;
    size_t high = judges->calls.count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (compare_call(&judges->calls.items[middle], judges->images[entry], &judges->log->entries[entry].thing) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_call(const struct log_judges *judges, size_t entry, size_t denial)
{
    return denial < judges->calls.count &&
           compare_call(&judges->calls.items[denial], judges->images[entry], &judges->log->entries[entry].thing) == 0;
}

static void judge_call(const struct log_judges *judges, size_t entry, struct log_judgement *ret)
{
    const struct audit_thing *thing = &judges->log->entries[entry].thing;
    const struct denial *found = NULL;
    ret->verdict.action = SECCOMP_ALLOW;
    for (size_t i = first_call(judges, entry); is_call(judges, entry, i); i++)
        if (!found || judges->calls.items[i].outcome == DENIAL_SURE)
            found = &judges->calls.items[i];
    if (!found) {
        judge_let_through(judges, &judges->log->entries[entry], ret);
        return;
    }
    ret->verdict = found->verdict;
    ret->standing = LOG_PERHAPS;
    if (found->outcome == DENIAL_UNKNOWN)
        ret->reason = mem_strdup("the profile looks at arguments, which the log does not tell");
    else
        ret->standing = is_same_action(found->verdict.action, thing->action) ? LOG_EXPLAINED : LOG_DIFFERENT;
}

void log_judge(const struct log_judges *judges, size_t entry, struct log_judgement *ret)
{
    const struct audit_thing *thing = &judges->log->entries[entry].thing;
    if (thing->kind != DENIAL_CALL)
        judge_apparmor(judges, thing, ret);
    else if (judges->seccomp)
        judge_call(judges, entry, ret);
}

void log_judge_take_calls(const struct log_judges *judges, size_t entry, struct denials *denials)
{
    for (size_t i = first_call(judges, entry); is_call(judges, entry, i); i++) {
        const struct denial *from = &judges->calls.items[i];
        struct denial *to = denials_add(denials, DENIAL_CALL);
        to->outcome = from->outcome;
        to->abi = from->abi;
        to->number = from->number;
        to->verdict = from->verdict;
        for (unsigned k = 0; k < ARRAY_COUNT(to->args); k++)
            if (from->args[k]) {
                to->args[k] = mem_zero(1, sizeof(*to->args[k]));
                *to->args[k] = *from->args[k];
            }
    }
}

/* ---- what is asked ------------------------------------------------------------------------------- */

int log_judges_prepare(struct log_judges *judges, const struct seccomp_context *context, struct err *err)
{
    if (!judges->seccomp)
        return 0;
    judges->images = mem_zero(judges->log->entry_count, sizeof(*judges->images));
    judges->recording = audit_log_recording(judges->log, "", judges->images, NULL);
    int result = denials_add_seccomp(&judges->calls, judges->recording, judges->seccomp, context, err);
    for (size_t i = 0; i < judges->log->entry_count && result == 0; i++) {
        const struct audit_thing *thing = &judges->log->entries[i].thing;
        enum abi family = arch_get(thing->abi)->family;
        if (thing->kind != DENIAL_CALL || judges->evaluators[family])
            continue;
        judges->contexts[family] = *context;
        judges->contexts[family].native = family;
        result = seccomp_evaluator_new(judges->seccomp, &judges->contexts[family], &judges->evaluators[family], err);
    }
    return result;
}

void log_judges_done(struct log_judges *judges)
{
    for (unsigned i = 0; i < ABI_COUNT; i++)
        seccomp_evaluator_free(judges->evaluators[i]);
    denials_done(&judges->calls);
    recording_free(judges->recording);
    free(judges->images);
}
