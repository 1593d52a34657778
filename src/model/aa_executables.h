/* What the deny-list form lets be executed (private to the model). */
#pragma once

#include "model/aa_generalise.h"
#include "model/aa_needs.h"
#include "model/apparmor_policy.h"

/* Allows executing in the directories that hold programs (profiles/apparmor-hazards.csv, executables) and what the recording
 * executed elsewhere; of the latter nothing may be written, but for what the recording wrote. */
int aa_allow_executables(struct apparmor_policy *policy, const struct aa_needs *needs,
                         const struct aa_generaliser *generaliser, struct err *err);
