/*
 * What an artefact says about where it comes from, and the mark by which it is known again.
 *
 * The mark is a checksum of the artefact's own bytes: a file whose mark is right was written by
 * profgen and not touched since, so that it may be replaced without asking. It guards against
 * mistakes, not against forgery.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "model/recording.h"

/* Stands in an artefact until provenance_stamp puts the checksum there. */
#define PROVENANCE_MARK "profgen-mark:0000000000000000"

/* One line of printable text: the program's version, the mark, and for each run the command, kernel, libc
 * and whether it was complete. */
void provenance_describe(const struct recording *recording, struct buf *out);
/* Why the recording is incomplete, "2 losses (io-uring, path)" or "a run had not ended"; empty when complete. */
void provenance_losses(const struct recording *recording, struct buf *out);

/* Puts the checksum into the first mark; false when there is no mark. */
bool provenance_stamp(struct buf *artefact);
enum provenance_state {
    PROVENANCE_NONE,    /* no mark: not known to come from profgen */
    PROVENANCE_CHANGED, /* written by profgen and changed since */
    PROVENANCE_INTACT
};
enum provenance_state provenance_state(const char *bytes, size_t length);
