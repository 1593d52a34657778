/*
 * A recording as text: a summary for people, and two plain lists for programs.
 */
#pragma once

#include <stdio.h>

#include "model/recording.h"
#include "report/sheet.h"

/* First what was run and whether all of it was seen, then what matters most. */
void recording_text_summary(const struct recording *recording, const struct sheet *sheet);
/* One "ABI NAME" a line, each once, sorted as bytes. */
void recording_text_syscalls(const struct recording *recording, FILE *out);
/* One "ACCESS PATH" a line, each path once, sorted; ACCESS is names joined by commas, PATH is escaped. */
void recording_text_paths(const struct recording *recording, FILE *out);
