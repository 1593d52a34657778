/* A path for a pattern of AppArmor, to ask rules with. */
#pragma once

#include "base/arena.h"

/* One that the pattern matches, as far as first alternatives and one letter for a wildcard give one. */
const char *apparmor_sample(struct arena *arena, const char *pattern);
