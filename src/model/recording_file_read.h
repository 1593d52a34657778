/*
 * What the two halves of the recording reader share. Private to recording_file_read*.c.
 *
 * The context of the json_source is the recording being filled.
 */
#pragma once

#include "base/json_at.h"

/* Text with \xHH undone, interned; into is a uint32_t string number. */
int recording_read_string(const struct json_at *at, void *into);
/* A number, or "0x…" for one that JSON readers would round; into is a uint64_t. */
int recording_read_value(const struct json_at *at, void *into);
/* The array of images with their system calls; into is the recording. */
int recording_read_images(const struct json_at *at, void *into);
