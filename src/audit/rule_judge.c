#include <stdlib.h>

#include "audit/rule_impl.h"
#include "audit/strict.h"

/* So many findings of one rule about one subject are told one by one; the last says how many more there are. */
enum { MATCHES_QUICK = 16, MATCHES_MAX = 1000 };

static const struct node *place_of(const struct node *node)
{
    return node && node_origin(node)->line > 0 ? node : NULL;
}

static void add_provisos(const struct check_call *call, const struct node *item, struct verdict *verdict)
{
    const struct rule *rule = call->rule;
    const struct node *facts = call->subject->facts;
    if (rule->only_with)
        verdict->only_with = proviso_fact(rule->only_with);
    if (!rule->unless)
        return;
    const struct node *entry = rule->unless->first;
    const struct subject *subject = call->subject;
    const char *namespace_ =
        subject->kind == SUBJECT_NAMESPACE ? subject->names.name : subject->names.namespace_; /* a namespace is in itself */
    verdict->proviso_fact = proviso_fact(entry->key);
    verdict->proviso_wants = true;
    verdict->proviso_namespace = namespace_ && proviso_is_namespaced(verdict->proviso_fact) ? namespace_ : "";
    /* Of a service account only this matters: that it mounts no token. */
    verdict->proviso_value = verdict->proviso_fact == CONTEXT_SERVICE_ACCOUNT ? "false" : NULL;
    verdict->proviso_name = rule_fill_raw(node_text(entry), facts, item, call->arena);
}

struct verdict *check_report(const struct check_call *call, const struct node *where, const struct node *item)
{
    const struct rule *rule = call->rule;
    struct verdicts *verdicts = call->verdicts;
    const struct node *at = rule->at ? place_of(rule_fact(rule->at, call->subject->facts, item)) : NULL;
    where = at ? at : place_of(where);
    MEM_GROW(verdicts->items, verdicts->count, verdicts->capacity);
    struct verdict *verdict = &verdicts->items[verdicts->count++];
    *verdict = (struct verdict){
        .rule = rule,
        .where = where ? where : call->subject->where,
        .message = rule_fill(rule->message, call->subject->facts, item, call->arena),
        .remediation = rule->fix_from ? node_text(rule_fact(rule->fix_from, call->subject->facts, item)) : NULL,
        .weaker = rule->weakened_by && node_is_true(rule_fact(rule->weakened_by, call->subject->facts, item)),
        .proviso_fact = -1,
        .only_with = -1,
    };
    add_provisos(call, item, verdict);
    return verdict;
}

static void judge_condition(const struct check_call *call)
{
    struct condition_match quick[MATCHES_QUICK];
    struct condition_match *matches = quick;
    size_t count = condition_evaluate(call->rule->when, call->subject->facts, quick, MATCHES_QUICK);
    size_t told = count < MATCHES_MAX ? count : MATCHES_MAX;
    if (count > MATCHES_QUICK) {
        matches = arena_alloc(call->arena, told * sizeof(*matches));
        (void)condition_evaluate(call->rule->when, call->subject->facts, matches, told);
    }
    struct verdict *last = NULL;
    for (size_t i = 0; i < told; i++)
        last = check_report(call, matches[i].where, matches[i].item);
    if (last && count > told)
        last->message = arena_printf(call->arena, "%s (and %zu more of the same)", last->message, count - told);
}

/* With --pss the standards speak alone; without it they are left to the level that each pod is said to meet. */
static bool is_asked(const struct rule *rule, const struct judge_options *options)
{
    static const char pss_check_name[] = "pss";
    bool of_pss = rule->check && rule->check == check_find(pss_check_name);
    return of_pss == options->pss;
}

void rule_set_judge(const struct rule_set *set, const struct judge_options *options, const struct subject *subject,
                    struct arena *arena, struct verdicts *ret)
{
    static const struct judge_options usual = {.minor = PSS_VERSION_NEWEST};
    struct check_memo memo = {0};
    struct check_call call = {.subject = subject, .options = options ? options : &usual, .memo = &memo, .arena = arena,
                              .verdicts = ret};
    const struct rule_bucket *bucket = &set->buckets[subject->kind][rule_format_index(subject->format)];
    for (size_t i = 0; i < bucket->count; i++) {
        call.rule = bucket->rules[i];
        if (!is_asked(call.rule, call.options))
            continue;
        if (call.rule->check)
            call.rule->check->run(&call);
        else
            judge_condition(&call);
    }
}
