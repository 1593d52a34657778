/*
 * The profiles that container runtimes put around a container when nobody names one, as policies that can be asked.
 *
 * They are data (profiles/default-profiles.csv, default-seccomp.csv, default-seccomp-rules.csv, default-apparmor.csv), whose headers
 * say what was read and how sure it is.
 */
#pragma once

#include <stddef.h>

#include "data.h"
#include "model/apparmor_policy.h"
#include "model/seccomp_policy.h"

/* The row of the engine ("docker", "podman", "containerd"): its title, the sources and the name of its AppArmor profile. NULL when no
 * profile of it is known. */
const struct data_default_profiles *default_profile_of(const char *engine);

/* -ENOENT, with a sentence that lists the engines, when no profile of it is known. */
int default_profile_seccomp(const char *engine, struct seccomp_policy **ret, struct err *err);
int default_profile_apparmor(const char *engine, struct apparmor_policy **ret, struct err *err);

/* When the engine's default seccomp profile allows the call on an x86-64 machine, in words: "always", "never (EPERM)", "with CAP_BPF or
 * CAP_SYS_ADMIN; otherwise EPERM", "on Linux 4.8 and later, or with CAP_SYS_PTRACE; otherwise EPERM", "when argument 0 is below 0x26, or …". On the heap.
 * engine must be one that default_profile_of knows. */
char *default_profile_words(const char *engine, const char *call);
