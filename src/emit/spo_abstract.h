/*
 * An allow-list as the operator's AppArmorProfile says it: lists of paths and a few switches, spec.abstract.
 *
 * The operator makes a profile of it (internal/pkg/daemon/apparmorprofile/crd2armor): executables `ixr`, libraries `mr`,
 * read-only paths `r` with a denial of `wlk`, paths to read and write `rwlk`, tcp, udp and raw sockets, and
 * abstractions/base. Its paths take neither brackets nor braces, quotes or blanks: what a pattern has of these becomes a wildcard. It has
 * write-only paths too, which are not used here: they deny reading, and whoever writes a file may read it back another day.
 */
#pragma once

#include "model/apparmor_policy.h"
#include "model/recording.h"

struct spo_paths {
    char **items; /* sorted, each once */
    size_t count;
};

struct spo_abstract {
    struct spo_paths executables, libraries, read_only, read_write, capabilities;
    bool tcp, udp, raw;
};

/* Whether a policy allows only what it names: nothing is denied. */
bool spo_abstract_can(const struct apparmor_policy *policy);
/* -ENOTSUP with what the operator cannot say. */
int spo_abstract_make(const struct apparmor_policy *policy, const struct recording *recording, struct spo_abstract *ret,
                      struct err *err);
void spo_abstract_done(struct spo_abstract *abstract);
/* Appends a profile that allows no more than the one the operator makes: without abstractions/base, but for what that says of
 * UNIX sockets and signals. */
void spo_abstract_profile(const struct spo_abstract *abstract, const char *name, struct buf *out);
