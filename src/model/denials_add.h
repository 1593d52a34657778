/* Adding to the list, for src/model/denials*.c alone. */
#pragma once

#include "model/denials.h"

/* Of that kind, certain, of no image and without a time; borrowed until the next one is added. */
struct denial *denials_add(struct denials *denials, enum denial_kind kind);
/* Whether "complain" or another word is among the flags of the profile. */
bool denials_policy_has_flag(const struct apparmor_policy *policy, const char *flag);
