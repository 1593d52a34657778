#include "model/advice_usage.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

/* In the order of the enums. */
static const char *const verdict_names[] = {"no", "possible", "likely", "yes"};
static const char *const effect_names[] = {"no", "possible", "likely", "note", "fits"};

const char *verdict_name(enum verdict verdict)
{
    return verdict_names[verdict];
}

const char *advice_effect_name(enum advice_effect effect)
{
    return effect_names[effect];
}

/* The place of word in names. The tables hold no other word: a test reads every row. */
static unsigned word_place(const char *const *names, size_t count, const char *word)
{
    for (unsigned i = 0; i < count; i++)
        if (strcmp(names[i], word) == 0)
            return i;
    assert(false && "a word of the tables is unknown");
    return 0;
}

/* ---- judging ---------------------------------------------------------------------------------- */

static void evidence_done(struct advice_evidence *evidence)
{
    for (size_t i = 0; i < evidence->item_count; i++)
        free(evidence->items[i].what);
    free(evidence->items);
}

static bool rule_is_for(const struct data_advice_rules *rule, const char *platform)
{
    return strcmp(rule->platforms, "*") == 0 || advice_listed(rule->platforms, platform);
}

static enum verdict verdict_left(enum verdict verdict, enum advice_effect effect)
{
    static const enum verdict left[] = {[EFFECT_NO] = VERDICT_NO,        [EFFECT_POSSIBLE] = VERDICT_POSSIBLE,
                                        [EFFECT_LIKELY] = VERDICT_LIKELY, [EFFECT_NOTE] = VERDICT_YES,
                                        [EFFECT_FITS] = VERDICT_YES};
    return left[effect] < verdict ? left[effect] : verdict;
}

static void place_apply(struct advice_place *place, const struct data_advice_rules *rule,
                        const struct advice_usage *usage)
{
    advice_predicate *holds = advice_predicate_find(rule->predicate);
    assert(holds);
    struct advice_evidence evidence = {
        .rule = rule,
        .effect = (enum advice_effect)word_place(effect_names, ARRAY_COUNT(effect_names), rule->effect),
    };
    if (!holds(usage, rule->argument, &evidence)) {
        evidence_done(&evidence);
        return;
    }
    place->verdict = verdict_left(place->verdict, evidence.effect);
    MEM_GROW(place->evidence, place->evidence_count, place->evidence_capacity);
    place->evidence[place->evidence_count++] = evidence;
}

static int compare_evidence(const void *left, const void *right)
{
    const struct advice_evidence *a = left;
    const struct advice_evidence *b = right;
    if (a->effect != b->effect)
        return a->effect < b->effect ? -1 : 1;
    return a->rule < b->rule ? -1 : a->rule > b->rule;
}

static void place_judge(struct advice_place *place, const struct data_advice_platforms *platform,
                        const struct advice_usage *usage)
{
    place->platform = platform;
    place->verdict = (enum verdict)word_place(verdict_names, ARRAY_COUNT(verdict_names), platform->best);
    for (size_t i = 0; i < data_advice_rules_count; i++)
        if (rule_is_for(&data_advice_rules[i], platform->platform))
            place_apply(place, &data_advice_rules[i], usage);
    if (place->evidence_count > 0)
        qsort(place->evidence, place->evidence_count, sizeof(place->evidence[0]), compare_evidence);
}

struct advice *advice_new(const struct recording *const *recordings, size_t count, unsigned margin)
{
    assert(count > 0 && margin <= ADVICE_MARGIN_MAX);
    AUTO(recording_free_cleanup) struct recording *all = recording_new();
    for (size_t i = 0; i < count; i++)
        recording_merge(all, recordings[i]);
    AUTO_FREE struct advice_usage *usage = advice_usage_new(all);
    struct advice *advice = mem_zero(1, sizeof(*advice));
    advice->run_count = all->run_count;
    advice->complete = recording_complete(all);
    advice_load_measure(usage, &advice->load);
    advice_limits_make(usage, margin, &advice->limits);
    advice->places = mem_zero(data_advice_platforms_count, sizeof(*advice->places));
    for (; advice->place_count < data_advice_platforms_count; advice->place_count++)
        place_judge(&advice->places[advice->place_count], &data_advice_platforms[advice->place_count], usage);
    advice_choose(advice, usage, &advice->choice);
    advice_find_unknown(advice, usage, recordings, count);
    return advice;
}

void advice_free(struct advice *advice)
{
    if (!advice)
        return;
    for (size_t i = 0; i < advice->place_count; i++) {
        for (size_t e = 0; e < advice->places[i].evidence_count; e++)
            evidence_done(&advice->places[i].evidence[e]);
        free(advice->places[i].evidence);
    }
    for (size_t i = 0; i < advice->unknown_count; i++)
        free(advice->unknown[i]);
    free(advice->unknown);
    free(advice->choice.why);
    free(advice->choice.untrusted_why);
    free(advice->places);
    free(advice);
}

/* ---- asking ----------------------------------------------------------------------------------- */

const struct advice_place *advice_place(const struct advice *advice, const char *platform)
{
    for (size_t i = 0; i < advice->place_count; i++)
        if (strcmp(advice->places[i].platform->platform, platform) == 0)
            return &advice->places[i];
    return NULL;
}

bool advice_cost_applies(const struct advice *advice, const struct advice_place *place,
                         const struct data_advice_costs *cost)
{
    if (place->verdict == VERDICT_NO || strcmp(cost->platform, place->platform->platform) != 0)
        return false;
    if (strcmp(cost->metric, "files") == 0)
        return advice->load.opens > 0;
    return strcmp(cost->metric, "network") != 0 || advice->load.listens;
}
