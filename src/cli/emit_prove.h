/*
 * The proof that an artefact does what it is for, given before anything is written.
 */
#pragma once

#include "cli/emit_output.h"

/* The seccomp policy in its JSON form is read back, asked about everything recorded, and compiled by libseccomp;
 * each of outputs that is JSON goes through the same. AppArmor text goes through apparmor_parser where it is
 * installed; its emitter has asked it about everything recorded. */
int emit_prove(const struct emit_input *input, const struct emit_outputs *outputs, struct err *err);
