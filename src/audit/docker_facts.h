/*
 * What Compose, `docker inspect` and `podman inspect` say with the same words, made into facts (subject.h).
 *
 * Every function takes the map to put into and does nothing for a value that is absent or makes no sense, so that
 * a collector is a list of calls.
 */
#pragma once

#include "audit/collect.h"

/* A scalar as text; an empty one says nothing. */
void docker_put_text(struct arena *arena, struct node *map, const char *key, const struct node *value);
/* A list's scalars as a list of texts; a scalar as a list of one. */
void docker_put_texts(struct arena *arena, struct node *map, const char *key, const struct node *list);
/* True for a bool, and for text that Compose casts to one where it wants one ("true", "yes", "on", "1" …). */
bool docker_bool(const struct node *value, bool *ret);
void docker_put_bool(struct arena *arena, struct node *map, const char *key, const struct node *value);
void docker_put_int(struct arena *arena, struct node *map, const char *key, const struct node *value);
/* A size, such as 512m; with unlimited also -1, otherwise only what is above 0. */
void docker_put_bytes(struct arena *arena, struct node *map, const char *key, const struct node *value, bool unlimited);
/* The map at key, made when it is not there yet. */
struct node *docker_map_at(struct arena *arena, struct node *map, const char *key, const struct node *where);
struct node *docker_list_at(struct arena *arena, struct node *map, const char *key, const struct node *where);

/* "1000:1000", "root", "app:www". */
void docker_put_user(struct arena *arena, struct node *facts, const struct node *user);
/* namespaces.KEY from a mode: "host", "private", "container:X", "service:X", "shareable", "none" …. */
void docker_put_namespace(struct arena *arena, struct node *facts, const char *key, const struct node *mode);
/* add and drop are lists or NULL; where is the container. */
void docker_put_capabilities(struct arena *arena, struct node *facts, const struct node *add, const struct node *drop,
                             const char *engine, bool privileged, const struct node *where);
/* security_opt, and what it says: seccomp, apparmor, selinux, proc_mount, no_new_privileges. */
void docker_put_security(struct arena *arena, struct node *facts, const struct node *list);
/* "host:ip" or "host=ip"; a list or a map. */
void docker_put_hosts(struct arena *arena, struct node *facts, const struct node *hosts);
/* A list of NAME=VALUE and NAME, or a map, as [ { name, value } ] appended to key. */
void docker_put_pairs(struct arena *arena, struct node *facts, const char *key, const struct node *pairs);
/* A map, or a list of NAME=VALUE, as a map of texts. */
void docker_put_labels(struct arena *arena, struct node *facts, const char *key, const struct node *labels);
/* "/run": "size=64m", or "/run:size=64m", into mounts. */
void docker_put_tmpfs(struct arena *arena, struct node *facts, const char *target, const char *options,
                      const struct node *where);

struct docker_mount {
    const char *kind;   /* "bind", "volume", "tmpfs", … */
    const char *source; /* NULL where there is none */
    const char *target;
    const char *propagation;
    const char *options; /* as written */
    const char *host;    /* the host's directory behind it, when there is one */
    const char *volume;  /* the name of the volume that stands for it, or NULL */
    bool read_only;
};
/* Into mounts and, when host is set, host_paths. */
void docker_put_mount(struct arena *arena, struct node *facts, const struct docker_mount *mount,
                      const struct node *where);
/* Takes "ro,z,rshared" into a mount. */
void docker_mount_options(struct arena *arena, const char *options, struct docker_mount *mount);
/* "/dev/a:/dev/b:rwm", or a CDI name. */
void docker_put_device(struct arena *arena, struct node *facts, const struct node *text);
/* Graphics cards and the like: "gpu:all", "gpu:2" or the ids, into devices. Absent count and ids mean all. */
void docker_put_device_request(struct arena *arena, struct node *facts, const struct node *count,
                               const struct node *ids, const struct node *where);

struct docker_cpu {
    const struct node *quota, *period; /* microseconds */
    const struct node *shares;         /* a weight: 1024 is one processor's, as Kubernetes counts */
    const struct node *set;            /* "0-3,5": as many processors are a limit too */
};
/* Into cpu { request, limit }, where these are not set already. */
void docker_put_cpu(struct arena *arena, struct node *facts, const struct docker_cpu *cpu);
/* ephemeral_storage { limit }. */
void docker_put_storage(struct arena *arena, struct node *facts, const struct node *size);
/* 0 and -1 are unlimited. */
void docker_put_pids(struct arena *arena, struct node *facts, const struct node *limit);
/* A health check's command, without the CMD before it, into commands. */
void docker_put_test(struct arena *arena, struct node *facts, const struct node *test);
/* "on-failure:5" as restart { policy, max_attempts }. */
void docker_put_restart(struct arena *arena, struct node *facts, const struct node *policy);
