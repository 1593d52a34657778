/* The denials of the deny-list form (private to the model). */
#pragma once

#include "model/aa_generalise.h"
#include "model/aa_needs.h"
#include "model/apparmor_policy.h"

int aa_deny_hazards(struct apparmor_policy *policy, const struct aa_needs *needs,
                    const struct aa_generaliser *generaliser, struct err *err);
