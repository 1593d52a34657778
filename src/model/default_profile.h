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
