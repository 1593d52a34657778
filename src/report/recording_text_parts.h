/*
 * The parts of the summary of a recording. Private to recording_text*.c.
 */
#pragma once

#include "base/buf.h"
#include "model/recording.h"
#include "report/sheet.h"

/* A list in the summary ends after this many rows and says how many more there are. */
enum { SUMMARY_ROWS = 20 };

/* The string escaped, nothing for STRING_NONE. */
void summary_string(struct buf *out, const struct recording *recording, uint32_t string);
/* "  and 12 more: HINT", when there are more than were shown. */
void summary_more(const struct sheet *sheet, size_t total, size_t shown, const char *hint);

void summary_runs(const struct recording *recording, const struct sheet *sheet);
void summary_losses(const struct recording *recording, const struct sheet *sheet);
void summary_resources(const struct recording *recording, const struct sheet *sheet);
void summary_programs(const struct recording *recording, const struct sheet *sheet);
void summary_calls(const struct recording *recording, const struct sheet *sheet);
void summary_capabilities(const struct recording *recording, const struct sheet *sheet);
void summary_facts(const struct recording *recording, const struct sheet *sheet);
void summary_paths(const struct recording *recording, const struct sheet *sheet);
