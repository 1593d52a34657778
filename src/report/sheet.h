/*
 * A page of text for people: headings, and rows of a label and what there is to say about it.
 *
 * Text is wrapped at width, colour is used only when asked for. Bytes from a workload must have
 * been through text_escape.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct sheet {
    FILE *out;
    bool color;
    unsigned width;
};

enum paint { PAINT_NONE, PAINT_BOLD, PAINT_RED, PAINT_YELLOW, PAINT_GREEN };

/* An empty line, then the text in bold. */
void sheet_heading(const struct sheet *sheet, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "  LABEL   TEXT", the text at column and wrapped there. */
void sheet_row(const struct sheet *sheet, enum paint paint, const char *label, size_t column, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* A line that is not wrapped: a path stays in one piece. */
void sheet_line(const struct sheet *sheet, const char *format, ...) __attribute__((format(printf, 2, 3)));
