/*
 * AppArmor text as a tree of statements, each with its place in the file: { apparmor: [ STATEMENT … ] }.
 *
 * A statement is a text (a rule without its comma, an include, a variable) or a map { head, body: [ STATEMENT … ] } of what
 * stands before braces and in them. Comments are left out, line ends are blanks. What rules mean is the model's to know;
 * this only says where each begins and ends.
 */
#pragma once

#include "base/node.h"

enum { APPARMOR_NESTING_MAX = 16, APPARMOR_STATEMENTS_MAX = 100000 };

/* Reads statements into list. -EINVAL with the line in ret_line (may be NULL) for what no parser could take apart;
 * what stood before it is kept. */
int apparmor_statements(struct arena *arena, const char *name, const char *bytes, size_t length, struct node *list,
                        uint32_t *ret_line, struct err *err);

struct apparmor_head {
    const char *name;
    const char *attachment; /* NULL */
    const struct node *flags; /* a list of texts */
};

/* False for heads of anything but a profile or a hat. */
bool apparmor_head_read(struct arena *arena, const struct node *statement, struct apparmor_head *ret);
