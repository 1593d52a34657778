/* What the container's AppArmor profile would refuse of what was recorded. */
#include "audit/profile_source.h"
#include "audit/usage_maker.h"
#include "model/default_profile.h"
#include "model/denials.h"

/* A default holds only where the node has AppArmor and somebody asked for it, so it is taken as given only when it is named. */
static struct apparmor_policy *apparmor_of(const struct usage_maker *maker)
{
    struct apparmor_policy *policy = NULL;
    struct err err = ERR_INIT;
    bool partial = false;
    if (maker->privileged)
        return NULL;
    if (usage_fact_is(maker, "apparmor.type", "default") && usage_engine(maker)) {
        (void)default_profile_apparmor(usage_engine(maker), &policy, &err);
        return policy;
    }
    const struct profile_source *source = profile_source_of(maker->collector, maker->container, PROFILE_APPARMOR);
    if (!source || source->state != PROFILE_OPEN)
        return NULL;
    profile_source_apparmor(maker->collector, source, &policy, &partial);
    if (partial) {
        apparmor_policy_free(policy);
        return NULL;
    }
    return policy;
}

static const char *access_words(const struct usage_maker *maker, const struct denial *denial)
{
    AUTO_BUF struct buf words = BUF_INIT;
    if (denial->kind != DENIAL_FILE)
        return arena_printf(maker->arena, "%s %s", denial_kind_name(denial->kind), denial->words ? denial->words : "");
    aa_mask_write(denial->refused, NULL, &words);
    return arena_printf(maker->arena, "%s of %s", buf_text(&words), denial->path);
}

void usage_put_accesses(const struct usage_maker *maker)
{
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = apparmor_of(maker);
    AUTO_DENIALS struct denials denials = {0};
    if (!policy)
        return;
    denials_add_apparmor(&denials, maker->recording->recording, policy);
    denials_sort(&denials);
    struct node *list = usage_list(maker, "refused_accesses", node_get(maker->facts, "apparmor"));
    for (size_t i = 0; i < denials.count; i++) {
        const struct denial *denial = &denials.items[i];
        const char *what = access_words(maker, denial);
        if (denial->outcome != DENIAL_SURE || usage_is_listed(list, "what", what))
            continue;
        const struct need_evidence evidence = usage_denial_evidence(maker, denial, "used");
        struct node *item = usage_item(maker, list, NULL);
        if (!item)
            return;
        usage_put_text(maker, item, "what", what);
        usage_put_text(maker, item, "evidence", usage_evidence(maker, &evidence));
    }
}
