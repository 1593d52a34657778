/*
 * Files that an AppArmor file includes, as far as they lie in the directory of the file or the two above it: <abstractions/base> of
 * /etc/apparmor.d/usr.bin.x is /etc/apparmor.d/abstractions/base.
 *
 * Nothing else is opened: no absolute path, and no way up. The model looks for them, within its limits; how deep and how many is
 * the caller's.
 */
#pragma once

#include "base/node.h"

struct apparmor_include {
    const char *name;
    bool optional; /* if exists */
};

/* False when the statement is no include. */
bool apparmor_include_read(struct arena *arena, const char *statement, struct apparmor_include *ret);
/* Appends the statements of the file (or of every file of the directory) to list. False when it is not
 * there or cannot be read. */
bool apparmor_include_statements(struct arena *arena, const char *beside, const struct apparmor_include *include, struct node *list);
