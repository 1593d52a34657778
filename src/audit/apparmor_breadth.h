/*
 * How broad an AppArmor profile is, told by probes: accesses that an attacker would try next (profiles/apparmor-probes.csv) are put
 * to its rules, beside what the rules say in words.
 *
 * Makes the facts of a SUBJECT_APPARMOR_PROFILE (subject.h). What passes points at the rule that allows it.
 */
#pragma once

#include "audit/apparmor_rules.h"

/* block is a statement of the file whose head was read as head; name is with the names of the profiles around it. */
struct node *apparmor_breadth_facts(struct apparmor_source *file, const struct node *block, const struct apparmor_head *head,
                                    const char *name);
/* "enforce", "complain" …: of several flags the last, which AppArmor refuses. ret_where may be NULL. */
const char *apparmor_breadth_mode(const struct apparmor_head *head, const struct node **ret_where);
