/*
 * What `profgen emit` says on standard error about the profile it made.
 */
#pragma once

#include "cli/emit_output.h"
#include "model/saturation.h"

void emit_summary(const struct emit_input *input, const struct emit_outputs *outputs,
                  const struct saturation *saturation);
