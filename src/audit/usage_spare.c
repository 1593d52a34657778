/* What the container's seccomp profile lets pass that was never made, by risk. */
#include <stdlib.h>
#include <string.h>

#include "audit/usage_maker.h"
#include "model/risk.h"
#include "model/seccomp_policy.h"

struct spare_call {
    const char *name;
    struct risk risk;
};

static int compare_spare(const void *left, const void *right)
{
    const struct spare_call *a = left;
    const struct spare_call *b = right;
    long cves_a = a->risk.facts ? strtol(a->risk.facts->cve_count, NULL, 10) : 0;
    long cves_b = b->risk.facts ? strtol(b->risk.facts->cve_count, NULL, 10) : 0;
    if (a->risk.level != b->risk.level)
        return a->risk.level > b->risk.level ? -1 : 1;
    if (cves_a != cves_b)
        return cves_a > cves_b ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* With no argument in particular; evaluator NULL lets everything pass. */
static bool lets_pass(const struct seccomp_evaluator *evaluator, enum abi abi, uint32_t number)
{
    if (!evaluator)
        return true;
    enum seccomp_action action = seccomp_evaluator_ask(evaluator, abi, number, (const uint64_t[6]){0}).action;
    return action == SECCOMP_ALLOW || action == SECCOMP_LOG;
}

static void put_spare(const struct usage_maker *maker, struct spare_call *calls, size_t count)
{
    enum { SHOWN = 8 };
    struct node *spare = node_new_map(maker->arena, node_get(maker->facts, "seccomp"));
    struct node *risky = node_new_list(maker->arena, NULL);
    size_t high = 0;
    qsort(calls, count, sizeof(*calls), compare_spare);
    for (size_t i = 0; i < count && calls[i].risk.level == RISK_HIGH; i++)
        if (high++ < SHOWN)
            node_append(risky, node_new_text(maker->arena, calls[i].name, NULL));
    node_put(maker->arena, maker->used, "spare_calls", spare);
    usage_put_int(maker, spare, "count", count);
    usage_put_int(maker, spare, "risky_count", high);
    node_put(maker->arena, spare, "risky", risky);
    usage_put_text(maker, spare, "riskiest", calls[0].name);
    usage_put_text(maker, spare, "why", calls[0].risk.why);
}

/* Whether the arguments that make a call risky pass; the row of the table has them. */
static bool lets_risk_pass(const struct seccomp_evaluator *evaluator, enum abi abi, uint32_t number,
                           const struct data_risk_arguments *row)
{
    uint64_t args[6] = {0};
    uint64_t mask = strtoull(row->mask, NULL, 0);
    if (!evaluator || strcmp(row->test, "fact") == 0)
        return true;
    args[row->argument] = strcmp(row->test, "any") == 0 ? mask & -mask : mask;
    enum seccomp_action action = seccomp_evaluator_ask(evaluator, abi, number, args).action;
    return action == SECCOMP_ALLOW || action == SECCOMP_LOG;
}

/* Of a call that passes. Where its arguments decide, those that pass do. */
static struct risk risk_of_passing(const struct seccomp_evaluator *evaluator, enum abi abi, uint32_t number, const char *name)
{
    struct risk risk = risk_of_syscall(name);
    bool decides = false;
    for (size_t i = 0; i < data_risk_arguments_count; i++) {
        const struct data_risk_arguments *row = &data_risk_arguments[i];
        enum risk_level level = risk_level_from_name(row->level);
        if (strcmp(row->syscall, name) != 0)
            continue;
        if (!decides)
            risk.level = RISK_LOW;
        decides = true;
        if (level > risk.level && lets_risk_pass(evaluator, abi, number, row)) {
            risk.level = level;
            risk.why = row->why;
        }
    }
    return risk;
}

/* Neither made nor granted by the profile that emit would write, for siblings of what was made and start-up. */
void usage_put_spare_calls(const struct usage_maker *maker, const struct seccomp_policy *policy)
{
    const struct used_recording *recording = maker->recording;
    const struct seccomp_context context = {.capabilities = maker->capabilities, .native = recording->native};
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = NULL;
    struct err err = ERR_INIT;
    if (!recording->granted || (policy && seccomp_evaluator_new(policy, &context, &evaluator, &err) < 0))
        return;
    AUTO_FREE struct spare_call *calls = mem_zero(CALL_DENSE_MAX, sizeof(*calls));
    size_t count = 0;
    for (uint32_t number = 0; number < CALL_DENSE_MAX; number++) {
        const struct syscall *call = syscall_by_number(recording->native, number);
        if (call && !recording->granted[number] && lets_pass(evaluator, recording->native, number))
            calls[count++] = (struct spare_call){.name = call->name, .risk = risk_of_passing(evaluator, recording->native, number, call->name)};
    }
    if (count > 0)
        put_spare(maker, calls, count);
}
