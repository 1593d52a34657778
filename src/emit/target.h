/*
 * What an artefact for an orchestrator is for: one container of a workload, as far as that is known.
 *
 * Without a manifest it is a container of that name in a workload of that kind, alone in its pod, with nothing mounted.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* A kind of workload that Kubernetes itself has, so that a strategic merge knows its lists. */
struct workload_kind {
    const char *name;        /* "CronJob" */
    const char *api_version; /* "batch/v1" */
    const char *template;    /* where the pod template is, with dots between; "" for the object itself */
};
extern const struct workload_kind workload_kinds[];
extern const size_t workload_kind_count;
/* The names in the same order, ended by NULL. */
extern const char *const workload_kind_names[];
/* NULL when there is none of that name. */
const struct workload_kind *workload_kind_find(const char *name);

struct target_mount {
    const char *path; /* absolute, normalised */
    bool read_only;
};

/* All borrowed. */
struct emit_target {
    const struct workload_kind *kind;
    const char *name, *namespace_; /* of the workload; NULL when not known */
    const char *container;         /* of a Compose file: the service */
    bool is_init;                  /* one of initContainers */
    bool has_neighbours;           /* the pod has other containers, which the recording says nothing of */
    const char *manifest;          /* where this was read; NULL: nowhere */
    const struct target_mount *mounts;
    size_t mount_count;
    const char *const *volumes; /* names of the pod's that are taken */
    size_t volume_count;
    bool host_network, host_pid, host_ipc; /* the manifest asks for them */
    const char *runtime_class;     /* NULL: none is named */
    const char *runtime_class_why;
    bool runtime_class_asked;      /* by the user */
    bool by_operator;              /* the operator installs the profiles */
    const char *seccomp_file;      /* where the profile lies beside the artefact, "seccomp.json" */
    const char *seccomp_profile;   /* its name below the kubelet's seccomp directory, "profiles/NAME.json" */
};

/* An RFC 1123 subdomain: labels (base/label.h) parted by dots. */
bool target_is_subdomain(const char *name);
/* A name that can be a file's in any directory. */
bool target_is_path_part(const char *name);
/* -EINVAL with a sentence. what is what the sentence calls the name. */
int target_check_label(const char *what, const char *name, struct err *err);
int target_check_service(const char *name, struct err *err);
