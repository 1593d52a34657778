#include "model/profile_check.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "model/profile_build.h"
#include "model/seccomp_replay.h"

/* The capabilities decide includes and excludes, so a policy is asked for the least and the most; and runc puts
 * a stub of its own in front. */
enum { ASKED_MAX = 4 };
static const struct seccomp_context asked[ASKED_MAX] = {
    {.capabilities = 0},
    {.capabilities = UINT64_MAX},
    {.capabilities = 0, .runc_stub = true},
    {.capabilities = UINT64_MAX, .runc_stub = true},
};

struct check {
    const struct profile *profile;
    struct seccomp_evaluator *evaluators[ABI_COUNT][ASKED_MAX]; /* by the machine's ABI; NULL where not needed */
    uint64_t refused; /* recorded calls that the policy would refuse */
    char first[192];  /* the first of them */
};

static void check_done(struct check *check)
{
    for (int native = 0; native < ABI_COUNT; native++)
        for (int i = 0; i < ASKED_MAX; i++)
            seccomp_evaluator_free(check->evaluators[native][i]);
}

static int prepare(struct check *check, const struct seccomp_policy *policy, struct err *err)
{
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        enum abi native = arch_get(abi)->family;
        if (!check->profile->abis[abi] || check->evaluators[native][0])
            continue;
        for (int i = 0; i < ASKED_MAX; i++) {
            struct seccomp_context context = asked[i];
            context.native = native;
            int result = seccomp_evaluator_new(policy, &context, &check->evaluators[native][i], err);
            if (result < 0)
                return result;
        }
    }
    return 0;
}

/* What the strictest of them says. */
static struct seccomp_verdict ask_all(const void *context, enum abi abi, uint64_t number,
                                      const uint64_t args[static 6])
{
    const struct check *check = context;
    struct seccomp_verdict verdict = {.action = SECCOMP_ALLOW};
    for (int i = 0; i < ASKED_MAX && seccomp_lets_through(verdict); i++)
        verdict = seccomp_evaluator_ask(check->evaluators[arch_get(abi)->family][i], abi, number, args);
    return verdict;
}

static bool allowed(const struct check *check, enum abi abi, uint64_t number, const uint64_t args[static 6])
{
    return seccomp_lets_through(ask_all(check, abi, number, args));
}

static void refuse(struct check *check, enum abi abi, uint64_t number, const char *with)
{
    char name[SYSCALL_NAME_MAX];
    if (check->refused++ == 0)
        (void)snprintf(check->first, sizeof(check->first), "%s (%s)%s%s", syscall_name(abi, number, name),
                       arch_get(abi)->name, *with ? " with " : "", with);
}

/* Which values came together is not known, so a value counts as allowed when it is with some of the others. */
static void replay_argument(struct check *check, enum abi abi, const struct call_record *call, unsigned index)
{
    struct seccomp_asker asker = {.ask = ask_all, .context = check};
    struct seccomp_choices choices = seccomp_choices_of(call, UINT32_MAX);
    choices.count[index] = 1;
    for (uint32_t i = 0; i < call->args[index]->count; i++) {
        char with[64];
        choices.values[index] = &call->args[index]->values[i];
        (void)snprintf(with, sizeof(with), "argument %u = 0x%" PRIx64, index, call->args[index]->values[i]);
        if (seccomp_try(&asker, abi, call->number, &choices, true).let_through == 0)
            refuse(check, abi, call->number, with);
    }
}

/* The target's libseccomp does not know the name, which the person was told: it gets the default. */
static bool was_left_out(const struct profile *profile, enum abi abi, uint64_t number)
{
    const struct syscall *syscall = syscall_by_number(abi, number);
    return syscall && profile->options.target_libseccomp != 0 && !profile_target_knows(profile, syscall);
}

/* Callers are sent to another call, which the policy must then allow. */
static bool falls_back(const struct check *check, enum abi abi, uint64_t number)
{
    const struct syscall *syscall = syscall_by_number(abi, number);
    const struct profile_call *call = syscall ? profile_find(check->profile, abi, syscall->name) : NULL;
    int clone = syscall_number(abi, "clone");
    return call && call->origin == ORIGIN_ENOSYS && strcmp(call->source, PROFILE_FALLBACK) == 0 &&
           strcmp(syscall->name, "clone3") == 0 && clone != SYSCALL_NONE &&
           allowed(check, abi, (uint64_t)clone, (const uint64_t[6]){0});
}

static void replay_call(void *context, const struct image *image, enum abi abi, const struct call_record *call)
{
    (void)image;
    struct check *check = context;
    if (call_record_total(call) == 0 || call_record_always(call, ENOSYS) ||
        was_left_out(check->profile, abi, call->number) || falls_back(check, abi, call->number))
        return;
    bool has_values = false;
    for (unsigned i = 0; i < 6; i++) {
        if (!call->args[i] || call->args[i]->count == 0)
            continue;
        has_values = true;
        replay_argument(check, abi, call, i);
    }
    if (!has_values && !allowed(check, abi, call->number, (const uint64_t[6]){0}))
        refuse(check, abi, call->number,
               syscall_by_number(abi, call->number) ? "" : "a number for which this profgen has no name");
}

static bool socket_allowed(const struct check *check, const struct fact *fact)
{
    const uint64_t args[6] = {fact->value >> 32, fact->value >> 16 & 0xffff, fact->value & 0xffff};
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        const struct profile_call *call = profile_find(check->profile, abi, "socket");
        if (call && allowed(check, abi, (uint64_t)call->syscall->number[abi], args))
            return true;
    }
    return false;
}

/* Which family came with which type is known from the facts, though not through which ABI. */
static void replay_sockets(struct check *check)
{
    const struct recording *recording = check->profile->recording;
    const struct profile_call *muxed = profile_find(check->profile, ABI_I386, "socketcall");
    if (muxed && profile_call_allows(muxed))
        return;
    for (size_t i = 0; i < recording->fact_count; i++) {
        const struct fact *fact = &recording->facts[i];
        if (fact->kind == FACT_SOCKET && !fact_is_pair(recording, fact) && !socket_allowed(check, fact)) {
            const char *subject = recording_text(recording, fact->subject);
            refuse(check, arch_native(), (uint64_t)syscall_number(arch_native(), "socket"), subject ? subject : "");
        }
    }
}

static void replay_startup(struct check *check)
{
    for (size_t i = 0; i < check->profile->call_count; i++) {
        const struct profile_call *call = &check->profile->calls[i];
        bool needed = call->origin == ORIGIN_STARTUP || call->origin == ORIGIN_BASE;
        if (needed && profile_target_knows(check->profile, call->syscall) &&
            !allowed(check, call->abi, (uint64_t)call->syscall->number[call->abi], (const uint64_t[6]){0}))
            refuse(check, call->abi, (uint64_t)call->syscall->number[call->abi], "");
    }
}

int profile_check_seccomp(const struct profile *profile, const char *name, const char *bytes, size_t length,
                          struct err *err)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = NULL;
    int result = seccomp_policy_parse(name, bytes, length, &policy, err);
    if (result < 0)
        return result;
    AUTO(check_done) struct check check = {.profile = profile};
    result = prepare(&check, policy, err);
    if (result < 0)
        return result;
    recording_each_call(profile->recording, replay_call, &check);
    replay_sockets(&check);
    replay_startup(&check);
    if (check.refused == 0)
        return 0;
    return err_set(err, -EINVAL,
                   "%s would refuse %" PRIu64 " recorded %s, the first of them %s: it was not written; please report this",
                   name, check.refused, check.refused == 1 ? "thing" : "things", check.first);
}
