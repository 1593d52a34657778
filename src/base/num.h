/*
 * Integers read strictly: the whole text, no sign or blank in front, within bounds.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Decimal, or hexadecimal behind 0x. False when text is anything else or exceeds max. */
bool num_parse_u64(const char *text, uint64_t max, uint64_t *ret_value);
/* A duration such as 90, 90s, 500ms, 2m, 1h, in nanoseconds. False when malformed or above 10 years. */
bool num_parse_duration(const char *text, uint64_t *ret_nanoseconds);
