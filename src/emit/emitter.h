/*
 * The formats a profile can be written in, as one table.
 *
 * Adding a format is a file with a function of type emit_function and a row in emitter.c. Whoever
 * offers formats (`--format`, help, completions) walks the table and names none of them itself.
 */
#pragma once

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "emit/fitting.h"
#include "model/apparmor_policy.h"
#include "model/profile.h"
#include "model/seccomp_policy.h"

/* What an emitter may draw on. All borrowed. An emitter states which members it needs in its row. */
struct emit_input {
    const struct profile *profile;                /* for provenance; NULL when there is none */
    const struct seccomp_policy *seccomp;         /* NULL when no seccomp policy was derived */
    const struct apparmor_policy *apparmor;       /* NULL when no AppArmor policy was derived */
    const struct seccomp_context *context;        /* the target, for formats that resolve includes; NULL: this
                                                     machine, no capabilities, the newest kernel */
    const struct fitting *fitting;                /* NULL when nothing is to be fitted */
    const char *name;                             /* of the profile, as AppArmor and comments call it */
};

/* Appends the artefact to out, which is unspecified on failure. */
typedef int emit_function(const struct emit_input *input, struct buf *out, struct err *err);

/* Asks an artefact, read back from its bytes, whether it does what it is for. */
typedef int emit_check_function(const struct emit_input *input, const struct buf *bytes, struct err *err);

enum emit_need { EMIT_NEEDS_SECCOMP = 1 << 0, EMIT_NEEDS_APPARMOR = 1 << 1, EMIT_NEEDS_FITTING = 1 << 2 };

struct emitter {
    const char *name;      /* as --format takes it: "seccomp" */
    const char *file_name; /* written to when the user names none */
    const char *summary;   /* one line for help, no full stop */
    unsigned needs;        /* enum emit_need */
    emit_function *emit;
    emit_check_function *check; /* NULL: by its form, AppArmor text or JSON */
};

extern const struct emitter emitters[];
extern const size_t emitter_count;
/* The names in the same order, ended by NULL: what help and completions offer. */
extern const char *const emitter_names[];

/* NULL when no format has that name. */
const struct emitter *emitter_by_name(const char *name);
