/* How what is not granted is refused: ENOSYS for what a library falls back from, EPERM for the rest. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "model/profile_build.h"

/* ---- what was known --------------------------------------------------------------------------- */

/* From "glibc 2.36"; 0 when nothing is known about that libc. A release between two rows counts as the older. */
static kernel_version libc_bound(const char *libc)
{
    kernel_version bound = 0;
    for (size_t i = 0; libc && i < data_libc_count; i++) {
        const struct data_libc *row = &data_libc[i];
        size_t length = strlen(row->libc);
        if (strncmp(libc, row->libc, length) != 0 || libc[length] != ' ')
            continue;
        unsigned version = profile_version_number(libc + length + 1);
        if (version && (bound == 0 || profile_version_number(row->version) <= version))
            bound = kernel_version_parse(row->newest_kernel);
    }
    return bound;
}

static kernel_version run_bound(const struct recording *recording, const struct run *run)
{
    const char *release = recording_text(recording, run->kernel);
    kernel_version kernel = release ? kernel_version_parse(release) : 0;
    kernel_version libc = libc_bound(recording_text(recording, run->libc));
    return libc && libc < kernel ? libc : kernel;
}

/* The table of the newest release before or at version; 0 when version is older than all. */
static kernel_version libseccomp_bound(unsigned version)
{
    kernel_version bound = 0;
    for (size_t i = 0; i < data_libseccomp_count; i++)
        if (profile_version_number(data_libseccomp[i].version) <= version)
            bound = kernel_version_parse(data_libseccomp[i].newest_kernel);
    return bound;
}

/* What a policy for no particular target may name beside what was observed: what the libseccomp of Debian 12
 * knows (libseccomp.csv), so that a runtime told to refuse unknown names accepts it. */
#define COMMON_LIBSECCOMP 20505

int profile_find_bounds(struct profile *profile, struct err *err)
{
    const struct recording *recording = profile->recording;
    for (size_t i = 0; i < recording->run_count; i++) {
        kernel_version bound = run_bound(recording, &recording->runs[i]);
        if (bound > profile->known_kernel)
            profile->known_kernel = bound;
    }
    unsigned target = profile->options.target_libseccomp;
    profile->target_kernel = libseccomp_bound(target ? target : COMMON_LIBSECCOMP);
    if (profile->target_kernel == 0)
        return err_set(err, -EINVAL, "nothing is known about libseccomp %u.%u.%u: the oldest known release is %s",
                       target / 10000, target / 100 % 100, target % 100, data_libseccomp[0].version);
    return 0;
}

bool profile_target_knows(const struct profile *profile, const struct syscall *syscall)
{
    return syscall->since <= profile->target_kernel;
}

/* ---- which way ---------------------------------------------------------------------------------- */

static bool allowed(const struct profile_builder *builder, enum abi abi, const char *name, size_t length)
{
    char copy[SYSCALL_NAME_MAX];
    if (length >= sizeof(copy))
        return false;
    memcpy(copy, name, length);
    copy[length] = '\0';
    const struct syscall *syscall = syscall_by_name(copy);
    const struct profile_call *call = syscall ? profile_builder_find(builder, abi, syscall) : NULL;
    return call && profile_call_allows(call);
}

/* The row of a call that a library may probe for, when what it falls back to is allowed. */
static const struct data_fallbacks *fallback_of(const struct profile_builder *builder, enum abi abi,
                                                const char *name)
{
    for (size_t i = 0; i < data_fallbacks_count; i++) {
        const struct data_fallbacks *row = &data_fallbacks[i];
        if (strcmp(row->call, name) != 0)
            continue;
        for (const char *at = row->fallback; *at; at += strcspn(at, "|")) {
            at += *at == '|';
            if (allowed(builder, abi, at, strcspn(at, "|")))
                return row;
        }
    }
    return NULL;
}

static void refuse(struct profile_builder *builder, enum abi abi, const struct syscall *syscall)
{
    kernel_version known = builder->profile->known_kernel;
    const struct data_fallbacks *fallback = fallback_of(builder, abi, syscall->name);
    if (fallback) {
        (void)profile_builder_add(builder, abi, syscall, ORIGIN_ENOSYS, PROFILE_FALLBACK, fallback->reason);
    } else if (syscall->since > known) {
        char reason[96];
        if (known)
            (void)snprintf(reason, sizeof(reason), "newer than Linux %u.%u, the newest this recording could know",
                           known / 1000, known % 1000);
        else
            (void)snprintf(reason, sizeof(reason), "the recording does not say which kernel it was made on");
        (void)profile_builder_add(builder, abi, syscall, ORIGIN_ENOSYS, "", reason);
    } else {
        (void)profile_builder_add(builder, abi, syscall, ORIGIN_REFUSED, "", "known and not used");
    }
}

void profile_add_refused(struct profile_builder *builder)
{
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        for (size_t row = 0; builder->profile->abis[abi] && row < syscall_count(); row++) {
            const struct syscall *syscall = syscall_at(row);
            /* Without a release the call was never implemented: the kernel says ENOSYS, and so does the default. */
            if (syscall->number[abi] >= 0 && syscall->since != 0 && !profile_builder_find(builder, abi, syscall))
                refuse(builder, abi, syscall);
        }
    }
}
