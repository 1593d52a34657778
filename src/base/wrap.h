/*
 * Text laid out between two columns.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

/* Writes the words of text, length bytes of it, in lines that end before column width. The first line
 * starts where the cursor is, at column at; the others are indented by indent. No newline at the end. */
void wrap_words(FILE *out, const char *text, size_t length, size_t at, size_t indent, size_t width);

/* Writes paragraphs, which empty lines part. A line that begins with a space is kept as it is, the
 * others are filled up to width. Ends with a newline. */
void wrap_paragraphs(FILE *out, const char *text, size_t width);
