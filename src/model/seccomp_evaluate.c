#include <assert.h>
#include <errno.h>

#include "model/seccomp_calls.h"
#include "model/seccomp_path.h"

/* Enough for the largest real profile many thousand times over; contrived ones end here, not never. */
#define STEPS_MAX 50000000u
/* What the kernel shows a filter when a tracer skips a call. libseccomp lets it pass the check for x32. */
#define NUMBER_SKIPPED UINT32_MAX

struct evaluated_abi {
    struct abi_calls *calls; /* NULL: calls of this ABI are not let in */
    bool is_blind;           /* the filter never looks at the call number */
    bool runc_stub;          /* numbers above the highest get ENOSYS */
};

struct seccomp_evaluator {
    const struct seccomp_policy *policy;
    struct seccomp_pool *pools[ABI_COUNT]; /* by family: each machine's program is its own */
    struct evaluated_abi abis[ABI_COUNT];
};

/* ---- the order of the program ---------------------------------------------------------------- */

struct placed_call {
    struct seccomp_tree *tree;
    size_t size;
    size_t came; /* of equals the earlier one stays first */
    bool is_phantom;
};

struct call_order {
    struct placed_call *calls;
    size_t count;
    size_t capacity;
};

static void order_add(struct call_order *order, struct seccomp_tree *tree, bool is_phantom)
{
    if (!tree)
        return;
    MEM_GROW(order->calls, order->count, order->capacity);
    order->calls[order->count] = (struct placed_call){
        .tree = tree, .size = seccomp_tree_size(tree), .came = order->count, .is_phantom = is_phantom};
    order->count++;
}

static void order_add_abi(struct call_order *order, const struct abi_calls *calls)
{
    for (size_t i = 0; i < CALLS_DENSE_MAX; i++)
        order_add(order, calls->dense[i], false);
    for (size_t i = 0; i < calls->stray_count; i++)
        if (calls->stray[i].number < CALLS_PHANTOM)
            order_add(order, calls->stray[i].tree, false);
    for (size_t i = 0; i < calls->stray_count; i++)
        if (calls->stray[i].number >= CALLS_PHANTOM)
            order_add(order, calls->stray[i].tree, true);
}

static int compare_placed(const void *left, const void *right)
{
    const struct placed_call *a = left;
    const struct placed_call *b = right;
    if (a->size != b->size)
        return a->size < b->size ? -1 : 1;
    return a->came < b->came ? -1 : a->came > b->came;
}

/* Compiles the calls that share one check of the architecture, from the last to the first. x32 stands among
 * x86-64's when both are let in.
 *
 * The load of the call number stands in the first call's test. Where the first call is a phantom, its test
 * is left out and the load with it: every other test then compares the architecture, none holds, and all
 * calls get the default. x86-64 without x32 loads the number by itself. */
static int compile_group(struct evaluated_abi *first, const struct evaluated_abi *second, bool loads_by_itself,
                         bool *ret_is_blind)
{
    struct call_order order = {.count = 0};
    order_add_abi(&order, first->calls);
    if (second)
        order_add_abi(&order, second->calls);
    if (order.count)
        qsort(order.calls, order.count, sizeof(order.calls[0]), compare_placed);
    *ret_is_blind = !loads_by_itself && order.count > 0 && order.calls[0].is_phantom;
    int r = 0;
    for (size_t i = order.count; i-- > 0 && r == 0;)
        if (!order.calls[i].is_phantom)
            r = seccomp_tree_compile(order.calls[i].tree);
    free(order.calls);
    return r;
}

static int compile_abi(struct seccomp_evaluator *evaluator, enum abi abi, struct err *err)
{
    struct evaluated_abi *evaluated = &evaluator->abis[abi];
    struct evaluated_abi *x32 = &evaluator->abis[ABI_X32];
    bool joins_x32 = abi == ABI_X86_64 && x32->calls;
    bool was_joined = abi == ABI_X32 && evaluator->abis[ABI_X86_64].calls;
    if (!evaluated->calls || was_joined)
        return 0;
    bool loads_by_itself = (abi == ABI_X86_64 && !joins_x32) || abi == ABI_X32;
    int r = compile_group(evaluated, joins_x32 ? x32 : NULL, loads_by_itself, &evaluated->is_blind);
    if (joins_x32)
        x32->is_blind = evaluated->is_blind;
    if (r < 0)
        return err_set(err, r, "the conditions on arguments for %s are more than a filter can hold; use fewer of them",
                       arch_get(abi)->name);
    return 0;
}

/* The program's order of ABIs: the machine's own, then as listed. Compiled from the last. */
static int compile_all(struct seccomp_evaluator *evaluator, const struct seccomp_context *context, struct err *err)
{
    const struct seccomp_policy *policy = evaluator->policy;
    int r = 0;
    for (size_t i = policy->abi_count; i-- > 0 && r == 0;) {
        enum abi abi = policy->abis[i];
        /* The pair stands where the earlier of the two is. */
        if (abi != context->native && abi != ABI_X32)
            r = compile_abi(evaluator, abi, err);
    }
    if (r == 0 && context->native != ABI_X32)
        r = compile_abi(evaluator, context->native, err);
    return r < 0 ? r : compile_abi(evaluator, ABI_X32, err);
}

/* ---- the evaluator --------------------------------------------------------------------------- */

static bool has_runc_stub(const struct seccomp_policy *policy, const struct seccomp_context *context,
                          const struct abi_calls *calls)
{
    bool permissive = policy->default_action == SECCOMP_ALLOW || policy->default_action == SECCOMP_LOG ||
                      policy->default_action == SECCOMP_TRACE;
    bool listed = false;
    for (size_t i = 0; i < policy->abi_count; i++)
        listed |= policy->abis[i] == calls->abi;
    return context->runc_stub && !permissive && listed && calls->has_highest;
}

static int evaluator_add_abi(struct seccomp_evaluator *evaluator, const struct seccomp_context *context, enum abi abi,
                             struct err *err)
{
    if (!seccomp_policy_has_abi(evaluator->policy, context, abi))
        return 0;
    struct evaluated_abi *evaluated = &evaluator->abis[abi];
    struct seccomp_pool **pool = &evaluator->pools[arch_get(abi)->family];
    if (!*pool)
        *pool = seccomp_pool_new(STEPS_MAX);
    int r = abi_calls_new(evaluator->policy, context, abi, *pool, &evaluated->calls, err);
    if (r == 0)
        evaluated->runc_stub = has_runc_stub(evaluator->policy, context, evaluated->calls);
    return r;
}

int seccomp_evaluator_new(const struct seccomp_policy *policy, const struct seccomp_context *context,
                          struct seccomp_evaluator **ret, struct err *err)
{
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = mem_zero(1, sizeof(*evaluator));
    evaluator->policy = policy;
    int r = 0;
    for (unsigned abi = 0; abi < ABI_COUNT && r == 0; abi++)
        r = evaluator_add_abi(evaluator, context, (enum abi)abi, err);
    if (r == 0)
        r = compile_all(evaluator, context, err);
    if (r == 0)
        *ret = TAKE(evaluator);
    return r;
}

void seccomp_evaluator_free(struct seccomp_evaluator *evaluator)
{
    if (!evaluator)
        return;
    for (unsigned abi = 0; abi < ABI_COUNT; abi++)
        abi_calls_free(evaluator->abis[abi].calls);
    for (unsigned abi = 0; abi < ABI_COUNT; abi++)
        seccomp_pool_free(evaluator->pools[abi]);
    free(evaluator);
}

static struct seccomp_verdict verdict_of(uint32_t code, const struct seccomp_rule *rule)
{
    return (struct seccomp_verdict){
        .action = (enum seccomp_action)(code >> 16), .error = (int)(code & UINT16_MAX), .rule = rule};
}

/* x86-64 numbers from the x32 bit on, other than -1, are no calls of x86-64 to a filter without x32. */
static bool is_foreign(const struct seccomp_evaluator *evaluator, enum abi abi, uint32_t number)
{
    if (!evaluator->abis[abi].calls)
        return true;
    return abi == ABI_X86_64 && number >= X32_SYSCALL_BIT && number != NUMBER_SKIPPED &&
           !evaluator->abis[ABI_X32].calls;
}

/* -1 has the x32 bit, so the stub takes it for an x32 call. */
static bool stub_answers(const struct seccomp_evaluator *evaluator, enum abi abi, uint32_t number)
{
    if (abi == ABI_X86_64 && number == NUMBER_SKIPPED)
        return evaluator->abis[ABI_X32].runc_stub;
    return evaluator->abis[abi].runc_stub && number > evaluator->abis[abi].calls->highest;
}

/* What is decided before the arguments are looked at. */
static bool is_decided(const struct seccomp_evaluator *evaluator, enum abi abi, uint32_t seen,
                       struct seccomp_verdict *ret)
{
    if (stub_answers(evaluator, abi, seen))
        *ret = (struct seccomp_verdict){.action = SECCOMP_ERRNO, .error = ENOSYS};
    else if (is_foreign(evaluator, abi, seen))
        *ret = (struct seccomp_verdict){.action = SECCOMP_KILL_THREAD, .foreign_abi = true};
    else
        return false;
    return true;
}

static const struct seccomp_tree *tree_of(const struct seccomp_evaluator *evaluator, enum abi abi, uint32_t seen)
{
    const struct evaluated_abi *evaluated = &evaluator->abis[abi];
    return evaluated->is_blind ? NULL : abi_calls_find(evaluated->calls, seen);
}

static struct seccomp_verdict verdict_of_outcome(const struct seccomp_evaluator *evaluator,
                                                 const struct seccomp_outcome *outcome)
{
    const struct seccomp_policy *policy = evaluator->policy;
    return outcome ? verdict_of(outcome->code, outcome->rule)
                   : verdict_of(seccomp_code(policy->default_action, policy->default_errno), NULL);
}

bool seccomp_evaluator_stub(const struct seccomp_evaluator *evaluator, enum abi abi, uint32_t *ret_highest)
{
    if (evaluator->abis[abi].runc_stub)
        *ret_highest = evaluator->abis[abi].calls->highest;
    return evaluator->abis[abi].runc_stub;
}

struct seccomp_verdict seccomp_evaluator_ask(const struct seccomp_evaluator *evaluator, enum abi abi,
                                             uint64_t number, const uint64_t args[static 6])
{
    assert(abi < ABI_COUNT);
    uint32_t seen = (uint32_t)number; /* seccomp_data.nr has 32 bits */
    struct seccomp_verdict verdict;
    if (is_decided(evaluator, abi, seen, &verdict))
        return verdict;
    const struct seccomp_tree *tree = tree_of(evaluator, abi, seen);
    return verdict_of_outcome(evaluator, tree ? seccomp_tree_ask(tree, args) : NULL);
}

struct seccomp_path seccomp_evaluator_begin(const struct seccomp_evaluator *evaluator, enum abi abi, uint64_t number)
{
    assert(abi < ABI_COUNT);
    struct seccomp_path path = {.evaluator = evaluator};
    uint32_t seen = (uint32_t)number;
    if (is_decided(evaluator, abi, seen, &path.verdict))
        return path;
    path.cursor = seccomp_cursor_begin(tree_of(evaluator, abi, seen));
    if (!path.cursor.block)
        path.verdict = verdict_of_outcome(evaluator, path.cursor.outcome);
    return path;
}

void seccomp_path_follow(struct seccomp_path *path, bool holds)
{
    seccomp_cursor_follow(&path->cursor, holds);
    if (!path->cursor.block)
        path->verdict = verdict_of_outcome(path->evaluator, path->cursor.outcome);
}

struct seccomp_verdict seccomp_policy_evaluate(const struct seccomp_policy *policy,
                                               const struct seccomp_context *context, enum abi abi,
                                               uint64_t number, const uint64_t args[static 6])
{
    assert(abi < ABI_COUNT);
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = NULL;
    if (seccomp_evaluator_new(policy, context, &evaluator, NULL) != 0)
        return (struct seccomp_verdict){.action = SECCOMP_KILL_PROCESS};
    return seccomp_evaluator_ask(evaluator, abi, number, args);
}
