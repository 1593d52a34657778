/*
 * The seccomp profile that a container names, opened and judged with what the container may do: seccomp.breadth among its facts.
 *
 * Compose: the file, beside the Compose file. Kubernetes: the file below the profile root, or beside the manifest. docker inspect and OCI: the
 * text or the object in the file itself. Nothing but regular files of at most 16 MiB is opened, and at most 200 different profiles for a file.
 */
#pragma once

#include "audit/collect.h"

/* Does nothing for what is no container, names no profile, or names one that is not there (rules say that by a proviso; what is found is told
 * to the context). What cannot be read, or runtimes refuse, is missed. */
void named_profile_judge(struct collector *collector, const struct subject *subject);
