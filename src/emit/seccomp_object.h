/*
 * The JSON object that a seccomp policy is in every dialect of the container runtimes.
 */
#pragma once

#include "base/json_out.h"
#include "model/seccomp_policy.h"

/* Appends the policy as a JSON document that seccomp_policy_parse reads back to the same policy. With a
 * context it holds only what the OCI specification has: rules that do not apply there are left out, and the
 * conditions of the others. */
void seccomp_object_write(const struct seccomp_policy *policy, const struct seccomp_context *oci_context,
                          struct buf *out);
