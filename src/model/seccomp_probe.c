#include "model/seccomp_probe.h"

#include <assert.h>
#include <string.h>

#include "model/capability.h"

static const uint64_t no_arguments[6] = {0};

/* What one question needs. */
struct asker {
    const struct seccomp_policy *policy;
    const struct seccomp_evaluator *evaluator;
    const struct seccomp_context *context;
};

void seccomp_probe_arguments(const char *text, uint64_t ret[static 6])
{
    memset(ret, 0, 6 * sizeof(*ret));
    while (*text) {
        char *end = NULL;
        unsigned long index = strtoul(text, &end, 10);
        assert(*end == '=' && index < 6);
        ret[index] = strtoull(end + 1, &end, 0);
        text = end + strspn(end, " ");
    }
}

static bool passes(const struct asker *asker, enum abi abi, const char *call, const uint64_t args[static 6])
{
    int number = syscall_number(abi, call);
    if (number == SYSCALL_NONE || !seccomp_policy_has_abi(asker->policy, asker->context, abi))
        return false;
    enum seccomp_action action = seccomp_evaluator_ask(asker->evaluator, abi, (uint64_t)number, args).action;
    return action == SECCOMP_ALLOW || action == SECCOMP_LOG;
}

bool seccomp_probe_passes(const struct seccomp_policy *policy, const struct seccomp_evaluator *evaluator, const struct seccomp_context *context,
                          enum abi abi, const char *call, const uint64_t args[static 6])
{
    const struct asker asker = {.policy = policy, .evaluator = evaluator, .context = context};
    return passes(&asker, abi, call, args);
}

static bool is_usable(const struct data_seccomp_probes *probe, const struct seccomp_context *context)
{
    const struct data_capabilities *needed = *probe->needs ? capability_by_name(probe->needs) : NULL;
    return !*probe->needs || (needed && (context->capabilities >> needed->number & 1));
}

/* The native ABI first, then the others of the machine; ABI_NONE when it passes nowhere. */
static enum abi find_door(const struct asker *asker, const struct data_seccomp_probes *probe)
{
    uint64_t args[6];
    enum abi native = asker->context->native;
    seccomp_probe_arguments(probe->arguments, args);
    if (passes(asker, native, probe->call, args))
        return native;
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        if (abi != native && arch_get(abi)->family == native && passes(asker, abi, probe->call, args))
            return abi;
    return ABI_NONE;
}

static void probe_all(const struct asker *asker, struct seccomp_probing *ret)
{
    ret->passing = mem_zero(data_seccomp_probes_count, sizeof(*ret->passing));
    for (size_t i = 0; i < data_seccomp_probes_count; i++) {
        const struct data_seccomp_probes *probe = &data_seccomp_probes[i];
        enum abi abi = find_door(asker, probe);
        if (abi == ABI_NONE)
            continue;
        struct seccomp_passing *item = &ret->passing[ret->passing_count++];
        *item = (struct seccomp_passing){.probe = probe, .abi = abi, .usable = is_usable(probe, asker->context)};
        bool known = severity_parse(probe->severity, &item->severity);
        assert(known);
        (void)known;
    }
}

static bool is_told(const struct seccomp_probing *probing, const struct data_seccomp_undone *row)
{
    for (size_t i = 0; i < probing->undone_count; i++)
        if (strcmp(probing->undone[i]->denied, row->denied) == 0 && strcmp(probing->undone[i]->passes, row->passes) == 0)
            return true;
    return false;
}

static void find_undone(const struct asker *asker, struct seccomp_probing *ret)
{
    enum abi native = asker->context->native;
    ret->undone = mem_zero(data_seccomp_undone_count, sizeof(*ret->undone));
    for (size_t i = 0; i < data_seccomp_undone_count; i++) {
        const struct data_seccomp_undone *row = &data_seccomp_undone[i];
        uint64_t arguments[6];
        seccomp_probe_arguments(row->arguments, arguments);
        if (!passes(asker, native, row->denied, arguments) && passes(asker, native, row->passes, no_arguments) && !is_told(ret, row))
            ret->undone[ret->undone_count++] = row;
    }
}

void seccomp_probe(const struct seccomp_policy *policy, const struct seccomp_evaluator *evaluator, const struct seccomp_context *context,
                   struct seccomp_probing *ret)
{
    const struct asker asker = {.policy = policy, .evaluator = evaluator, .context = context};
    *ret = (struct seccomp_probing){0};
    probe_all(&asker, ret);
    find_undone(&asker, ret);
    for (size_t i = 0; i < syscall_count(); i++)
        ret->allowed_calls += passes(&asker, context->native, syscall_at(i)->name, no_arguments);
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        ret->has_abi[abi] = arch_get(abi)->family == context->native && seccomp_policy_has_abi(policy, context, abi);
}

void seccomp_probing_done(struct seccomp_probing *probing)
{
    free(probing->passing);
    free(probing->undone);
    *probing = (struct seccomp_probing){0};
}
