/*
 * What the two parts of the recording reader share. Private to recording_file_read*.c.
 *
 * The context of the json_source is the recording being filled.
 */
#pragma once

#include "base/json_at.h"

/* Text with \xHH undone, interned; into is a uint32_t string number. */
int recording_read_string(const struct json_at *at, void *into);
/* A number, or "0x…" for one that JSON readers would round; into is a uint64_t. */
int recording_read_value(const struct json_at *at, void *into);
/* The arrays of images with their system calls, of facts and of paths; into is the recording. Facts and
 * paths name images, which must have been read before. */
int recording_read_images(const struct json_at *at, void *into);
int recording_read_facts(const struct json_at *at, void *into);
int recording_read_paths(const struct json_at *at, void *into);
