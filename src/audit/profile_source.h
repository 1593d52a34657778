/*
 * The profiles that a container names, found and opened; whoever judges them, or holds them against what a workload did, begins here.
 *
 * Seccomp. Compose: the file, beside the Compose file. Kubernetes: the file below the profile root, or beside the manifest, in seccomp/ there,
 * or the same one directory up. docker inspect and OCI: the text or the object in the file itself.
 *
 * AppArmor, for all formats: the profile of that name in a file NAME, NAME.profile, NAME.apparmor (slashes of a name as dots, the first one left out, as
 * in /etc/apparmor.d) or apparmor.profile, below the profile root or beside the file, in apparmor/ or apparmor.d/ there, or, without a
 * profile root, the same one directory up.
 *
 * Each profile is opened once for a file. Limits for one file: 200 different profiles, 16 MiB each, 64 MiB in all; nothing but regular files is opened.
 */
#pragma once

#include "audit/apparmor_text.h"
#include "audit/collect.h"
#include "audit/profile_offer.h"
#include "model/apparmor_policy.h"
#include "model/seccomp_policy.h"

enum profile_state {
    PROFILE_ABSENT, /* it is nowhere where it was looked for */
    PROFILE_OPEN,
    PROFILE_UNREADABLE /* it is there: why says what is wrong with it */
};

/* In the arena of the file. */
struct profile_source {
    enum profile_kind kind;
    enum profile_state state;
    unsigned number;         /* of this file's profiles, from 1; equal only for the same one */
    const char *name;        /* for sentences: as the container calls it, or "in the file itself" */
    const char *path;        /* the file it stands in, which includes lie beside */
    const char *why;
    bool told;               /* for whoever complains of it, once */
    const struct node *root; /* seccomp: the profile as a tree */
    const struct node *statements, *block; /* AppArmor: of the whole file, and the profile among them (apparmor_text.h) */
    struct apparmor_head head;
};

/* The profile of that kind that the container names. NULL when it names none (it is unconfined or has the runtime's own, or the subject
 * is no container). What is found is told to the context. */
struct profile_source *profile_source_of(struct collector *collector, const struct subject *subject, enum profile_kind kind);

/* A tree in any dialect of runtimes as a policy; name is for sentences. -EINVAL when runtimes would refuse it. */
int profile_source_policy_of(const char *name, const struct node *root, struct seccomp_policy **ret, struct err *err);
/* Of a source that is open. */
int profile_source_seccomp(const struct profile_source *source, struct seccomp_policy **ret, struct err *err);
/* Of a source that is open: all rules of the profile, those of its includes too, without its children and hats. ret_partial: there are rules that are not
 * understood, or includes that are not there, so that nobody can say of anything that it is refused. */
void profile_source_apparmor(struct collector *collector, const struct profile_source *source, struct apparmor_policy **ret, bool *ret_partial);
