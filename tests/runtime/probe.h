/*
 * An attack probe: one thing that a confined program tries and must be refused.
 *
 * Each is harmless where nothing refuses it, and tells reaching the kernel function from being refused: it either
 * succeeds or fails with an errno that only the function itself gives ("reached").
 */
#pragma once

#include <stddef.h>

enum { PROBE_REACHED_MAX = 4 };

struct probe {
    const char *name;
    const char *layer;   /* "seccomp": a filter can refuse it; "files": only path rules can */
    const char *syscall; /* the call that is made; "-" for the files layer, where a path decides */
    int by_argument;       /* the call is an ordinary one; only its arguments make the attack */
    long (*attempt)(void); /* 0 or more when it worked, else a negative errno */
    int reached[PROBE_REACHED_MAX]; /* errnos that the kernel function gives once it runs; 0 ends the list */
};

extern const struct probe probe_calls[];
extern const size_t probe_call_count;
extern const struct probe probe_files[];
extern const size_t probe_file_count;
