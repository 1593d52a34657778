#include "model/apparmor_replay.h"

#include <string.h>

struct replay {
    const struct apparmor_policy *policy;
    const struct recording *recording;
    bool names_owners;
    apparmor_refusal_visitor *visit;
    void *context;
};

static void replay_file(const struct replay *replay, const struct aa_need *need)
{
    const struct aa_file_rule *rule = NULL;
    const struct aa_file_rule *owners = NULL;
    aa_mask to_others =
        apparmor_policy_evaluate(replay->policy, need->path, need->length, need->wanted, false, &rule);
    aa_mask to_owner = to_others;
    if (replay->names_owners)
        to_owner = apparmor_policy_evaluate(replay->policy, need->path, need->length, need->wanted, true, &owners);
    if (!to_others && !to_owner)
        return;
    struct apparmor_refusal refusal = {.kind = "file", .words = "", .need = need,
                                       .refused = to_others & to_owner, .perhaps = to_others ^ to_owner,
                                       .rule = rule ? rule : owners};
    replay->visit(replay->context, &refusal);
}

static void refuse_fact(const struct replay *replay, const struct fact *fact, const char *kind, const char *words)
{
    struct apparmor_refusal refusal = {.kind = kind, .words = words, .fact = fact};
    replay->visit(replay->context, &refusal);
}

static void replay_capability(const struct replay *replay, const struct fact *fact)
{
    AUTO_FREE char *name = fact->value < 64 ? aa_capability_name((int)fact->value) : NULL;
    if (name && !apparmor_policy_allows_capability(replay->policy, name))
        refuse_fact(replay, fact, "capability", name);
}

static void replay_socket(const struct replay *replay, const struct fact *fact)
{
    const char *family = aa_family_name(aa_fact_family(fact));
    const char *type = aa_socket_type_name(aa_fact_type(fact));
    if (!family || !type || apparmor_policy_allows_network(replay->policy, family, type))
        return;
    AUTO_FREE char *words = mem_printf("%s %s", family, type);
    refuse_fact(replay, fact, "network", words);
}

const char *apparmor_keyword_of(const struct recording *recording, const struct fact *fact)
{
    switch (fact->kind) {
    case FACT_MOUNT:
        return "mount";
    case FACT_UMOUNT:
        return "umount";
    case FACT_SIGNAL:
        return "signal";
    case FACT_PTRACE:
        return "ptrace";
    case FACT_ROOT: {
        const char *what = recording_text(recording, fact->subject);
        return what && strcmp(what, "pivot_root") == 0 ? "pivot_root" : NULL;
    }
    case FACT_SOCKET:
    case FACT_BIND:
    case FACT_CONNECT:
    case FACT_LISTEN:
    case FACT_NAMESPACE:
    case FACT_CAPABILITY:
    case FACT_MODULE:
    case FACT_IO_URING:
    case FACT_KIND_COUNT:
        return NULL;
    }
    return NULL;
}

static void replay_fact(const struct replay *replay, const struct fact *fact)
{
    const char *keyword = apparmor_keyword_of(replay->recording, fact);
    if (fact->kind == FACT_CAPABILITY)
        replay_capability(replay, fact);
    else if (fact->kind == FACT_SOCKET)
        replay_socket(replay, fact);
    else if (keyword && !apparmor_policy_allows_other(replay->policy, keyword))
        refuse_fact(replay, fact, keyword, "");
}

void apparmor_replay(const struct apparmor_policy *policy, const struct recording *recording,
                     const struct aa_needs *needs, apparmor_refusal_visitor *visit, void *context)
{
    struct replay replay = {.policy = policy, .recording = recording, .visit = visit, .context = context};
    for (size_t i = 0; i < policy->file_count; i++)
        replay.names_owners |= policy->files[i].owner;
    for (size_t i = 0; i < needs->count; i++)
        replay_file(&replay, &needs->items[i]);
    for (size_t i = 0; i < recording->fact_count; i++)
        replay_fact(&replay, &recording->facts[i]);
}
