/*
 * The recordings that a command is given, united.
 */
#pragma once

#include <stddef.h>

#include "base/err.h"

#include "model/recording.h"
#include "model/saturation.h"

/* Reads RECORDING_DEFAULT_PATH when count is 0. saturation may be NULL. */
int recordings_read(char *const *paths, size_t count, struct saturation *ret_saturation, struct recording **ret,
                    struct err *err);
/* A recording may be replaced by a recording; anything else is somebody's work: -EEXIST, with a sentence that names
 * --force. */
int recordings_check_output(const char *path, struct err *err);
