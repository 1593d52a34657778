/* Recordings against seccomp policies. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "model/denials_add.h"
#include "model/multiplex.h"
#include "model/seccomp_replay.h"

/* Of an argument whose recorded values are not all: the recorded ones, and those at the edges of conditions. */
enum { TRIED_MAX = 96 };
/* Some seconds: more questions than any recording of a real workload raises, many thousand times over. */
#define ASKED_MAX UINT64_C(50000000)

struct replay {
    struct denials *denials;
    const struct recording *recording;
    const struct seccomp_policy *policy;
    struct seccomp_context contexts[ABI_COUNT]; /* by family */
    struct seccomp_evaluator *evaluators[ABI_COUNT];
    bool facts_are_whole;
    uint64_t asked; /* combinations of arguments so far */
};

/* One call of one image, and what the policy looks at. */
struct subject {
    struct replay *replay;
    const struct image *image;
    enum abi abi;
    const struct call_record *call;
    unsigned looks_at; /* indexes of arguments, one bit each */
    unsigned unknown;  /* those of them whose values are not all recorded */
    struct seccomp_choices choices;
    uint64_t tried[6][TRIED_MAX]; /* what choices of unknown arguments point to */
};

static struct seccomp_verdict ask(const void *context, enum abi abi, uint64_t number, const uint64_t args[static 6])
{
    const struct replay *replay = context;
    return seccomp_evaluator_ask(replay->evaluators[arch_get(abi)->family], abi, number, args);
}

static struct seccomp_tried try_choices(const struct subject *subject, const struct seccomp_choices *choices, bool any)
{
    struct seccomp_asker asker = {.ask = ask, .context = subject->replay};
    struct seccomp_tried tried = seccomp_try(&asker, subject->abi, subject->call->number, choices, any);
    subject->replay->asked += tried.let_through + tried.refused;
    return tried;
}

/* ---- what the policy looks at -------------------------------------------------------------------- */

static void try_value(struct subject *subject, unsigned index, uint64_t value)
{
    size_t *count = &subject->choices.count[index];
    if (*count < TRIED_MAX)
        subject->tried[index][(*count)++] = value;
}

/* Values on both sides of the condition. */
static void try_edges(struct subject *subject, const struct seccomp_arg *arg)
{
    try_value(subject, arg->index, arg->value);
    try_value(subject, arg->index, arg->value + 1);
    try_value(subject, arg->index, arg->value - 1);
    if (arg->op != OP_MASKED_EQ)
        return;
    try_value(subject, arg->index, arg->value_two);
    try_value(subject, arg->index, arg->value_two ^ (arg->value & -arg->value));
}

typedef void condition_visitor(struct subject *subject, const struct seccomp_arg *arg);

static void note_index(struct subject *subject, const struct seccomp_arg *arg)
{
    subject->looks_at |= 1u << arg->index;
}

static void try_unknown(struct subject *subject, const struct seccomp_arg *arg)
{
    if (subject->unknown >> arg->index & 1)
        try_edges(subject, arg);
}

static void visit_rule(struct subject *subject, const struct seccomp_rule *rule, const char *name,
                       condition_visitor *visit)
{
    for (size_t i = 0; i < rule->name_count; i++) {
        const struct multiplexed *multiplexed =
            subject->abi == ABI_I386 ? multiplexed_by_name(rule->names[i]) : NULL;
        bool through = multiplexed && strcmp(multiplexed->through, name) == 0;
        if (!through && strcmp(rule->names[i], name) != 0)
            continue;
        if (through)
            visit(subject, &(struct seccomp_arg){.index = 0, .op = OP_EQ, .value = multiplexed->call});
        for (size_t k = 0; k < rule->arg_count; k++)
            if (!through || rule->args[k].index != 0)
                visit(subject, &rule->args[k]);
    }
}

static void visit_conditions(struct subject *subject, condition_visitor *visit)
{
    const struct replay *replay = subject->replay;
    char name[SYSCALL_NAME_MAX];
    const char *called = syscall_name(subject->abi, subject->call->number, name);
    for (size_t i = 0; i < replay->policy->rule_count; i++)
        if (seccomp_rule_applies(&replay->policy->rules[i], &replay->contexts[arch_get(subject->abi)->family]))
            visit_rule(subject, &replay->policy->rules[i], called, visit);
}

static void prepare(struct subject *subject)
{
    if (syscall_by_number(subject->abi, subject->call->number))
        visit_conditions(subject, note_index);
    subject->choices = seccomp_choices_of(subject->call, subject->looks_at);
    for (unsigned i = 0; i < 6; i++) {
        const struct arg_values *set = subject->call->args[i];
        if (!(subject->looks_at >> i & 1) || (set && set->count && !set->overflow))
            continue;
        subject->unknown |= 1u << i;
        subject->choices.values[i] = subject->tried[i];
        subject->choices.count[i] = 0;
        try_value(subject, i, 0);
        for (uint32_t k = 0; set && k < set->count; k++)
            try_value(subject, i, set->values[k]);
    }
    if (subject->unknown)
        visit_conditions(subject, try_unknown);
}

/* ---- what becomes of it ---------------------------------------------------------------------------- */

static bool falls_back(const struct subject *subject, struct seccomp_verdict verdict)
{
    const struct syscall *syscall = syscall_by_number(subject->abi, subject->call->number);
    int clone = syscall_number(subject->abi, "clone");
    bool enosys = verdict.action == SECCOMP_ERRNO && verdict.error == ENOSYS;
    return enosys && syscall && strcmp(syscall->name, "clone3") == 0 && clone != SYSCALL_NONE &&
           seccomp_lets_through(ask(subject->replay, subject->abi, (uint64_t)clone, (const uint64_t[6]){0}));
}

static struct denial *add(const struct subject *subject, struct seccomp_verdict verdict)
{
    struct denial *denial = denials_add(subject->replay->denials, DENIAL_CALL);
    denial->image = (uint32_t)(subject->image - subject->replay->recording->images);
    denial->abi = subject->abi;
    denial->number = subject->call->number;
    denial->first_ns = subject->call->first_ns;
    denial->verdict = verdict;
    for (unsigned phase = 0; phase < PHASE_COUNT; phase++) {
        denial->count[phase] = subject->call->count[phase];
        denial->in[phase] = subject->call->count[phase] > 0;
    }
    if (verdict.action == SECCOMP_ERRNO && call_record_always(subject->call, verdict.error)) {
        denial->outcome = DENIAL_UNCHANGED;
        denial->reason = mem_strdup("it never gave anything else when it was recorded");
    } else if (falls_back(subject, verdict)) {
        denial->outcome = DENIAL_FALLBACK;
        denial->reason = mem_strdup("libraries then call clone, which is let through");
    } else if (verdict.action == SECCOMP_NOTIFY) {
        denial->outcome = DENIAL_UNKNOWN;
        denial->reason = mem_strdup("the supervisor that the profile names decides about it");
    }
    return denial;
}

static void add_value(struct denial *denial, unsigned index, uint64_t value)
{
    struct call_record only = {.args = {0}};
    only.args[index] = denial->args[index];
    call_record_arg(&only, index, value);
    denial->args[index] = only.args[index];
}

static void add_unknown(const struct subject *subject, struct seccomp_verdict verdict)
{
    struct denial *denial = add(subject, verdict);
    if (denial->outcome != DENIAL_SURE)
        return;
    denial->outcome = DENIAL_UNKNOWN;
    if (!subject->unknown) {
        denial->reason = mem_strdup("which values of its arguments came together is not recorded");
        return;
    }
    unsigned index = (unsigned)__builtin_ctz(subject->unknown);
    const struct arg_values *set = subject->call->args[index];
    denial->reason = set && set->overflow
                         ? mem_printf("the profile looks at argument %u, of which more than %d values were seen and not kept",
                                      index, ARG_VALUES_MAX)
                         : mem_printf("the profile looks at argument %u, which is not recorded", index);
}

/* ---- the replay ------------------------------------------------------------------------------------ */

/* Nothing that was recorded of the call is let through. */
static void refuse_all(const struct subject *subject, struct seccomp_verdict verdict)
{
    struct denial *denial = add(subject, verdict);
    unsigned recorded = subject->looks_at & ~subject->unknown;
    for (unsigned i = 0; i < 6 && !verdict.foreign_abi; i++) {
        if (!(recorded >> i & 1))
            continue;
        for (size_t k = 0; k < subject->choices.count[i]; k++)
            add_value(denial, i, subject->choices.values[i][k]);
    }
}

static bool same_verdict(struct seccomp_verdict a, struct seccomp_verdict b)
{
    return a.action == b.action && a.error == b.error && a.rule == b.rule;
}

/* Values that no choice of the others gets through. They are taken out of choices. */
static void refuse_values(const struct subject *subject, unsigned index, const bool settled[static ARG_VALUES_MAX],
                          uint64_t left[static ARG_VALUES_MAX], struct seccomp_choices *choices)
{
    const struct arg_values *set = subject->call->args[index];
    size_t first = subject->replay->denials->count;
    size_t kept = 0;
    for (uint32_t i = 0; i < set->count; i++) {
        struct seccomp_choices fixed = subject->choices;
        fixed.values[index] = &set->values[i];
        fixed.count[index] = 1;
        struct seccomp_tried tried = try_choices(subject, &fixed, true);
        if (settled[i] || tried.let_through > 0 || !tried.is_whole) {
            left[kept++] = set->values[i];
            continue;
        }
        struct denial *denial = NULL;
        for (size_t k = first; k < subject->replay->denials->count && !denial; k++)
            if (same_verdict(subject->replay->denials->items[k].verdict, tried.refusal))
                denial = &subject->replay->denials->items[k];
        add_value(denial ? denial : add(subject, tried.refusal), index, set->values[i]);
    }
    if (!(subject->unknown >> index & 1)) {
        choices->values[index] = left;
        choices->count[index] = kept;
    }
}

/* A fact of this image's socket calls; its type is without the flags that may stand beside it. */
static bool is_socket(const struct subject *subject, const struct fact *fact)
{
    return fact->kind == FACT_SOCKET && &subject->replay->recording->images[fact->image] == subject->image &&
           !fact_is_pair(subject->replay->recording, fact);
}

static bool has_facts(const struct subject *subject)
{
    const struct syscall *syscall = syscall_by_number(subject->abi, subject->call->number);
    return subject->replay->facts_are_whole && syscall && strcmp(syscall->name, "socket") == 0 &&
           subject->call->args[0] && subject->call->args[1] && !subject->unknown;
}

/* Whether the facts tell with what the value came together. */
static bool is_told(const struct subject *subject, unsigned index, uint64_t value)
{
    const struct recording *recording = subject->replay->recording;
    for (size_t i = 0; i < recording->fact_count; i++) {
        const struct fact *fact = &recording->facts[i];
        if (is_socket(subject, fact) &&
            (index == 0 ? fact->value >> 32 == value : index == 1 && (fact->value >> 16 & 0xf) == (value & 0xf)))
            return true;
    }
    return false;
}

/* Family and type as they came together. */
static void replay_socket(const struct subject *subject, const struct fact *fact)
{
    uint64_t family = fact->value >> 32;
    uint64_t protocol = fact->value & 0xffff;
    uint64_t types[ARG_VALUES_MAX];
    struct seccomp_choices choices = {.values = {&family, types, &protocol}, .count = {1, 0, 1}};
    const struct arg_values *families = subject->call->args[0];
    const struct arg_values *recorded = subject->call->args[1];
    bool made_here = false;
    for (uint32_t i = 0; i < families->count; i++)
        made_here |= families->values[i] == family;
    for (uint32_t i = 0; i < recorded->count; i++)
        if ((recorded->values[i] & 0xf) == (fact->value >> 16 & 0xf))
            types[choices.count[1]++] = recorded->values[i];
    if (!made_here || choices.count[1] == 0)
        return;
    struct seccomp_tried tried = try_choices(subject, &choices, false);
    if (tried.refused > 0 && tried.let_through > 0)
        add_unknown(subject, tried.refusal);
    if (tried.refused == 0 || tried.let_through > 0)
        return;
    struct denial *denial = add(subject, tried.refusal);
    add_value(denial, 0, family);
    for (size_t i = 0; i < choices.count[1]; i++)
        add_value(denial, 1, types[i]);
    if (subject->looks_at >> 2 & 1)
        add_value(denial, 2, protocol);
    for (unsigned phase = 0; phase < PHASE_COUNT; phase++) {
        denial->count[phase] = fact->count[phase];
        denial->in[phase] = fact->count[phase] > 0;
    }
}

static void replay_arguments(const struct subject *subject)
{
    struct seccomp_choices left = subject->choices;
    uint64_t values[6][ARG_VALUES_MAX];
    bool by_facts = has_facts(subject);
    bool all_told = by_facts;
    for (unsigned i = 0; i < 6; i++) {
        const struct arg_values *set = subject->call->args[i];
        bool settled[ARG_VALUES_MAX] = {false};
        if (!(subject->looks_at >> i & 1) || !set)
            continue;
        for (uint32_t k = 0; k < set->count && by_facts; k++) {
            settled[k] = is_told(subject, i, set->values[k]);
            all_told &= settled[k] || i > 1;
        }
        refuse_values(subject, i, settled, values[i], &left);
    }
    for (size_t i = 0; i < subject->replay->recording->fact_count && by_facts; i++)
        if (is_socket(subject, &subject->replay->recording->facts[i]))
            replay_socket(subject, &subject->replay->recording->facts[i]);
    if (all_told)
        return;
    struct seccomp_tried tried = try_choices(subject, &left, false);
    if (tried.refused > 0 || !tried.is_whole)
        add_unknown(subject, tried.refusal);
}

/* Contrived recordings end here, not never. */
static void skip_call(const struct subject *subject)
{
    struct denial *denial = add(subject, ask(subject->replay, subject->abi, subject->call->number, (const uint64_t[6]){0}));
    free(denial->reason);
    denial->outcome = DENIAL_UNKNOWN;
    denial->reason = mem_strdup("the recording raises more questions than are asked");
}

static void replay_call(void *context, const struct image *image, enum abi abi, const struct call_record *call)
{
    struct subject subject = {.replay = context, .image = image, .abi = abi, .call = call};
    if (call_record_total(call) == 0)
        return;
    prepare(&subject);
    if (subject.looks_at && subject.replay->asked > ASKED_MAX) {
        skip_call(&subject);
        return;
    }
    struct seccomp_tried any = try_choices(&subject, &subject.choices, true);
    if (any.let_through == 0 && any.is_whole)
        refuse_all(&subject, any.refusal);
    else if (subject.looks_at)
        replay_arguments(&subject);
}

/* ---- what is asked ----------------------------------------------------------------------------------- */

static int prepare_machines(struct replay *replay, const struct seccomp_context *context, struct err *err)
{
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        enum abi native = arch_get(abi)->family;
        if (!recording_used_abi(replay->recording, abi) || replay->evaluators[native])
            continue;
        replay->contexts[native] = *context;
        replay->contexts[native].native = native;
        int result = seccomp_evaluator_new(replay->policy, &replay->contexts[native], &replay->evaluators[native], err);
        if (result < 0)
            return result;
    }
    return 0;
}

static void replay_done(struct replay *replay)
{
    for (int native = 0; native < ABI_COUNT; native++)
        seccomp_evaluator_free(replay->evaluators[native]);
}

int denials_add_seccomp(struct denials *denials, const struct recording *recording,
                        const struct seccomp_policy *policy, const struct seccomp_context *context, struct err *err)
{
    AUTO(replay_done) struct replay replay = {
        .denials = denials, .recording = recording, .policy = policy, .facts_are_whole = true};
    for (size_t i = 0; i < recording->run_count; i++)
        replay.facts_are_whole &= recording->runs[i].losses[LOSS_FACTS].count == 0;
    int result = prepare_machines(&replay, context, err);
    if (result == 0)
        recording_each_call(recording, replay_call, &replay);
    return result;
}
