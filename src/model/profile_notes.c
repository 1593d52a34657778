/* What the person must know about a profile: doors that no filter can close, and names that were left out. */
#include <string.h>

#include "model/profile_build.h"

static const struct {
    const char *call;
    const char *sentence;
} open_doors[] = {
    {"clone3", "clone3 was used and is allowed: its flags lie in memory, where no filter can see them, so this "
               "profile cannot refuse new namespaces"},
    {"socketcall", "socketcall was used and is allowed: its arguments lie in memory, so i386 programs can open "
                   "sockets of any family"},
    {"io_uring_setup", "io_uring was used and is allowed: what is asked of it is not seen as system calls, neither "
                       "by this profile nor by the recording"},
};

static void note_call(struct profile *profile, const struct profile_call *call)
{
    const char *name = call->syscall->name;
    for (size_t i = 0; i < ARRAY_COUNT(open_doors); i++)
        if (strcmp(open_doors[i].call, name) == 0)
            profile_note(profile, "%s", open_doors[i].sentence);
    if (profile_target_knows(profile, call->syscall))
        return;
    unsigned target = profile->options.target_libseccomp;
    if (target)
        profile_note(profile, "%s was used and is left out: libseccomp %u.%u.%u cannot know the name, so the call will "
                              "fail with ENOSYS", name, target / 10000, target / 100 % 100, target % 100);
    else
        profile_note(profile, "%s was used and is newer than many runtimes' libseccomp: one that does not know the "
                              "name passes over it or refuses the profile, and the call fails with ENOSYS", name);
}

static void note_abis(struct profile *profile)
{
    size_t count = 0;
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        count += profile->abis[abi];
    if (count > 1)
        profile_note(profile, "%zu ABIs are allowed: a rule names calls without an ABI, so each is granted what any "
                              "of them used", count);
}

void profile_add_notes(struct profile *profile)
{
    for (size_t i = 0; i < profile->call_count; i++)
        if (profile->calls[i].origin == ORIGIN_OBSERVED)
            note_call(profile, &profile->calls[i]);
    note_abis(profile);
}
