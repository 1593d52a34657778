/*
 * The parts of a SARIF log (OASIS SARIF 2.1.0; section numbers are those of the standard).
 */
#pragma once

#include "base/json_out.h"
#include "model/audit_result.h"

/* Escaped text as a message: "{"text": …}" (3.11). */
void sarif_message(struct json_out *json, const char *key, const char *text);
/* "locations": one physical location, with its logical one when the finding has a path; finding may be NULL. */
void sarif_locations(struct json_out *json, const struct audit_file *file, uint32_t line,
                     const struct finding *finding);
/* One reportingDescriptor (3.49). */
void sarif_rule(struct json_out *json, const struct rule_info *rule);
