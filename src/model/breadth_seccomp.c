#include <assert.h>
#include <string.h>

#include "model/breadth_sum.h"
#include "model/seccomp_probe.h"

static void add_probes(struct breadth *breadth, const struct seccomp_probing *probing)
{
    for (size_t i = 0; i < probing->passing_count; i++) {
        const struct seccomp_passing *item = &probing->passing[i];
        struct breadth_probe *probe = breadth_add_probe(breadth, "seccomp", item->probe->probe, item->severity);
        probe->what = mem_strdup(item->probe->call);
        probe->why = item->probe->why;
        probe->needs = item->probe->needs;
        probe->abi = item->abi;
    }
}

static void add_facts(struct breadth *breadth, const struct seccomp_policy *policy, const struct seccomp_context *context)
{
    bool allows = policy->default_action == SECCOMP_ALLOW || policy->default_action == SECCOMP_LOG;
    unsigned hundreds = (unsigned)(breadth->allowed_calls / 100);
    breadth_add_fact(breadth, "default-allow", allows, mem_strdup("allows what it does not name"));
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        if (abi != context->native && breadth->has_abi[abi])
            breadth_add_fact(breadth, "foreign-abi", 1, mem_printf("lets in %s programs", arch_get(abi)->name));
    breadth_add_fact(breadth, "hundred-calls", hundreds, mem_printf("allows %zu calls: %u times 100", breadth->allowed_calls, hundreds));
}

void breadth_of_probing(const struct seccomp_policy *policy, const struct seccomp_context *context, struct seccomp_probing *probing,
                        struct breadth *ret)
{
    *ret = (struct breadth){.allowed_calls = probing->allowed_calls, .undone_count = probing->undone_count, .undone = probing->undone};
    probing->undone = NULL;
    probing->undone_count = 0;
    memcpy(ret->has_abi, probing->has_abi, sizeof(ret->has_abi));
    add_probes(ret, probing);
    add_facts(ret, policy, context);
    breadth_sum(ret, "seccomp", context->capabilities);
}

int breadth_of_seccomp(const struct seccomp_policy *policy, const struct seccomp_context *context, struct breadth *ret, struct err *err)
{
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = NULL;
    struct seccomp_probing probing;
    int r = seccomp_evaluator_new(policy, context, &evaluator, err);
    if (r < 0)
        return r;
    seccomp_probe(policy, evaluator, context, &probing);
    breadth_of_probing(policy, context, &probing, ret);
    seccomp_probing_done(&probing);
    return 0;
}

/* No filter refuses what a filter that allows everything, through every ABI, does not refuse. */
void breadth_of_unconfined_seccomp(const struct seccomp_context *context, struct breadth *ret)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = seccomp_policy_new();
    struct err err = ERR_INIT;
    policy->default_action = SECCOMP_ALLOW;
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        seccomp_policy_add_abi(policy, abi);
    int r = breadth_of_seccomp(policy, context, ret, &err);
    assert(r == 0); /* a policy without a rule is refused by nobody */
    (void)r;
}
