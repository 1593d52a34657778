/*
 * How broad a seccomp profile is, told by probes: calls that an attacker would make next (profiles/seccomp-probes.csv)
 * are put to the policy, through every ABI it lets in.
 *
 * Makes the facts of a SUBJECT_SECCOMP_PROFILE (subject.h). A call that passes points at the rule of the file that names it.
 */
#pragma once

#include "audit/collect.h"
#include "audit/situation.h"

/* root is a profile in any dialect of runtimes. -EINVAL with a sentence when runtimes would refuse it. */
int seccomp_breadth_facts(struct arena *arena, const char *name, const struct node *root, struct node **ret_facts,
                          struct err *err);
/* As far as it concerns a container: the same facts without format and raw, in passing also `usable` (the kernel asks for no capability
 * besides, or a process of the container can come to have it), and beyond_default: [ calls that Docker's default profile
 * refuses to such a container ], absent when there are none. */
int seccomp_breadth_of_container(struct arena *arena, const char *name, const struct node *root, const struct situation *situation,
                                 struct node **ret_facts, struct err *err);
