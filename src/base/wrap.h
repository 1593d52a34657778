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

/* Writes lines that are kept as they are, because they can be pasted, but fills a paragraph anew when it is prose: it
 * begins like a sentence, with a capital letter and a small one (or "A " and one), none of its lines is indented, and one does not fit. All
 * but the first line, for which the cursor stands there already, begin at column indent. Ends with a newline. */
void wrap_lines(FILE *out, const char *text, size_t indent, size_t width);
