/*
 * Rules of a seccomp profile that do nothing, or less than they seem to, as a fact of it.
 */
#pragma once

#include "audit/collect.h"
#include "model/seccomp_policy.h"

/* [ { call, kind: "open" "no-match" "no-context", why } ], each pointing at the conditions of the rule in root, which policy was read from. */
struct node *seccomp_idle_facts(struct arena *arena, const struct node *root, const struct seccomp_policy *policy,
                                const struct seccomp_context *context, const struct seccomp_evaluator *evaluator);
