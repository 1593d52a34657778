#include <string.h>

#include "audit/checks.h"

/* All rules of the standards ask of the same pod, one check each. */
static void remember_violations(const struct check_call *call)
{
    const struct subject *subject = call->subject;
    struct check_memo *memo = call->memo;
    if (memo->pss_known)
        return;
    struct pss_pod pod = {.metadata = subject->pod_metadata, .spec = subject->pod_spec};
    memo->pss_known = true;
    memo->pss_count = pss_check(&pod, call->options->level, call->options->minor, call->arena, &memo->pss_violations);
}

/* The text is in the arena already, and a detail that names very many containers is shared by all of its violations. */
static void put(struct arena *arena, struct node *map, const char *key, const char *text)
{
    if (!text)
        return;
    struct node *node = node_new_text(arena, "", NULL);
    node->text = text;
    node->length = strlen(text);
    node_put(arena, map, key, node);
}

/* What messages name as {item.message}, {item.reason}, {item.detail} and {item.container}. */
static const struct node *describe(struct arena *arena, const struct pss_violation *violation)
{
    struct node *item = node_new_map(arena, NULL);
    put(arena, item, "message", violation->message);
    put(arena, item, "reason", violation->reason);
    put(arena, item, "detail", violation->detail);
    put(arena, item, "container", violation->container ? node_text(node_get(violation->container, "name")) : NULL);
    return item;
}

void check_pss(const struct check_call *call)
{
    const char *wanted = node_text(node_get(call->rule->with, "check"));
    if (!call->subject->pod_spec || !wanted)
        return;
    remember_violations(call);
    for (size_t i = 0; i < call->memo->pss_count; i++) {
        const struct pss_violation *violation = &call->memo->pss_violations[i];
        if (strcmp(violation->check, wanted) == 0)
            (void)check_report(call, violation->where, describe(call->arena, violation));
    }
}
