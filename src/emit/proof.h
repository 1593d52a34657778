/*
 * Artefacts asked, in their own bytes, whether they do what they are for.
 */
#pragma once

#include "emit/emitter.h"

/* A seccomp profile in JSON lets through everything that the profile grants, and libseccomp compiles it for a machine of each
 * family the profile is for. name is what sentences call it. */
int proof_seccomp(const struct profile *profile, const char *name, const char *bytes, size_t length, struct err *err);
/* The real apparmor_parser takes the text, where it is installed. */
int proof_apparmor(const char *bytes, size_t length, struct err *err);

/* What stands in a row of the emitter table. The objects of the operator do the same as the profiles they are made from. */
emit_check_function proof_spo;
/* The container gets what the fitting's needs are, with nothing missing, and no capability too many. */
emit_check_function proof_pod_patch;
emit_check_function proof_compose;
