/*
 * The container of a manifest that an artefact is to fit, found with the auditor's readers.
 */
#pragma once

#include "audit/source.h"
#include "emit/target.h"

struct manifest_wish {
    const char *path;
    const char *workload;  /* "Deployment", "CronJob/clean", "clean"; NULL: any */
    const char *container; /* NULL: any */
    bool compose;          /* a service of a Compose file is wanted, too or alone */
    bool kubernetes;
    const char *replaced;  /* a file that is about to be written; NULL */
};

/* Fills what a manifest says of the target: kind, name, container, mounts, volumes. All of it lives in the arena and in
 * source. -EINVAL when there is not just one container that the wish fits. */
int manifest_read(const struct manifest_wish *wish, struct arena *arena, struct source *source, struct emit_target *ret,
                  struct err *err);
