/* What is there whatever the workload does: the calls no process lives without, and those of the runtime. */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "data.h"
#include "model/profile_build.h"

void profile_add_base(struct profile_builder *builder)
{
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        for (size_t i = 0; builder->profile->abis[abi] && i < data_base_count; i++) {
            const struct syscall *syscall = syscall_by_name(data_base[i].call);
            if (!syscall || syscall->number[abi] < 0)
                continue;
            struct profile_call *call = profile_builder_find(builder, abi, syscall);
            if (!call)
                (void)profile_builder_add(builder, abi, syscall, ORIGIN_BASE, "", data_base[i].reason);
            else if (!profile_call_allows(call))
                profile_call_promote(call, ORIGIN_BASE, data_base[i].reason);
        }
    }
}

/* The ABI of the runtime's own binary: that of the machine. */
static enum abi runtime_abi(const struct recording *recording, enum abi recorded)
{
    for (size_t i = 0; i < recording->run_count; i++) {
        const char *machine = recording_text(recording, recording->runs[i].machine);
        if (machine && recorded == ABI_I386 && machine[0] == 'i' && strcmp(machine + 2, "86") == 0)
            return ABI_I386;
        if (machine && recorded == ABI_ARM && strncmp(machine, "armv", 4) == 0 && strcmp(machine, "armv8l") != 0)
            return ABI_ARM;
    }
    return arch_get(recorded)->family;
}

/* word is in list, which is separated by commas. */
static bool listed(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; *at; at += strcspn(at, ",")) {
        at += *at == ',';
        if (strncmp(at, word, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return true;
    }
    return false;
}

static bool runtime_wanted(const struct profile *profile, const char *runtime)
{
    return strcmp(profile->options.runtimes, "all") == 0 || listed(profile->options.runtimes, runtime);
}

static bool runtime_known(const char *name, size_t length)
{
    for (size_t i = 0; i < data_startup_count; i++)
        if (strlen(data_startup[i].runtime) == length && strncmp(data_startup[i].runtime, name, length) == 0)
            return true;
    return false;
}

static int check_runtimes(const char *list, struct err *err)
{
    if (strcmp(list, "all") == 0 || strcmp(list, "none") == 0)
        return 0;
    for (const char *at = list;; at++) {
        size_t length = strcspn(at, ",");
        if (!runtime_known(at, length))
            return err_set(err, -EINVAL,
                           "no start-up calls are known of a container runtime '%.*s': give runc or crun, or all, or none",
                           (int)(length < 64 ? length : 64), at);
        at += length;
        if (!*at)
            return 0;
    }
}

/* "runc 1.1.5, crun 1.8.1": who makes the call. */
static void add_maker(struct profile_call *call, const struct data_startup *row)
{
    AUTO_FREE char *maker = mem_printf("%s %s", row->runtime, row->version);
    const char *found = strstr(call->reason, maker);
    if (found && (found[strlen(maker)] == ',' || found[strlen(maker)] == '\0'))
        return;
    char *joined = mem_printf("%s%s%s", call->reason, *call->reason ? ", " : "", maker);
    free(call->reason);
    call->reason = joined;
}

static void add_startup_row(struct profile_builder *builder, enum abi abi, const struct data_startup *row)
{
    const struct syscall *syscall = syscall_by_name(row->syscall);
    if (!syscall || syscall->number[abi] < 0)
        return;
    /* A runtime starts threads at that point but makes no namespace any more, so a filter of flag bits stays;
     * of any other filtered argument nothing is known. */
    unsigned index = 0;
    uint64_t bits = profile_argument_bits(syscall->name, &index);
    struct profile_call *call = profile_builder_find(builder, abi, syscall);
    if (!call) {
        call = profile_builder_add(builder, abi, syscall, ORIGIN_STARTUP, "", "");
    } else if (!profile_call_allows(call)) {
        profile_call_promote(call, ORIGIN_STARTUP, "");
    } else if (call->origin != ORIGIN_STARTUP) {
        if (bits == 0)
            profile_call_widen(call);
        return;
    }
    if (bits)
        profile_call_match(call, &(struct profile_match){.args = {{index, OP_MASKED_EQ, bits, 0}}, .arg_count = 1});
    add_maker(call, row);
}

int profile_add_startup(struct profile_builder *builder, struct err *err)
{
    struct profile *profile = builder->profile;
    int result = check_runtimes(profile->options.runtimes, err);
    if (result < 0)
        return result;
    bool abis[ABI_COUNT] = {false};
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        if (profile->abis[abi])
            abis[runtime_abi(profile->recording, abi)] = true;
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        for (size_t i = 0; abis[abi] && i < data_startup_count; i++)
            if (runtime_wanted(profile, data_startup[i].runtime))
                add_startup_row(builder, abi, &data_startup[i]);
    return 0;
}
