/*
 * What a container is, as far as it decides whether something that its profiles let through could be used: told from its facts (subject.h).
 *
 * Where the facts do not say, more is taken to be possible than less:
 * - A user other than root has no capabilities once it has executed its program; but a set-user-ID program of the image gives them back. So
 *   they count as gone only where the user is known not to be root and no_new_privileges is set, and then OCI's ambient ones still count.
 * - In a user namespace of its own (hostUsers: false, an OCI user namespace) the kernel does not honour the capabilities that it asks for in the first
 *   one: those count as gone. Others (SYS_ADMIN, NET_ADMIN …) have power over the container's own namespaces, and count. Its root is no root of the
 *   host, whose files it then cannot write.
 * - The runtimes mask and mount read-only what is dangerous in /proc and mount /sys read-only, unless the container is privileged or (in /proc) says
 *   otherwise; SYS_ADMIN takes that away again where the AppArmor profile lets it mount.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/node.h"

struct situation {
    const struct node *facts;
    uint64_t given;     /* capabilities as the runtime is told them: a bit for each number */
    uint64_t reachable; /* those that a process of it can come to have, and that count */
    bool privileged;
    bool may_be_root;    /* of the container */
    bool user_namespace; /* its own */
    bool proc_unmasked;  /* the runtime masks nothing in /proc */
    bool sees_others;    /* processes of the host or of other containers */
};

struct situation situation_of(const struct node *facts);
/* "SYS_ADMIN" or "CAP_SYS_ADMIN" is among the capabilities. */
bool situation_has(uint64_t capabilities, const char *name);
