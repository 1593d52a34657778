/*
 * What an AppArmor profile is worth to the container that names it: apparmor.breadth among the container's facts (subject.h).
 */
#pragma once

#include "audit/profile_source.h"
#include "audit/situation.h"

/* Of a source that is open. */
struct node *apparmor_breadth_of_container(struct collector *collector, const struct profile_source *source, const struct situation *situation);
