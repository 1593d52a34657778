#include "model/profile.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "model/profile_build.h"

static const char *const origin_names[ORIGIN_COUNT] = {
    [ORIGIN_OBSERVED] = "observed", [ORIGIN_SIBLING] = "derived", [ORIGIN_STARTUP] = "start-up",
    [ORIGIN_BASE] = "base",         [ORIGIN_ENOSYS] = "enosys",   [ORIGIN_REFUSED] = "refused",
};

const char *origin_name(enum origin origin)
{
    assert(origin < ORIGIN_COUNT);
    return origin_names[origin];
}

void profile_free(struct profile *profile)
{
    if (!profile)
        return;
    for (size_t i = 0; i < profile->call_count; i++) {
        free(profile->calls[i].reason);
        free(profile->calls[i].matches);
    }
    for (size_t i = 0; i < profile->note_count; i++)
        free(profile->notes[i]);
    free(profile->calls);
    free(profile->notes);
    free(profile);
}

void profile_note(struct profile *profile, const char *format, ...)
{
    char text[512];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    for (size_t i = 0; i < profile->note_count; i++)
        if (strcmp(profile->notes[i], text) == 0)
            return;
    MEM_GROW(profile->notes, profile->note_count, profile->note_capacity);
    profile->notes[profile->note_count++] = mem_strdup(text);
}

size_t profile_row(const struct syscall *syscall)
{
    return (size_t)(syscall - syscall_at(0));
}

struct profile_call *profile_builder_find(const struct profile_builder *builder, enum abi abi,
                                          const struct syscall *syscall)
{
    size_t slot = builder->slots[abi] ? builder->slots[abi][profile_row(syscall)] : 0;
    return slot ? &builder->profile->calls[slot - 1] : NULL;
}

struct profile_call *profile_builder_add(struct profile_builder *builder, enum abi abi,
                                         const struct syscall *syscall, enum origin origin, const char *source,
                                         const char *reason)
{
    struct profile *profile = builder->profile;
    if (!builder->slots[abi])
        builder->slots[abi] = mem_zero(syscall_count(), sizeof(size_t));
    profile->abis[abi] = true;
    MEM_GROW(profile->calls, profile->call_count, profile->call_capacity);
    struct profile_call *call = &profile->calls[profile->call_count++];
    *call = (struct profile_call){
        .abi = abi, .syscall = syscall, .origin = origin, .source = source, .reason = mem_strdup(reason)};
    builder->slots[abi][profile_row(syscall)] = profile->call_count;
    return call;
}

bool profile_call_allows(const struct profile_call *call)
{
    return call->origin < ORIGIN_ENOSYS;
}

static bool same_match(const struct profile_match *a, const struct profile_match *b)
{
    if (a->arg_count != b->arg_count)
        return false;
    for (size_t i = 0; i < a->arg_count; i++)
        if (a->args[i].index != b->args[i].index || a->args[i].op != b->args[i].op ||
            a->args[i].value != b->args[i].value || a->args[i].value_two != b->args[i].value_two)
            return false;
    return true;
}

void profile_call_match(struct profile_call *call, const struct profile_match *match)
{
    for (size_t i = 0; i < call->match_count; i++)
        if (same_match(&call->matches[i], match))
            return;
    call->matches = mem_resize(call->matches, call->match_count + 1, sizeof(*call->matches));
    call->matches[call->match_count++] = *match;
}

void profile_call_promote(struct profile_call *call, enum origin origin, const char *reason)
{
    assert(!profile_call_allows(call));
    char *copy = mem_strdup(reason);
    free(call->reason);
    call->reason = copy;
    call->origin = origin;
}

void profile_call_widen(struct profile_call *call)
{
    free(call->matches);
    call->matches = NULL;
    call->match_count = 0;
}

unsigned profile_version_number(const char *version)
{
    unsigned number = 0;
    int parts = 0;
    for (const char *at = version; parts < 3; parts++) {
        size_t digits = strspn(at, "0123456789");
        if (digits == 0 || digits > 2 || (at[digits] != '.' && at[digits] != '\0'))
            return 0;
        for (size_t i = 0, part = 0; i <= digits; i++) {
            if (i == digits)
                number = number * 100 + (unsigned)part;
            else
                part = part * 10 + (size_t)(at[i] - '0');
        }
        if (at[digits] == '\0')
            return parts == 0 ? 0 : parts == 1 ? number * 100 : number;
        at += digits + 1;
    }
    return 0;
}

struct seccomp_arg profile_condition(const char *text)
{
    unsigned index;
    int used = 0;
    struct seccomp_arg arg = {.op = OP_MASKED_EQ, .value = UINT32_MAX};
    char mask[24] = "";
    char value[24] = "";
    if (sscanf(text, "%u=%23s%n", &index, value, &used) != 2 &&
        sscanf(text, "%u&%23[0-9a-fx]=%23s%n", &index, mask, value, &used) != 3)
        used = 0;
    bool good = used > 0 && text[used] == '\0' && index < 6 && num_parse_u64(value, UINT32_MAX, &arg.value_two) &&
                (!*mask || num_parse_u64(mask, UINT32_MAX, &arg.value));
    assert(good);
    (void)good;
    arg.index = index;
    return arg;
}

static int compare_calls(const void *left, const void *right)
{
    const struct profile_call *a = left;
    const struct profile_call *b = right;
    if (a->origin != b->origin)
        return a->origin < b->origin ? -1 : 1;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    int by_name = strcmp(a->syscall->name, b->syscall->name);
    if (by_name)
        return by_name;
    return a->abi < b->abi ? -1 : a->abi > b->abi;
}

const struct profile_call *profile_find(const struct profile *profile, enum abi abi, const char *name)
{
    for (size_t i = 0; i < profile->call_count; i++)
        if (profile->calls[i].abi == abi && strcmp(profile->calls[i].syscall->name, name) == 0)
            return &profile->calls[i];
    return NULL;
}

static void builder_done(struct profile_builder *builder)
{
    for (int abi = 0; abi < ABI_COUNT; abi++) {
        for (size_t row = 0; builder->evidence[abi] && row < syscall_count(); row++)
            for (int i = 0; i < 6; i++)
                free(builder->evidence[abi][row].args[i].values);
        free(builder->evidence[abi]);
        free(builder->slots[abi]);
    }
}

int profile_new(const struct recording *recording, const struct profile_options *options, struct profile **ret,
                struct err *err)
{
    AUTO(profile_free_cleanup) struct profile *profile = mem_zero(1, sizeof(*profile));
    profile->recording = recording;
    profile->options = *options;
    AUTO(builder_done) struct profile_builder builder = {.profile = profile};
    int result = profile_find_bounds(profile, err);
    if (result < 0)
        return result;
    profile_gather(&builder);
    profile_add_observed(&builder);
    if (profile->call_count == 0)
        return err_set(err, -EINVAL, "the recording holds no system call, so there is nothing to make a profile of");
    profile_add_base(&builder);
    result = profile_add_startup(&builder, err);
    if (result < 0)
        return result;
    if (options->siblings)
        profile_add_siblings(&builder);
    profile_close_clone3(&builder);
    profile_add_refused(&builder);
    qsort(profile->calls, profile->call_count, sizeof(*profile->calls), compare_calls);
    profile_add_notes(profile);
    *ret = TAKE(profile);
    return 0;
}
