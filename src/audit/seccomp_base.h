/*
 * baseProfileName of the Security Profiles Operator: the calls of another SeccompProfile are added to those of this one.
 */
#pragma once

#include "audit/collect.h"

/* root with the rules of its base and that one's bases; root itself when it has none. A base that is not there, and more than 8 of them one behind the
 * other (they may go round), are missed, and the profile is what is known of it. */
const struct node *seccomp_base_added(struct collector *collector, const struct node *root, const char *namespace_);
