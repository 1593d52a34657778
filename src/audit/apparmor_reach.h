/*
 * Where in a container what an AppArmor probe is about can be found, and whether the container itself keeps a process from it.
 *
 * /proc and /sys are there, masked and read-only as the runtimes mount them; a device only when it was given; the sockets of runtimes only where
 * they were mounted; what else lies in the image. A directory or device of the host that is mounted elsewhere shows the same at another path.
 */
#pragma once

#include "audit/situation.h"
#include "base/arena.h"
#include "data.h"

enum { REACH_PLACES_MAX = 32 };

struct reach_place {
    const char *path; /* in the container */
    bool there;       /* and reachable with that access, were there no profile */
    bool host;        /* it is the host's, through a mount or a device */
};

struct reach {
    struct reach_place places[REACH_PLACES_MAX];
    size_t count; /* at least one */
};

/* remounts: the profile lets it mount, so that with SYS_ADMIN nothing stays masked or read-only. */
void apparmor_reach_of(struct arena *arena, const struct situation *situation, bool remounts, const struct data_apparmor_probes *probe,
                       struct reach *ret);
