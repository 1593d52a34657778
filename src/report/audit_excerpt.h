/*
 * The line of a file that a finding is about, as a terminal can show it, and the marks below the offending part.
 */
#pragma once

#include "base/buf.h"
#include "model/finding.h"

/*
 * Appends the line, escaped and at most width columns wide (of at least 20), cut with "..." around the offending part
 * when it is longer, and below it "^^^^", which is empty when the finding has no column. There must be a line
 * (audit_line_of).
 */
void audit_excerpt(const struct finding *finding, size_t width, struct buf *line, struct buf *marks);
