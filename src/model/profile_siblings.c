/* Calls that give no more power than an observed one (profiles/siblings.csv). */
#include <string.h>

#include "data.h"
#include "model/profile_build.h"

static bool on_abi(const char *list, enum abi abi)
{
    const char *name = arch_get(abi)->name;
    size_t length = strlen(name);
    if (!*list)
        return true;
    for (const char *at = list; *at; at += strcspn(at, "|")) {
        at += *at == '|';
        if (strncmp(at, name, length) == 0 && (at[length] == '|' || at[length] == '\0'))
            return true;
    }
    return false;
}

/* The observed call had this argument, or its arguments are not known. */
static bool source_holds(const struct profile_builder *builder, const struct profile_call *from, const char *text)
{
    if (!*text)
        return true;
    struct seccomp_arg wanted = profile_condition(text);
    const struct evidence_values *seen =
        &builder->evidence[from->abi][profile_row(from->syscall)].args[wanted.index];
    for (size_t i = 0; i < seen->count; i++)
        if ((seen->values[i] & wanted.value) == wanted.value_two)
            return true;
    return !seen->known;
}

/* Whether the row's call is there to derive from. One that is itself derived under a condition gives nothing:
 * what it would bring without the condition is more. */
static bool row_applies(const struct profile_builder *builder, const struct data_siblings *row, enum abi abi)
{
    if (!on_abi(row->abi, abi) || !builder->evidence[abi])
        return false;
    if (strcmp(row->call, "*") == 0)
        return true;
    const struct syscall *source = syscall_by_name(row->call);
    const struct profile_call *from = source ? profile_builder_find(builder, abi, source) : NULL;
    if (!from)
        return false;
    bool observed = from->origin == ORIGIN_OBSERVED;
    bool derived = from->origin == ORIGIN_SIBLING && from->match_count == 0 && strcmp(from->source, "*") != 0;
    return (observed || derived) && source_holds(builder, from, row->source);
}

/* True when the profile changed. */
static bool apply_row(struct profile_builder *builder, const struct data_siblings *row, enum abi abi)
{
    const struct syscall *sibling = syscall_by_name(row->sibling);
    if (!sibling || sibling->number[abi] < 0 || !row_applies(builder, row, abi))
        return false;
    struct profile_match match = {.arg_count = *row->condition ? 1 : 0, .reason = row->reason};
    if (*row->condition)
        match.args[0] = profile_condition(row->condition);
    struct profile_call *call = profile_builder_find(builder, abi, sibling);
    if (!call) {
        call = profile_builder_add(builder, abi, sibling, ORIGIN_SIBLING, row->call, row->reason);
        if (match.arg_count)
            profile_call_match(call, &match);
        return true;
    }
    if (call->origin != ORIGIN_SIBLING || call->match_count == 0)
        return false;
    size_t before = call->match_count;
    if (match.arg_count) {
        profile_call_match(call, &match);
        return call->match_count != before;
    }
    profile_call_widen(call);
    free(call->reason);
    call->reason = mem_strdup(row->reason);
    call->source = row->call;
    return true;
}

void profile_add_siblings(struct profile_builder *builder)
{
    /* A sibling may bring another one; each turn adds an entry or widens one, so it ends. */
    for (bool changed = true; changed;) {
        changed = false;
        for (enum abi abi = 0; abi < ABI_COUNT; abi++)
            for (size_t i = 0; builder->profile->abis[abi] && i < data_siblings_count; i++)
                changed |= apply_row(builder, &data_siblings[i], abi);
    }
}
