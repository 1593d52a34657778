#include "model/seccomp_diff.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/errno_name.h"
#include "base/intern.h"
#include "base/strings.h"
#include "base/text.h"
#include "model/seccomp_situation.h"
#include "model/seccomp_variant.h"
#include "model/seccomp_ways.h"

/* ---- verdicts ------------------------------------------------------------------------------------ */

unsigned seccomp_action_rank(enum seccomp_action action)
{
    static const unsigned ranks[SECCOMP_ACTION_COUNT] = {
        [SECCOMP_KILL_PROCESS] = 0, [SECCOMP_KILL_THREAD] = 0, [SECCOMP_TRAP] = 1, [SECCOMP_ERRNO] = 2,
        [SECCOMP_NOTIFY] = 3,       [SECCOMP_TRACE] = 3,       [SECCOMP_LOG] = 4,  [SECCOMP_ALLOW] = 5,
    };
    return ranks[action];
}

char *seccomp_verdict_words(const struct seccomp_verdict *verdict)
{
    static const char *const words[SECCOMP_ACTION_COUNT] = {
        [SECCOMP_KILL_PROCESS] = "kill process", [SECCOMP_KILL_THREAD] = "kill thread", [SECCOMP_TRAP] = "trap",
        [SECCOMP_ERRNO] = "errno",               [SECCOMP_NOTIFY] = "notify",           [SECCOMP_TRACE] = "trace",
        [SECCOMP_LOG] = "log",                   [SECCOMP_ALLOW] = "allow",
    };
    char name[ERRNO_NAME_MAX];
    if (verdict->action == SECCOMP_ERRNO && verdict->error > 0 && verdict->error <= ERRNO_MAX)
        return mem_printf("errno %s", errno_name(verdict->error, name));
    if (verdict->action == SECCOMP_ERRNO || verdict->action == SECCOMP_TRACE)
        return mem_printf("%s %d", words[verdict->action], verdict->error);
    return mem_strdup(words[verdict->action]);
}

static enum diff_side side_of(const struct seccomp_verdict *a, const struct seccomp_verdict *b)
{
    unsigned before = seccomp_action_rank(a->action);
    unsigned after = seccomp_action_rank(b->action);
    return after > before ? DIFF_WIDER : after < before ? DIFF_NARROWER : DIFF_CHANGED;
}

/* ---- rows ---------------------------------------------------------------------------------------- */

struct diff_row seccomp_answers_row(struct seccomp_ways *ways, enum abi abi, struct seccomp_answers *answers)
{
    struct diff_row row = {
        .side = side_of(&answers->a, &answers->b),
        .kind = DIFF_SYSCALL,
        .abis = 1u << abi,
        .subject = mem_strdup(ways->call ? ways->call : "calls that no table knows"),
        .when = seccomp_answers_words(answers, ways->is_64_bit),
        .a = seccomp_verdict_words(&answers->a),
        .b = seccomp_verdict_words(&answers->b),
    };
    if (row.side == DIFF_CHANGED || !ways->call)
        return row;
    diff_row_judge_call(&row, ways->call);
    row.risk = answers->risk > RISK_NONE || row.risk == RISK_NONE ? answers->risk : RISK_LOW;
    row.why = answers->risk > RISK_NONE ? answers->why : NULL;
    if (row.risk < RISK_MEDIUM)
        row.cves = NULL;
    return row;
}

/* Rows with their contexts; the same row of another ABI or in another context is one. */
struct gathering {
    struct diff *diff;
    struct intern *keys; /* numbered like the rows that are gathered */
    size_t *places;      /* of each key: its row in diff */
    size_t place_count;
    size_t place_capacity;
};

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static struct diff_row *find_or_add(struct gathering *g, struct diff_row *row, const char *context, bool *ret_is_new)
{
    AUTO_FREE char *key = mem_printf("%d\n%s\n%s\n%s\n%s\n%s", (int)row->kind, row->subject, or_empty(row->when), row->a,
                                     row->b, or_empty(context));
    uint32_t number = intern_add(g->keys, key, strlen(key));
    *ret_is_new = number == g->place_count;
    if (!*ret_is_new) {
        assert(g->places);
        diff_row_done(row);
        return &g->diff->rows[g->places[number]];
    }
    MEM_GROW(g->places, g->place_count, g->place_capacity);
    g->places[g->place_count++] = g->diff->count;
    row->context = context ? mem_strdup(context) : NULL;
    return diff_add(g->diff, row);
}

static void gather(struct gathering *g, struct diff_row row, const char *context)
{
    bool is_new;
    unsigned abis = row.abis;
    find_or_add(g, &row, context, &is_new)->abis |= abis;
}

/* ---- an ABI -------------------------------------------------------------------------------------- */

/* A number that no kernel has given away, below the bit of x32. */
#define NUMBER_UNKNOWN 0x3fff0000u

static void compare_call(struct seccomp_ways *ways, struct gathering *g, const struct seccomp_situation *situation, enum abi abi,
                         const char *name, uint64_t number)
{
    struct seccomp_path a = seccomp_evaluator_begin(ways->a, abi, number);
    struct seccomp_path b = seccomp_evaluator_begin(ways->b, abi, number);
    ways->call = name;
    seccomp_ways_follow(ways, &a, &b);
    for (size_t i = 0; i < ways->count; i++)
        gather(g, seccomp_answers_row(ways, abi, &ways->answers[i]), situation->words);
    seccomp_ways_forget(ways);
}

/* An ABI that only one filter lets in is one difference, not as many as it has calls. */
static void compare_door(struct seccomp_ways *ways, struct gathering *g, enum abi abi, bool opens)
{
    size_t let = 0;
    struct diff_row row = {.side = opens ? DIFF_WIDER : DIFF_NARROWER, .kind = DIFF_ABI, .abis = 1u << abi};
    row.subject = mem_strdup(arch_get(abi)->name);
    for (size_t i = 0; i < syscall_count(); i++) {
        const struct syscall *call = syscall_at(i);
        if (call->number[abi] < 0)
            continue;
        struct seccomp_path path = seccomp_evaluator_begin(opens ? ways->b : ways->a, abi, (uint64_t)call->number[abi]);
        if (!seccomp_ways_pass(ways, &path))
            continue;
        let++;
        struct risk risk = risk_of_syscall(call->name);
        if (risk.level > row.risk)
            row.risk = risk.level;
    }
    row.why = "a second way to the kernel, with call numbers and often bugs of its own";
    char **open = opens ? &row.b : &row.a;
    *open = mem_printf("%zu calls let through", let);
    *(opens ? &row.a : &row.b) = mem_strdup("kill: not let in");
    gather(g, row, NULL);
}

static void compare_abi(struct seccomp_ways *ways, struct gathering *g, const struct seccomp_situation *situation, enum abi abi)
{
    struct seccomp_path a = seccomp_evaluator_begin(ways->a, abi, NUMBER_UNKNOWN);
    struct seccomp_path b = seccomp_evaluator_begin(ways->b, abi, NUMBER_UNKNOWN);
    ways->is_64_bit = arch_get(abi)->is_64_bit && abi != ABI_X32;
    if (a.verdict.foreign_abi != b.verdict.foreign_abi) {
        if (!situation->words) /* which ABIs are let in does not depend on the container */
            compare_door(ways, g, abi, a.verdict.foreign_abi);
        return;
    }
    if (a.verdict.foreign_abi)
        return;
    g->diff->abis |= 1u << abi;
    for (size_t i = 0; i < syscall_count(); i++) {
        const struct syscall *call = syscall_at(i);
        if (call->number[abi] >= 0)
            compare_call(ways, g, situation, abi, call->name, (uint64_t)call->number[abi]);
    }
    compare_call(ways, g, situation, abi, NULL, NUMBER_UNKNOWN);
}

/* ---- both files ---------------------------------------------------------------------------------- */

static void add_machines(const struct seccomp_policy *policy, bool *machines)
{
    for (size_t i = 0; i < policy->abi_count; i++)
        machines[arch_get(policy->abis[i])->family] = true;
    if (policy->abi_count == 0)
        machines[arch_get(arch_native())->family] = true;
}

static int compare_machine(struct gathering *g, const struct seccomp_policy *a, const struct seccomp_policy *b,
                           const struct seccomp_situations *situations, enum abi machine, struct err *err)
{
    AUTO(seccomp_variants_done) struct seccomp_variants first = {.policy = a};
    AUTO(seccomp_variants_done) struct seccomp_variants second = {.policy = b};
    AUTO(seccomp_ways_done) struct seccomp_ways ways = {0};
    for (size_t i = 0; i < situations->count; i++) {
        struct seccomp_context context = situations->items[i].context;
        size_t at[2];
        context.native = machine;
        int r = seccomp_variants_find(&first, &context, &at[0], err);
        if (r < 0)
            return err_prefix(err, "the first profile");
        r = seccomp_variants_find(&second, &context, &at[1], err);
        if (r < 0)
            return err_prefix(err, "the second profile");
        /* The usual container is the first, and this one meets the same filters. */
        if (i > 0 && at[0] == 0 && at[1] == 0)
            continue;
        ways.a = first.items[at[0]].evaluator;
        ways.b = second.items[at[1]].evaluator;
        for (unsigned abi = 0; abi < ABI_COUNT; abi++)
            if (arch_get((enum abi)abi)->family == machine)
                compare_abi(&ways, g, &situations->items[i], (enum abi)abi);
        if (seccomp_ways_gave_up(&ways))
            return err_set(err, -E2BIG, "the conditions on arguments leave too many ways to compare on %s",
                           arch_get(machine)->name);
    }
    return 0;
}

static bool same_but_context(const struct diff_row *a, const struct diff_row *b)
{
    return a->kind == b->kind && a->abis == b->abis && strcmp(a->subject, b->subject) == 0 &&
           strcmp(or_empty(a->when), or_empty(b->when)) == 0 && strcmp(a->a, b->a) == 0 && strcmp(a->b, b->b) == 0;
}

static int compare_but_context(const void *left, const void *right)
{
    const struct diff_row *a = *(struct diff_row *const *)left;
    const struct diff_row *b = *(struct diff_row *const *)right;
    int order = strcmp(a->subject, b->subject);
    order = order ? order : strcmp(or_empty(a->when), or_empty(b->when));
    order = order ? order : strcmp(a->a, b->a);
    order = order ? order : strcmp(a->b, b->b);
    order = order ? order : (int)a->kind - (int)b->kind;
    order = order ? order : (int)a->abis - (int)b->abis;
    return order ? order : (a < b ? -1 : a > b); /* in the order of the situations */
}

/* A difference of the usual container is not told again for others, and one that several others show names them all
 * but "all" and "none", which only count where no single capability showed it. */
static void unite_contexts(struct diff *diff)
{
    size_t kept = 0;
    AUTO_FREE struct diff_row **order = mem_zero(diff->count, sizeof(*order));
    AUTO_FREE bool *drop = mem_zero(diff->count, sizeof(*drop));
    for (size_t i = 0; i < diff->count; i++)
        order[i] = &diff->rows[i];
    if (diff->count)
        qsort(order, diff->count, sizeof(struct diff_row *), compare_but_context);
    for (size_t i = 1, first = 0; i < diff->count; i++) {
        if (!same_but_context(order[first], order[i])) {
            first = i;
            continue;
        }
        drop[order[i] - diff->rows] = true;
        bool is_single = strstr(or_empty(order[i]->context), "CAP_") || strstr(or_empty(order[i]->context), "Linux");
        if (!order[first]->context || !is_single)
            continue;
        char *both = mem_printf("%s or %s", order[first]->context, order[i]->context);
        free(order[first]->context);
        order[first]->context = both;
    }
    for (size_t i = 0; i < diff->count; i++) {
        if (drop[i])
            diff_row_done(&diff->rows[i]);
        else
            diff->rows[kept++] = diff->rows[i];
    }
    diff->count = kept;
}

static void compare_flags(struct diff *diff, const struct seccomp_policy *has, const struct seccomp_policy *lacks, bool in_b)
{
    for (size_t i = 0; i < has->flag_count; i++) {
        if (strings_contain(lacks->flags, lacks->flag_count, has->flags[i]))
            continue;
        AUTO_BUF struct buf name = BUF_INIT;
        text_escape(&name, has->flags[i], strlen(has->flags[i]));
        struct diff_row row = {.side = DIFF_CHANGED, .kind = DIFF_FLAG, .subject = buf_take(&name)};
        row.a = mem_strdup(in_b ? "unset" : "set");
        row.b = mem_strdup(in_b ? "set" : "unset");
        /* Without it a filter guards against speculation as well. */
        if (strcmp(has->flags[i], "SECCOMP_FILTER_FLAG_SPEC_ALLOW") == 0)
            row.side = in_b ? DIFF_WIDER : DIFF_NARROWER;
        diff_add(diff, &row);
    }
}

int seccomp_diff(const struct seccomp_policy *a, const struct seccomp_policy *b, struct diff **ret, struct err *err)
{
    AUTO(diff_free_cleanup) struct diff *diff = diff_new();
    AUTO(intern_free_cleanup) struct intern *keys = intern_new();
    AUTO(seccomp_situations_done) struct seccomp_situations situations;
    struct gathering g = {.diff = diff, .keys = keys};
    bool machines[ABI_COUNT] = {false};
    const struct seccomp_policy *both[] = {a, b};
    seccomp_situations_of(both, ARRAY_COUNT(both), &situations);
    add_machines(a, machines);
    add_machines(b, machines);
    int r = 0;
    for (unsigned machine = 0; machine < ABI_COUNT && r == 0; machine++)
        if (machines[machine])
            r = compare_machine(&g, a, b, &situations, (enum abi)machine, err);
    free(g.places);
    if (r < 0)
        return r;
    unite_contexts(diff);
    compare_flags(diff, a, b, false);
    compare_flags(diff, b, a, true);
    diff_sort(diff);
    *ret = TAKE(diff);
    return 0;
}
