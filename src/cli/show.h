/*
 * What profgen show is asked for, and the part of it that is about profiles.
 */
#pragma once

#include <stddef.h>

#include "cli/diff_input.h"

enum show_format { SHOW_TEXT, SHOW_JSON, SHOW_SECCOMP, SHOW_APPARMOR };

struct show {
    bool syscalls;
    bool paths;
    enum show_format format;
    const char *capabilities; /* as typed */
    char **engines;           /* whose defaults are shown; owned */
    size_t engine_count;
    char *const *files;
    size_t file_count;
};

/* inputs: what the files hold, each a profile. Returns the exit status, having said what is wrong. */
int show_profiles(const struct show *show, const struct diff_input *inputs);
