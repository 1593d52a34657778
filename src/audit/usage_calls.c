/* What the container's seccomp profile, or its sandbox, would refuse of what was recorded. */
#include <string.h>

#include "audit/profile_source.h"
#include "audit/usage_maker.h"
#include "base/errno_name.h"
#include "model/default_profile.h"
#include "model/denials.h"

/* ---- which seccomp profile ---------------------------------------------------------------------------- */

enum confinement { CONFINED_NOT, CONFINED_BY_DEFAULT, CONFINED_BY_NAME, CONFINED_UNKNOWN };

static enum confinement confinement_of(const struct usage_maker *maker, const char *fact)
{
    const char *type = node_text_at(node_get(maker->facts, fact), "type");
    if (maker->privileged || (type && strcmp(type, "unconfined") == 0))
        return CONFINED_NOT;
    if (type)
        return strcmp(type, "default") == 0 ? (usage_engine(maker) ? CONFINED_BY_DEFAULT : CONFINED_UNKNOWN) : CONFINED_BY_NAME;
    const char *format = maker->container->format;
    if (strcmp(format, "compose") == 0 || strcmp(format, "inspect") == 0)
        return CONFINED_BY_DEFAULT;
    return strcmp(format, "lxc") == 0 ? CONFINED_UNKNOWN : CONFINED_NOT;
}

/* NULL when nobody knows it. */
static struct seccomp_policy *policy_of(const struct usage_maker *maker, enum confinement confinement)
{
    struct seccomp_policy *policy = NULL;
    struct err err = ERR_INIT;
    if (confinement == CONFINED_BY_DEFAULT) {
        (void)default_profile_seccomp(usage_engine(maker), &policy, &err);
        return policy;
    }
    const struct profile_source *source = profile_source_of(maker->collector, maker->container, PROFILE_SECCOMP);
    if (source && source->state == PROFILE_OPEN)
        (void)profile_source_seccomp(source, &policy, &err);
    return policy;
}

/* ---- what it would refuse --------------------------------------------------------------------------------- */

static const char *answer_of(const struct usage_maker *maker, const struct seccomp_verdict *verdict)
{
    if (verdict->action != SECCOMP_ERRNO)
        return arena_printf(maker->arena, "is answered with %s", seccomp_action_name(verdict->action));
    char name[ERRNO_NAME_MAX];
    return arena_printf(maker->arena, "gets %s", errno_name(verdict->error, name));
}

static void add_refused_call(const struct usage_maker *maker, struct node *list, const struct denial *denial)
{
    char name[SYSCALL_NAME_MAX];
    const char *call = syscall_name(denial->abi, denial->number, name);
    const struct need_evidence evidence = usage_denial_evidence(maker, denial, call);
    struct node *item = usage_item(maker, list, NULL);
    if (!item)
        return;
    usage_put_text(maker, item, "call", call);
    usage_put_text(maker, item, "abi", arch_get(denial->abi)->name);
    usage_put_text(maker, item, "answer", answer_of(maker, &denial->verdict));
    usage_put_text(maker, item, "evidence", usage_evidence(maker, &evidence));
}

static void put_refused_calls(const struct usage_maker *maker, const struct seccomp_policy *policy)
{
    AUTO_DENIALS struct denials denials = {0};
    struct err err = ERR_INIT;
    /* A filter of runtimes is loaded with what the container may have at most. */
    const struct seccomp_context context = {.capabilities = maker->capabilities, .native = maker->recording->native};
    if (denials_add_seccomp(&denials, maker->recording->recording, policy, &context, &err) < 0)
        return;
    denials_sort(&denials);
    struct node *list = usage_list(maker, "refused_calls", node_get(maker->facts, "seccomp"));
    for (size_t i = 0; i < denials.count; i++) {
        char name[SYSCALL_NAME_MAX];
        const struct denial *denial = &denials.items[i];
        if (denial->outcome == DENIAL_SURE && !usage_is_listed(list, "call", syscall_name(denial->abi, denial->number, name)))
            add_refused_call(maker, list, denial);
    }
}

/* ---- a kernel of its own ------------------------------------------------------------------------------------ */

/* By the names that are usual: which handler a RuntimeClass has may stand in another file. */
static bool runs_in_gvisor(const struct usage_maker *maker)
{
    const char *runtime = node_text_at(maker->facts, "runtime");
    runtime = runtime ? runtime : node_text_at(maker->facts, "pod.runtime");
    return runtime && (strstr(runtime, "gvisor") || strstr(runtime, "runsc"));
}

static void put_sandbox(const struct usage_maker *maker)
{
    const struct advice_place *place = advice_place(maker->recording->advice, "gvisor");
    if (!runs_in_gvisor(maker) || !place)
        return;
    usage_put_text(maker, maker->used, "sandbox", "gVisor");
    struct node *list = usage_list(maker, "sandbox_lacks", node_get(maker->facts, "runtime"));
    for (size_t i = 0; i < place->evidence_count; i++) {
        const struct advice_evidence *evidence = &place->evidence[i];
        for (size_t k = 0; evidence->effect == EFFECT_NO && k < evidence->item_count; k++) {
            struct node *item = usage_item(maker, list, NULL);
            if (!item)
                return;
            usage_put_text(maker, item, "what", evidence->items[k].what);
            usage_put_text(maker, item, "why", evidence->rule->says);
        }
    }
}

void usage_put_calls(const struct usage_maker *maker)
{
    enum confinement confinement = confinement_of(maker, "seccomp");
    bool filtered = confinement == CONFINED_BY_DEFAULT || confinement == CONFINED_BY_NAME;
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = filtered ? policy_of(maker, confinement) : NULL;
    put_sandbox(maker);
    if (confinement == CONFINED_UNKNOWN || (filtered && !policy))
        return;
    usage_put_text(maker, maker->used, "seccomp",
                   confinement == CONFINED_BY_DEFAULT ? "the default seccomp profile"
                   : confinement == CONFINED_BY_NAME  ? "its seccomp profile"
                                                      : "no seccomp profile");
    if (policy)
        put_refused_calls(maker, policy);
    usage_put_spare_calls(maker, policy);
}
