/*
 * Denials of an AppArmor profile that leave open what they seem to close.
 */
#pragma once

#include "audit/apparmor_rules.h"

/* [ { pattern, path: that is let through, access, why } ], each pointing at the denial. */
struct node *apparmor_leaks(struct arena *arena, const struct apparmor_rules *rules, const struct node *where);
