/*
 * Why a file could not be read, in words that stand behind its name and so do not say it again.
 */
#pragma once

#include <stdint.h>

#include "base/arena.h"

struct reason {
    const char *words; /* of the arena, plain */
    uint32_t line, column; /* 0: of the whole file */
};

/* From the sentence of a reader, "NAME:LINE:COLUMN: words" or "cannot read NAME: words"; name as the reader was given it. */
struct reason reason_of(struct arena *arena, const char *name, const char *sentence);
