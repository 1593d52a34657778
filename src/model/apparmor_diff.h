/*
 * Two AppArmor profiles compared by what they allow.
 *
 * File rules are compared as the languages of their patterns: all paths that the two tell apart are found, whatever the
 * rules look like, and put down to the rule that makes the difference with the shortest such path. Profiles whose patterns
 * overlap in too many ways are compared on examples instead: one path of each pattern of both, and those that
 * profiles/apparmor-hazards.csv warns of; a note says so. Capabilities and networks are asked one by one. Rules of other
 * kinds are compared as texts, of which one without conditions covers the others of its kind.
 */
#pragma once

#include "model/apparmor_policy.h"
#include "model/diff.h"

struct diff *apparmor_diff(const struct apparmor_policy *a, const struct apparmor_policy *b);
