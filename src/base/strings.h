/*
 * Short lists of owned strings, kept as a pointer and a count inside a larger struct.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Appends a copy of text. The array grows by doubling, so its capacity need not be kept. */
void strings_add(char ***items, size_t *count, const char *text);
/* Appends what commas part; of an empty text one empty string. */
void strings_add_listed(char ***items, size_t *count, const char *text);
/* Frees every string and the array, and leaves the list empty. */
void strings_free(char ***items, size_t *count);
/* In the order of their bytes, each once. */
void strings_sort(char **items, size_t *count);
bool strings_contain(char *const *items, size_t count, const char *text);
