/*
 * Two recordings compared by what was done: calls per ABI, paths with their accesses, capabilities, sockets, addresses,
 * mounts and what else is a fact. How often and by whom does not count.
 */
#pragma once

#include "model/diff.h"
#include "model/recording.h"

struct diff *recording_diff(const struct recording *a, const struct recording *b);
