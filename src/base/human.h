/*
 * Numbers as people read them: 1,234,567; 12.3 MiB; 850 ms.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define HUMAN_MAX 48

/* Each writes into buffer and returns it. */
const char *human_count(uint64_t count, char buffer[static HUMAN_MAX]);
const char *human_bytes(uint64_t bytes, char buffer[static HUMAN_MAX]);
const char *human_duration(uint64_t nanoseconds, char buffer[static HUMAN_MAX]);
/* "2026-11-22 07:51:55 UTC" */
const char *human_time(int64_t seconds, char buffer[static HUMAN_MAX]);
/* "1 path", "2 paths", "1,000 paths" */
const char *human_plural(uint64_t count, const char *one, const char *many, char buffer[static HUMAN_MAX]);
