/*
 * Rules of a seccomp policy that do not do what they seem to do.
 *
 * Judged by the program that libseccomp makes of them, on the machine's own ABI; of conditions so contrived that following
 * them would take too long nothing is said.
 */
#pragma once

#include "model/seccomp_policy.h"

/* Whether the call gets past the filter whatever its arguments. False for calls that the ABI does not have. */
bool seccomp_call_is_open(const struct seccomp_evaluator *evaluator, enum abi abi, const char *call);
/* Whether there are no arguments that fulfil the rule's conditions. False for a rule without conditions. */
bool seccomp_rule_never_matches(const struct seccomp_rule *rule, enum abi abi);
/* Whether includes and excludes ask for the same capability or machine, so that the rule applies nowhere. */
bool seccomp_rule_never_applies(const struct seccomp_rule *rule);
