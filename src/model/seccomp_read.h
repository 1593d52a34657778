/*
 * What the readers of seccomp JSON share: typed access to the members of an object, with sentences
 * that name the file and the place.
 *
 * Absent and null mean the same, as they do to the Go and C runtimes that read these files.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/seccomp_policy.h"

struct seccomp_reader {
    const char *name; /* of the input */
    char where[64];   /* the object being read: "", "syscalls[3]", "syscalls[3].args[0]" */
    bool is_oci;      /* a runtime's config.json: only the keys of the OCI specification count */
    struct err *err;
};

/* "NAME: WHERE.KEY: " and the rest; key may be NULL. Returns -EINVAL. */
int seccomp_refuse(const struct seccomp_reader *reader, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The member; NULL when absent or null. */
const json_t *seccomp_member(const json_t *object, const char *key);
/* ret_text is borrowed, NULL when absent. */
int seccomp_read_text(const struct seccomp_reader *reader, const json_t *object, const char *key,
                      const char **ret_text);
/* ret_value keeps its value when absent; ret_present may be NULL. */
int seccomp_read_u64(const struct seccomp_reader *reader, const json_t *object, const char *key, uint64_t max,
                     uint64_t *ret_value, bool *ret_present);
/* An array or object, NULL when absent. */
int seccomp_read_array(const struct seccomp_reader *reader, const json_t *object, const char *key,
                       const json_t **ret_array);
int seccomp_read_object(const struct seccomp_reader *reader, const json_t *object, const char *key,
                        const json_t **ret_object);
/* Appends the strings of an array. */
int seccomp_read_strings(const struct seccomp_reader *reader, const json_t *object, const char *key,
                         char ***items, size_t *count);
/* An errno: a number under number_key, or a name or number as text under name_key (Podman), which wins.
 * ret_errno keeps its value when both are absent. */
int seccomp_read_errno(const struct seccomp_reader *reader, const json_t *object, const char *number_key,
                       const char *name_key, int *ret_errno);
int seccomp_read_action(const struct seccomp_reader *reader, const json_t *object, const char *key,
                        enum seccomp_action *ret_action);

/* Parses the bytes. The integers of these files are unsigned 64-bit, which jansson's are not: the ones
 * beyond its reach come as marked strings that seccomp_read_u64 understands. */
int seccomp_read_json(const struct seccomp_reader *reader, const char *bytes, size_t length, json_t **ret);

/* Reads one element of "syscalls" into a rule of policy (seccomp_rule_file.c). */
int seccomp_rule_read(struct seccomp_reader *reader, const json_t *object, struct seccomp_policy *policy);
