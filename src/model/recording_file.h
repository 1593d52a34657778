/*
 * The recording's file form: JSON, "schema": "profgen-recording/1" (man/profgen-recording.5).
 *
 * It round-trips any byte a path can hold (base/text.h's escaping). Reading is strict: a foreign
 * schema, an unknown name, a reference to an image that is not there, or a number out of range is
 * one sentence with the place in it, and nothing is returned.
 * Limits: RECORDING_BYTES_MAX bytes, 1,000,000 paths, 100,000 images, JSON nesting per base/json_in.h.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "model/recording.h"

#define RECORDING_SCHEMA "profgen-recording/1"
/* Where a recording is unless said otherwise. */
#define RECORDING_DEFAULT_PATH "profgen-recording.json"
#define RECORDING_BYTES_MAX (512u << 20)

/* Appends the JSON text. The same recording always gives the same bytes. */
void recording_write(const struct recording *recording, struct buf *out);
/* name is what error sentences call the input. */
int recording_parse(const char *name, const char *bytes, size_t length, struct recording **ret, struct err *err);
/* path may be "-". */
int recording_read(const char *path, struct recording **ret, struct err *err);
