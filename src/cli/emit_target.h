/*
 * What `profgen emit` fits to: the container that the command line names, or that a manifest holds, and what
 * the recording says it needs.
 */
#pragma once

#include "audit/source.h"
#include "cli/emit_output.h"
#include "model/recording.h"

/* As the command line has it; borrowed. */
struct emit_target_options {
    const char *container;     /* NULL: the manifest's only one, or the program's name */
    const char *workload;      /* "Deployment", "CronJob/clean"; NULL: the manifest's only one, or a Deployment */
    const char *manifest;      /* NULL: none */
    const char *runtime_class; /* NULL: what the advice says, where it says more than plain runc */
    unsigned margin;
};

struct emit_target_made {
    struct emit_target target;
    struct workload_needs *needs;
    struct fitting *fitting;
    /* What they are made of. */
    struct arena *arena;
    struct source source;
    struct advice *advice;
};

void emit_target_done(struct emit_target_made *made);
#define AUTO_EMIT_TARGET __attribute__((cleanup(emit_target_done)))

/* Of the formats that are asked for, names the files; name is the profile's. -EINVAL with a sentence when the manifest cannot be
 * read or holds no such container, or more than one that could be meant. */
int emit_target_make(const struct emit_target_options *options, const struct recording *recording,
                     const struct emit_outputs *outputs, const char *name, struct emit_target_made *ret, struct err *err);
