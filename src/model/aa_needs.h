/* What a recording needs of AppArmor: each path once, as the kernel would ask for it (private to the model). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/apparmor_policy.h"
#include "model/recording.h"

struct aa_need {
    char *path; /* a directory has a slash at its end */
    size_t length;
    aa_mask wanted;
    const struct path_record *record; /* of the first that wanted it; borrowed from the recording */
};

struct aa_needs {
    struct aa_need *items; /* by path, bytewise */
    size_t count;
    size_t capacity;
};

void aa_needs_done(struct aa_needs *needs);
void aa_needs_collect(const struct recording *recording, struct aa_needs *ret);
/* One for each image that used the path, in the order of the recording. */
void aa_needs_collect_each(const struct recording *recording, struct aa_needs *ret);
/* The program that the need is of, as the recording has it; may be NULL. */
const char *aa_need_image(const struct recording *recording, const struct aa_need *need);

/* Those whose paths begin with prefix: from first up to end, which is not one of them. O(log n). */
struct aa_need_range {
    size_t first;
    size_t end;
};
struct aa_need_range aa_needs_range(const struct aa_needs *needs, const char *prefix, size_t length);

/* What of access was used on any path that the pattern matches; appending counts as writing. */
aa_mask aa_needs_used(const struct aa_needs *needs, const struct aa_glob *glob, aa_mask access);

/* What the kernel asks of AppArmor for these accesses. */
aa_mask aa_permissions_of(access_mask did);

/* "inet" for AF_INET, "stream" for SOCK_STREAM, as network rules call them; NULL when they have no name. */
const char *aa_family_name(unsigned family);
const char *aa_socket_type_name(unsigned type);
/* By index; NULL at the end. In the order of their numbers. */
const char *aa_family_at(size_t index);
/* "sys_admin": the name of a capability in rules; NULL when unknown. */
char *aa_capability_name(int number);
static inline unsigned aa_fact_family(const struct fact *fact)
{
    return (unsigned)(fact->value >> 32);
}
/* Without SOCK_NONBLOCK and SOCK_CLOEXEC. */
static inline unsigned aa_fact_type(const struct fact *fact)
{
    return (unsigned)(fact->value >> 16) & 0xf;
}
