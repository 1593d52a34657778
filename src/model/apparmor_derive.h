/*
 * From recordings to an AppArmor policy.
 *
 * APPARMOR_DENY_LIST allows much and denies everything in profiles/apparmor-hazards.csv, every
 * capability and network family, and the operations that the recording did not need; inside a denied tree,
 * what was used is left out exactly. APPARMOR_ALLOW_LIST allows only what was recorded.
 */
#pragma once

#include "base/err.h"
#include "model/apparmor_policy.h"
#include "model/recording.h"

enum apparmor_mode { APPARMOR_DENY_LIST, APPARMOR_ALLOW_LIST };

struct apparmor_derive_options {
    enum apparmor_mode mode;
    const char *generalise; /* "all", "none", or rows of profiles/generalise.csv parted by commas */
    const char *name;       /* of the profile: printable, without quotation marks and backslashes */
};
#define APPARMOR_DERIVE_OPTIONS_DEFAULT                                                                     \
    ((struct apparmor_derive_options){.mode = APPARMOR_DENY_LIST, .generalise = "all", .name = "profgen"})

/* -EINVAL on an unknown generalisation or a name that cannot be one. The policy has no header: emit writes
 * where it comes from. */
int apparmor_derive(const struct recording *recording, const struct apparmor_derive_options *options,
                    struct apparmor_policy **ret, struct err *err);

/* Replays everything recorded against the policy: paths, capabilities, sockets, mounts, signals, tracing.
 * -EINVAL names the first thing that would be denied and the rule that denies it; ret_denied (may be
 * NULL) is how many there are. */
int apparmor_policy_check(const struct apparmor_policy *policy, const struct recording *recording, size_t *ret_denied,
                          struct err *err);
