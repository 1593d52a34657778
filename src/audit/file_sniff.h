/*
 * Is a file that was come upon in a directory worth reading? A source tree is mostly not configuration.
 */
#pragma once

#include <stdbool.h>

#include "audit/source.h"

/* Why a file need not be read whole, from its name and first bytes: it is binary, or far too large for a file of its name. NULL: read it. */
const char *file_sniff(const char *path);
/* Does it hold words that only configuration has? */
bool file_reads_audited(const struct source *source);
/* After reading failed: does it look like something that an audit should have seen? Its name ends as configuration does, or it holds
 * such words. */
bool file_looks_audited(const struct source *source);
