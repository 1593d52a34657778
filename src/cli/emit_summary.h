/*
 * What `profgen emit` says on standard error about the profile it made.
 */
#pragma once

#include "emit/emitter.h"
#include "model/saturation.h"

void emit_summary(const struct profile *profile, const struct saturation *saturation);
