/* The seccomp policy of a profile: entries of all ABIs put together by name, in rules that say why they are there. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "model/multiplex.h"
#include "model/profile_build.h"
#include "model/provenance.h"

/* A rule of the JSON forms names calls without an ABI, so what any ABI is granted, all of the policy's are. */
struct merged {
    const struct profile_call *first; /* the entry whose origin decides */
    uint64_t count;
    bool any_arguments;
    const struct profile_call *entries[ABI_COUNT];
    size_t entry_count;
};

struct merge {
    struct merged *calls; /* in the order of the profile */
    size_t count;
};

/* "socketcall" or "ipc" for that call and for those that i386 can make through it; NULL for all others. */
static const char *multiplexer(const char *name)
{
    const struct multiplexed *form = multiplexed_by_name(name);
    if (form)
        return form->through;
    return strcmp(name, "socketcall") == 0 ? "socketcall" : strcmp(name, "ipc") == 0 ? "ipc" : NULL;
}

/* libseccomp turns a rule for one form of a multiplexed call into rules for both, so refusing one form would
 * take the other away: none is refused by name while one of them is granted. */
static bool left_to_default(const struct profile *profile, const struct profile_call *call)
{
    const char *through = multiplexer(call->syscall->name);
    if (!through || profile_call_allows(call) || !profile->abis[ABI_I386])
        return false;
    for (size_t i = 0; i < profile->call_count; i++) {
        const struct profile_call *other = &profile->calls[i];
        const char *same = other->abi == ABI_I386 && profile_call_allows(other) ? multiplexer(other->syscall->name) : NULL;
        if (same && strcmp(same, through) == 0)
            return true;
    }
    return false;
}

/* A name the target's libseccomp cannot know is not written. Without a particular target, one that was
 * observed is: the workload needs it, and a libseccomp that does not know it says so or passes over it. */
bool profile_writes(const struct profile *profile, const struct profile_call *call)
{
    if (left_to_default(profile, call))
        return false;
    bool needed = call->origin == ORIGIN_OBSERVED && profile->options.target_libseccomp == 0;
    return needed || profile_target_knows(profile, call->syscall);
}

/* The entries are sorted by origin, so the first of a name is the one that grants most. */
static void merge_entry(struct merge *merge, size_t *slots, const struct profile_call *call)
{
    size_t *slot = &slots[profile_row(call->syscall)];
    if (*slot == 0) {
        merge->calls[merge->count] = (struct merged){.first = call};
        *slot = ++merge->count;
    }
    struct merged *merged = &merge->calls[*slot - 1];
    if (profile_call_allows(merged->first) != profile_call_allows(call))
        return;
    /* What grants the call with any arguments says why it is there. */
    if (merged->first->match_count > 0 && call->match_count == 0)
        merged->first = call;
    merged->entries[merged->entry_count++] = call;
    merged->count += call->count;
    merged->any_arguments |= call->match_count == 0;
}

static int compare_merged(const void *left, const void *right)
{
    const struct merged *a = left;
    const struct merged *b = right;
    if (a->first->origin != b->first->origin)
        return a->first->origin < b->first->origin ? -1 : 1;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return strcmp(a->first->syscall->name, b->first->syscall->name);
}

static void merge_calls(const struct profile *profile, struct merge *merge)
{
    AUTO_FREE size_t *slots = mem_zero(syscall_count(), sizeof(*slots));
    merge->calls = mem_zero(profile->call_count, sizeof(*merge->calls));
    for (size_t i = 0; i < profile->call_count; i++)
        if (profile_writes(profile, &profile->calls[i]))
            merge_entry(merge, slots, &profile->calls[i]);
    if (merge->count > 0)
        qsort(merge->calls, merge->count, sizeof(*merge->calls), compare_merged);
}

/* ---- rules ---------------------------------------------------------------------------------------- */

static struct seccomp_rule *add_rule(struct seccomp_policy *policy, enum origin origin)
{
    struct seccomp_rule *rule =
        seccomp_policy_add_rule(policy, origin < ORIGIN_ENOSYS ? SECCOMP_ALLOW : SECCOMP_ERRNO);
    if (origin == ORIGIN_ENOSYS)
        rule->errno_value = ENOSYS;
    if (origin == ORIGIN_REFUSED)
        rule->errno_value = EPERM;
    return rule;
}

/* Whether the comment of a rule says of each call why it is there. */
static bool gives_details(const struct profile_call *call)
{
    return call->origin == ORIGIN_SIBLING || call->origin == ORIGIN_BASE ||
           (call->origin == ORIGIN_ENOSYS && strcmp(call->source, PROFILE_FALLBACK) == 0);
}

/* What the comment of a rule begins with. */
static void add_title(const struct profile_call *call, struct buf *out)
{
    static const char *const titles[ORIGIN_COUNT] = {
        [ORIGIN_OBSERVED] = "observed", [ORIGIN_SIBLING] = "derived",         [ORIGIN_STARTUP] = "runtime start-up",
        [ORIGIN_BASE] = "base",         [ORIGIN_ENOSYS] = "answered ENOSYS", [ORIGIN_REFUSED] = "refused",
    };
    buf_add_text(out, titles[call->origin]);
    if (call->origin == ORIGIN_ENOSYS && gives_details(call))
        buf_add_text(out, ", after which callers do without");
    if (call->origin == ORIGIN_SIBLING && strcmp(call->source, "*") == 0)
        buf_add_text(out, ", for any program");
    else if (call->origin == ORIGIN_SIBLING)
        buf_printf(out, " from %s", call->source);
    buf_add_text(out, ": ");
}

static char *filtered_comment(const struct merged *merged, const struct profile_match *match)
{
    AUTO_BUF struct buf text = BUF_INIT;
    bool recorded = merged->first->origin == ORIGIN_OBSERVED && !match->reason;
    if (merged->first->origin == ORIGIN_OBSERVED && !recorded)
        buf_add_text(&text, "derived: ");
    else
        add_title(merged->first, &text);
    if (recorded)
        buf_printf(&text, "%" PRIu64 " %s, with these arguments only", merged->count,
                   merged->count == 1 ? "call" : "calls");
    else
        buf_add_text(&text, match->reason ? match->reason : merged->first->reason);
    return buf_take(&text);
}

/* One rule per alternative: several conditions on one argument in one rule mean "and" to libseccomp and
 * "or" to some runtimes. */
static void add_filtered(const struct profile *profile, struct seccomp_policy *policy, const struct merged *merged)
{
    const struct profile_call *first = merged->first;
    struct profile_call all = {0};
    for (size_t i = 0; i < merged->entry_count; i++)
        for (size_t j = 0; j < merged->entries[i]->match_count; j++)
            profile_call_match(&all, &merged->entries[i]->matches[j]);
    for (size_t i = 0; i < all.match_count; i++) {
        struct seccomp_rule *rule = add_rule(policy, first->origin);
        seccomp_rule_add_name(rule, first->syscall->name);
        for (size_t j = 0; j < all.matches[i].arg_count; j++)
            seccomp_rule_add_arg(rule, all.matches[i].args[j]);
        rule->comment = filtered_comment(merged, &all.matches[i]);
    }
    bool two_forms = profile->abis[ABI_I386] && multiplexer(first->syscall->name);
    if (first->origin == ORIGIN_OBSERVED && !two_forms)
        profile_refuse_others(policy, first->syscall->name, all.matches, all.match_count);
    profile_call_widen(&all);
}

/* Whether two calls stand in one rule: what is observed or refused together, a derived one with its source,
 * the others by reason. */
static bool same_group(const struct merged *a, const struct merged *b)
{
    if (a->first->origin != b->first->origin)
        return false;
    if (strcmp(a->first->source, b->first->source) != 0)
        return false;
    return gives_details(a->first) || a->first->origin == ORIGIN_OBSERVED ||
           strcmp(a->first->reason, b->first->reason) == 0;
}

static void describe_group(const struct merge *merge, const bool *taken, size_t from, struct buf *out)
{
    const struct profile_call *call = merge->calls[from].first;
    size_t names = 0;
    uint64_t count = 0;
    add_title(call, out);
    for (size_t i = from; i < merge->count; i++) {
        const struct merged *merged = &merge->calls[i];
        if (taken[i] || !merged->any_arguments || !same_group(&merge->calls[from], merged))
            continue;
        if (gives_details(call))
            buf_printf(out, "%s%s: %s", names ? "; " : "", merged->first->syscall->name, merged->first->reason);
        names++;
        count += merged->count;
    }
    if (call->origin == ORIGIN_OBSERVED)
        buf_printf(out, "%zu system calls, made %" PRIu64 " times, the most frequent first", names, count);
    else if (!gives_details(call))
        buf_add_text(out, call->reason);
}

static void add_group(struct seccomp_policy *policy, const struct merge *merge, bool *taken, size_t from)
{
    AUTO_BUF struct buf comment = BUF_INIT;
    describe_group(merge, taken, from, &comment);
    struct seccomp_rule *rule = add_rule(policy, merge->calls[from].first->origin);
    for (size_t i = from; i < merge->count; i++) {
        const struct merged *merged = &merge->calls[i];
        if (taken[i] || !merged->any_arguments || !same_group(&merge->calls[from], merged))
            continue;
        seccomp_rule_add_name(rule, merged->first->syscall->name);
        taken[i] = true;
    }
    rule->comment = buf_take(&comment);
}

/* Behind what the first rule says of itself, so that every reader of the file meets it. */
static void add_provenance(const struct profile *profile, struct seccomp_policy *policy)
{
    AUTO_BUF struct buf text = BUF_INIT;
    if (policy->rule_count == 0)
        return;
    struct seccomp_rule *rule = &policy->rules[0];
    buf_printf(&text, "%s. ", rule->comment ? rule->comment : "");
    provenance_describe(profile->recording, &text);
    free(rule->comment);
    rule->comment = buf_take(&text);
}

struct seccomp_policy *profile_seccomp_policy(const struct profile *profile)
{
    struct seccomp_policy *policy = seccomp_policy_new();
    /* Not EPERM: what no rule names is newer than the table, or than the libseccomp that reads the names. */
    policy->default_action = SECCOMP_ERRNO;
    policy->default_errno = ENOSYS;
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        if (profile->abis[abi])
            seccomp_policy_add_abi(policy, abi);
    struct merge merge = {0};
    merge_calls(profile, &merge);
    AUTO_FREE bool *taken = mem_zero(merge.count, sizeof(*taken));
    for (size_t i = 0; i < merge.count; i++) {
        if (taken[i])
            continue;
        if (merge.calls[i].any_arguments)
            add_group(policy, &merge, taken, i);
        else
            add_filtered(profile, policy, &merge.calls[i]);
    }
    add_provenance(profile, policy);
    free(merge.calls);
    return policy;
}
