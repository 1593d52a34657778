/*
 * Bytes taken line by line, without copying.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lines {
    const char *at, *end;
    uint32_t number;  /* of the line below, from 1; 0 before the first */
    const char *text; /* without its end (LF or CR LF); no NUL behind it */
    size_t length;
};

/* A byte order mark of UTF-8 in front is passed over. */
struct lines lines_of(const char *bytes, size_t length);
/* False when there is no further line. */
bool lines_next(struct lines *lines);
/* How many blanks (spaces and tabs) the text begins with. */
size_t lines_blanks(const char *text, size_t length);
/* The length without the blanks at the end. */
size_t lines_trimmed(const char *text, size_t length);
