/*
 * The profiles that a container names, judged with what the container may do: seccomp.breadth and apparmor.breadth among its facts.
 */
#pragma once

#include "audit/collect.h"

/* Does nothing for what is no container, names no profile, or names one that is not there (rules say that by a proviso; profile_source.h says
 * where it is looked for). What cannot be read, or runtimes refuse, is missed. */
void named_profile_judge(struct collector *collector, const struct subject *subject);
