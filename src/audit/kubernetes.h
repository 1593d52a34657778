/*
 * Kubernetes objects: what the files kubernetes*.c know of each other.
 *
 * One pass over each object: kubernetes.c finds the objects of a document, kubernetes_shape.c the pods in objects whose kind
 * nobody knows, kubernetes_pod.c and kubernetes_container.c make facts of a pod, kubernetes_cluster.c tells the
 * context what other files need. Wrong types anywhere are nothing: they give no fact.
 */
#pragma once

#include "audit/collect.h"

/* One document on its way. */
struct kubernetes_walk {
    struct collector *collector;
    struct arena *arena;
    const struct node *default_capabilities; /* of containers that say nothing of them; made when first needed */
    size_t arena_limit;                      /* no facts are made beyond it */
    bool full;                               /* it is reached, and said so */
    bool offering;                           /* only the profiles in objects are looked for */
};

struct kubernetes_object {
    struct kubernetes_walk *walk;
    const struct node *root;
    const struct node *metadata; /* NULL when it is no map */
    const char *api_version;     /* never NULL */
    struct finding_subject names; /* kind is never NULL */
};

/* Where a pod stands in an object. */
struct kubernetes_template {
    const struct node *metadata; /* of the template, not of the object; NULL when there is none */
    const struct node *labelled; /* whose labels and annotations the pod gets; may be NULL */
    const struct node *spec;     /* a map; a derived one where the object has the parts of a pod, not a pod */
};

/* The part of the API version before the slash, "" for the core group. */
bool kubernetes_group_is(const struct kubernetes_object *object, const char *group);
/* The same, or a group below it: "tekton.dev" and "x.tekton.dev". */
bool kubernetes_group_ends(const struct kubernetes_object *object, const char *group);

/* Whether anything more can be taken; says so once when not. */
bool kubernetes_has_room(struct kubernetes_walk *walk, const struct node *where);

/* kubernetes_pod.c: the subjects of one pod. */
void kubernetes_pod(const struct kubernetes_object *object, const struct kubernetes_template *template);
/* kubernetes_shape.c: of every pod in the object; how many there were. */
size_t kubernetes_shape(const struct kubernetes_object *object);
/* kubernetes_steps.c: a pod made of the `steps` of a Tekton task, or of the `container` of an Argo workflow's template. */
const struct node *kubernetes_steps(const struct kubernetes_object *object, const struct node *task);
/* kubernetes_spark.c: a pod made of the `driver` or the `executor` of a Spark application. */
const struct node *kubernetes_spark(const struct kubernetes_object *object, const struct node *part,
                                    const struct node *application);

/* kubernetes_cluster.c: what the cluster has, for the context and as subjects. */
void kubernetes_runtime_class(const struct kubernetes_object *object);
void kubernetes_namespace(const struct kubernetes_object *object);
void kubernetes_plain_object(const struct kubernetes_object *object);
/* kubernetes_context.c: the same for objects that are plain ones besides. */
void kubernetes_limit_range(const struct kubernetes_object *object);
void kubernetes_resource_quota(const struct kubernetes_object *object);
void kubernetes_network_policy(const struct kubernetes_object *object);
void kubernetes_service_account(const struct kubernetes_object *object);
/* kubernetes_profiles.c: the profiles in an object, onto the file's shelf and into the context; and those of it that lie there as subjects. */
void kubernetes_offer_config_map(const struct kubernetes_object *object);
void kubernetes_offer_seccomp_profile(const struct kubernetes_object *object);
void kubernetes_offer_apparmor_profile(const struct kubernetes_object *object);
void kubernetes_judge_profiles(const struct kubernetes_object *object);

/* ---- walking: the first of a list's items or of a map's entries; nothing for any other node ----- */

static inline const struct node *kubernetes_items(const struct node *list)
{
    return list && list->kind == NODE_LIST ? list->first : NULL;
}

static inline const struct node *kubernetes_entries(const struct node *map)
{
    return map && map->kind == NODE_MAP ? map->first : NULL;
}

/* ---- putting facts together (kubernetes_put.c); all do nothing when the node is not of the right kind ----- */

/* A text that is not empty; any scalar has one. */
const char *kubernetes_text(const struct node *node);
void kubernetes_put_text(struct arena *arena, struct node *map, const char *key, const struct node *text);
void kubernetes_put_bool(struct arena *arena, struct node *map, const char *key, const struct node *boolean);
void kubernetes_put_int(struct arena *arena, struct node *map, const char *key, const struct node *integer);
/* A constant, which stands nowhere. */
void kubernetes_put_word(struct arena *arena, struct node *map, const char *key, const char *word);
/* The scalars of a map. */
void kubernetes_put_texts(struct arena *arena, struct node *map, const char *key, const struct node *texts);
/* The node itself, whatever it is; nothing for NULL. */
void kubernetes_put_node(struct arena *arena, struct node *map, const char *key, const struct node *node);
/* The list at key, made when it is not there yet: *list is NULL then. */
struct node *kubernetes_list(struct arena *arena, struct node *map, const char *key, const struct node *where,
                             struct node **list);

/* What all subjects of an object share: format, raw, object. */
struct subject kubernetes_subject(const struct kubernetes_object *object, enum subject_kind kind, struct node *facts,
                                  const struct node *where);
