/* Recordings against AppArmor policies. */
#include <string.h>

#include "model/apparmor_replay.h"
#include "model/denials_add.h"

struct replay {
    struct denials *denials;
    const struct recording *recording;
    const struct apparmor_policy *policy;
};

static void add_file(const struct replay *replay, const struct apparmor_refusal *refusal, aa_mask refused,
                     const char *reason)
{
    if (!refused)
        return;
    struct denial *denial = denials_add(replay->denials, DENIAL_FILE);
    denial->outcome = reason ? DENIAL_UNKNOWN : DENIAL_SURE;
    denial->reason = reason ? mem_strdup(reason) : NULL;
    denial->image = refusal->need->record->image;
    for (unsigned phase = 0; phase < PHASE_COUNT; phase++)
        denial->in[phase] = (aa_permissions_of(refusal->need->record->did[phase]) & refused) != 0;
    denial->path = mem_dup(refusal->need->path, refusal->need->length);
    denial->path_length = refusal->need->length;
    denial->refused = refused;
    denial->rule = refusal->rule;
}

static void add_fact(const struct replay *replay, const struct apparmor_refusal *refusal)
{
    const struct fact *fact = refusal->fact;
    enum denial_kind kind = strcmp(refusal->kind, "capability") == 0 ? DENIAL_CAPABILITY
                            : strcmp(refusal->kind, "network") == 0  ? DENIAL_NETWORK
                                                                     : DENIAL_OTHER;
    struct denial *denial = denials_add(replay->denials, kind);
    denial->image = fact->image;
    denial->words = mem_strdup(kind == DENIAL_OTHER ? refusal->kind : refusal->words);
    denial->subject = recording_text(replay->recording, fact->subject);
    for (unsigned phase = 0; phase < PHASE_COUNT; phase++) {
        denial->count[phase] = fact->count[phase];
        denial->in[phase] = fact->count[phase] > 0;
    }
}

static void on_refusal(void *context, const struct apparmor_refusal *refusal)
{
    const struct replay *replay = context;
    if (!refusal->need) {
        add_fact(replay, refusal);
        return;
    }
    add_file(replay, refusal, refusal->refused, NULL);
    add_file(replay, refusal, refusal->perhaps,
             "the profile has a rule for the file's owner, and the recording does not know who that was");
}

/* ---- what the model cannot answer -------------------------------------------------------------- */

static void note_flags(const struct replay *replay)
{
    static const char *const flags[] = {"complain", "unconfined", "prompt"};
    for (size_t i = 0; i < ARRAY_COUNT(flags); i++)
        if (apparmor_policy_has_flag(replay->policy, flags[i]))
            denials_note(replay->denials,
                         "the AppArmor profile %s has the flag %s: the kernel enforces it only without that flag, "
                         "as it is judged here", replay->policy->name, flags[i]);
}

/* Rules with words behind their keyword may deny some of what is done and not the rest. */
static void note_keywords(const struct replay *replay)
{
    const struct apparmor_policy *policy = replay->policy;
    for (size_t i = 0; i < replay->recording->fact_count; i++) {
        const char *keyword = apparmor_keyword_of(replay->recording, &replay->recording->facts[i]);
        for (size_t k = 0; keyword && k < policy->other_count; k++)
            if (policy->others[k].text[0] && strcmp(policy->others[k].kind, keyword) == 0)
                denials_note(replay->denials,
                             "rules for %s are judged by that word alone, not by what stands behind it", keyword);
    }
}

static bool leaves_profile(const struct aa_file_rule *rule)
{
    return !rule->deny && (rule->permissions & AA_EXEC) && rule->exec_mode && strcmp(rule->exec_mode, "ix") != 0;
}

/* What a program does that the profile gives another profile, or none, is not this profile's to deny. */
static void note_transitions(const struct replay *replay, const struct aa_needs *needs)
{
    const struct apparmor_policy *policy = replay->policy;
    AUTO_FREE const struct aa_need **executed = mem_zero(needs->count, sizeof(struct aa_need *));
    size_t count = 0;
    for (size_t i = 0; i < needs->count; i++)
        if (needs->items[i].wanted & AA_EXEC)
            executed[count++] = &needs->items[i];
    for (size_t i = 0; i < policy->file_count; i++) {
        const struct aa_file_rule *rule = &policy->files[i];
        size_t k = leaves_profile(rule) ? 0 : count;
        while (k < count && !aa_glob_match(rule->glob, executed[k]->path, executed[k]->length))
            k++;
        if (k < count)
            denials_note(replay->denials,
                         "the rule %s %s executes programs under another profile; what they did is judged by %s all "
                         "the same", rule->pattern, rule->exec_mode, policy->name);
    }
}

void denials_add_apparmor(struct denials *denials, const struct recording *recording,
                          const struct apparmor_policy *policy)
{
    struct replay replay = {.denials = denials, .recording = recording, .policy = policy};
    struct aa_needs needs;
    aa_needs_collect_each(recording, &needs);
    apparmor_replay(policy, recording, &needs, on_refusal, &replay);
    note_flags(&replay);
    note_keywords(&replay);
    note_transitions(&replay, &needs);
    aa_needs_done(&needs);
}
