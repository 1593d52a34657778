/* What was observed: every image's record of a call put together, per ABI. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "model/profile_build.h"

static void add_value(struct evidence_values *set, uint64_t value)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->values[i] == value)
            return;
    MEM_GROW(set->values, set->count, set->capacity);
    set->values[set->count++] = value;
}

static void add_values(struct evidence_values *set, const struct arg_values *seen, bool is_first)
{
    if (is_first)
        set->known = true;
    if (!seen || seen->overflow)
        set->known = false;
    for (uint32_t i = 0; seen && i < seen->count; i++)
        add_value(set, seen->values[i]);
}

/* A call whose number the table does not know cannot be named in a policy; profile_check tells when it matters. */
static void gather_call(void *context, const struct image *image, enum abi abi, const struct call_record *call)
{
    (void)image;
    struct profile_builder *builder = context;
    const struct syscall *syscall = syscall_by_number(abi, call->number);
    uint64_t total = call_record_total(call);
    builder->profile->abis[abi] = true;
    if (!builder->evidence[abi])
        builder->evidence[abi] = mem_zero(syscall_count(), sizeof(struct evidence));
    if (!syscall || total == 0)
        return;
    struct evidence *evidence = &builder->evidence[abi][profile_row(syscall)];
    bool enosys = call_record_always(call, ENOSYS);
    for (unsigned i = 0; i < 6; i++)
        add_values(&evidence->args[i], call->args[i], evidence->count == 0);
    evidence->count += total;
    evidence->enosys += enosys ? total : 0;
    evidence->other += enosys ? 0 : total;
}

void profile_gather(struct profile_builder *builder)
{
    recording_each_call(builder->profile->recording, gather_call, builder);
}

void profile_add_observed(struct profile_builder *builder)
{
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        for (size_t row = 0; builder->evidence[abi] && row < syscall_count(); row++) {
            const struct evidence *evidence = &builder->evidence[abi][row];
            if (evidence->count == 0)
                continue;
            bool works = evidence->other > 0;
            struct profile_call *call =
                profile_builder_add(builder, abi, syscall_at(row), works ? ORIGIN_OBSERVED : ORIGIN_ENOSYS, "",
                                    works ? "" : "failed with ENOSYS whenever it was made");
            call->count = evidence->count;
            if (works && builder->profile->options.argument_filters)
                profile_filter_arguments(builder, call);
        }
    }
}
