/*
 * A pod on its way from its spec to facts: what its containers share, looked up once.
 */
#pragma once

#include "audit/kubernetes.h"

/* Nodes by name, sorted, so that ten thousand mounts find their volumes quickly whatever their names are. */
struct kubernetes_named {
    const char *name;
    size_t order; /* of two with the same name the first counts */
    void *item;
};
struct kubernetes_index {
    struct kubernetes_named *items;
    size_t count;
};
void kubernetes_index_sort(struct kubernetes_index *index);
void *kubernetes_index_find(const struct kubernetes_index *index, const char *name);

struct kubernetes_volume {
    const struct node *node;
    const struct node *source; /* the entry that says its kind; NULL: none, which makes it an emptyDir */
    const char *kind;
    const char *host_path;     /* normalised; NULL when it is no hostPath with a path */
    /* What containers do with it. */
    const struct node *mount;       /* the first */
    const struct node *writable;    /* the first that may write */
    const struct node *propagation; /* the strongest */
};

/* What a container has of its own or from its pod. */
enum kubernetes_inherited {
    KUBERNETES_USER,
    KUBERNETES_GROUP,
    KUBERNETES_NON_ROOT,
    KUBERNETES_SELINUX,
    KUBERNETES_SECCOMP,
    KUBERNETES_APPARMOR,
    KUBERNETES_INHERITED_COUNT
};

struct kubernetes_pod {
    const struct kubernetes_object *object;
    const struct kubernetes_template *template;
    struct arena *arena;
    const struct node *spec;
    const struct node *security;    /* spec.securityContext */
    const struct node *inherited[KUBERNETES_INHERITED_COUNT]; /* what stands in it */
    const struct node *annotations; /* of the template */
    struct kubernetes_index volumes;  /* items: struct kubernetes_volume */
    struct kubernetes_volume *volume_list;
    size_t volume_count;
    struct kubernetes_index apparmor; /* of containers by annotation; items: struct node */
    const struct node *windows_host_process; /* the first of any container */
    const struct node *facts;                /* the pod's, as containers carry them */
};

/* The three lists of containers, in the order in which they matter. */
struct kubernetes_role {
    const char *list, *role;
};
enum { KUBERNETES_ROLES = 3 };
extern const struct kubernetes_role kubernetes_roles[KUBERNETES_ROLES];

/* kubernetes_volume.c: reads spec.volumes and joins them with all mounts. */
void kubernetes_volumes_read(struct kubernetes_pod *pod);
void kubernetes_put_volumes(const struct kubernetes_pod *pod, struct node *facts);
void kubernetes_put_mounts(const struct kubernetes_pod *pod, const struct node *container, struct node *facts);

/* kubernetes_security.c: settings that a container has of its own or from its pod. */
void kubernetes_security_read(struct kubernetes_pod *pod);
/* name is the container's; may be NULL. */
void kubernetes_put_security(const struct kubernetes_pod *pod, const struct node *context, const char *name,
                             struct node *facts);
void kubernetes_put_selinux(const struct kubernetes_pod *pod, const struct node *context, struct node *facts);
void kubernetes_put_groups(const struct kubernetes_pod *pod, struct node *facts);

/* kubernetes_resource.c: of a container or, since 1.32, of a pod. */
void kubernetes_put_resources(struct arena *arena, const struct node *resources, struct node *facts);

/* kubernetes_container.c: the facts of one container. */
struct node *kubernetes_container(const struct kubernetes_pod *pod, const struct node *container, const char *role);
/* kubernetes_command.c: what it runs and is told. */
void kubernetes_put_commands(struct arena *arena, const struct node *container, struct node *facts);
void kubernetes_put_environment(struct arena *arena, const struct node *container, struct node *facts);
