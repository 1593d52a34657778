/*
 * What became of the recordings of an audit, as its result holds it.
 */
#pragma once

#include "audit/usage_match.h"
#include "model/audit_result.h"

/* After usage_match_resolve. NULL when there are none. */
struct audit_recording *audit_recordings_new(const struct usage_match *match, size_t *ret_count);
void audit_recordings_free(struct audit_recording *recordings, size_t count);
