/*
 * Where on the disk the profile that a container names may lie (profile_source.h says which places), private to profile_source.c.
 *
 * A name never leads out of the directories: one with ".." gives no place, and of Kubernetes none that begins with a slash.
 */
#pragma once

#include "audit/collect.h"

/* A seccomp profile's file, when it is there; else NULL. */
const char *profile_places_of_kubernetes(const struct collector *collector, const char *name);
const char *profile_places_of_compose(const struct collector *collector, const char *name);

/* The files that are there and may hold an AppArmor profile of that name, one by one; NULL when there are no more. */
struct profile_places {
    const struct collector *collector;
    const char *base; /* with a slash behind it, or "" */
    const char *name; /* as a file is called */
    size_t next;
};
void profile_places_of_apparmor(struct profile_places *places, const struct collector *collector, const char *name);
const char *profile_places_next(struct profile_places *places);
