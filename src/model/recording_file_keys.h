/*
 * The spellings that the writer and the reader of recording files share. Private to
 * recording_file_*.c in this directory.
 */
#pragma once

#include <stddef.h>

#include "model/recording.h"

/* The key of successful calls in "results"; the others are errno names. */
#define RESULT_SUCCESS "ok"

/* The greatest whole number that every JSON reader keeps exactly; larger ones stand as "0x…". */
#define JSON_EXACT_MAX (UINT64_C(1) << 53)

static const char *const recording_phase_keys[PHASE_COUNT] = {
    [PHASE_STARTUP] = "startup", [PHASE_SERVING] = "serving"};

static const char *const recording_arg_keys[] = {"0", "1", "2", "3", "4", "5", NULL};

struct resource_key {
    const char *key;
    size_t offset; /* of a uint64_t in struct resources */
};

static const struct resource_key recording_resource_keys[] = {
    {"peak_memory_bytes", offsetof(struct resources, peak_memory_bytes)},
    {"total_memory_bytes", offsetof(struct resources, total_memory_bytes)},
    {"cpu_user_ns", offsetof(struct resources, cpu_user_ns)},
    {"cpu_system_ns", offsetof(struct resources, cpu_system_ns)},
    {"peak_processes", offsetof(struct resources, peak_processes)},
    {"peak_threads", offsetof(struct resources, peak_threads)},
    {"total_processes", offsetof(struct resources, total_processes)},
    {"peak_open_files", offsetof(struct resources, peak_open_files)},
    {"read_bytes", offsetof(struct resources, read_bytes)},
    {"written_bytes", offsetof(struct resources, written_bytes)},
    {NULL, 0},
};

static inline uint64_t *resource_slot(struct resources *resources, const struct resource_key *key)
{
    return (uint64_t *)(void *)((char *)resources + key->offset);
}
