/*
 * clone3 takes its flags in memory, where no filter can see them: a profile that allows it allows new
 * namespaces. Libraries fall back to clone where it is missing (fallbacks.csv), as they must under
 * Docker's default profile, and clone's flags can be filtered.
 */
#include <stdlib.h>
#include <string.h>

#include "model/profile_build.h"

/* Namespaces, or a cgroup of the child's own, which clone cannot give. Facts that were not all kept prove nothing. */
static bool needs_clone3(const struct recording *recording)
{
    for (size_t i = 0; i < recording->run_count; i++)
        if (recording->runs[i].losses[LOSS_FACTS].count > 0)
            return true;
    for (size_t i = 0; i < recording->fact_count; i++) {
        const struct fact *fact = &recording->facts[i];
        const char *subject = recording_text(recording, fact->subject);
        if (fact->kind == FACT_NAMESPACE && subject && strcmp(subject, "clone3") == 0)
            return true;
    }
    return false;
}

static void send_to_clone(struct profile_call *clone3)
{
    profile_call_widen(clone3);
    free(clone3->reason);
    clone3->origin = ORIGIN_ENOSYS;
    clone3->source = PROFILE_FALLBACK;
    clone3->reason = mem_strdup("its flags lie in memory, where no filter can see them; callers fall back to clone");
}

void profile_close_clone3(struct profile_builder *builder)
{
    struct profile *profile = builder->profile;
    if (!profile->options.clone3_fallback || needs_clone3(profile->recording))
        return;
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        struct profile_call *clone3 = profile_builder_find(builder, abi, syscall_by_name("clone3"));
        const struct profile_call *clone = profile_builder_find(builder, abi, syscall_by_name("clone"));
        if (!clone3 || clone3->origin != ORIGIN_OBSERVED || !clone || !profile_call_allows(clone))
            continue;
        send_to_clone(clone3);
        profile_note(profile, "clone3 was used and is answered with ENOSYS, so that libraries fall back to clone, whose "
                              "flags a filter can see; --clone3=allow allows it, and with it new namespaces");
    }
}
