/*
 * Pod Security checks of seccomp and AppArmor profiles: fields, and the annotations that came before them.
 */
#include <string.h>

#include "audit/pss_run.h"

/* The last minor whose seccomp check reads annotations instead of fields. */
enum { SECCOMP_ANNOTATIONS_LAST = 18 };

#define APP_ARMOR_ANNOTATION "container.apparmor.security.beta.kubernetes.io/"
#define SECCOMP_POD_ANNOTATION "seccomp.security.alpha.kubernetes.io/pod"
#define SECCOMP_CONTAINER_ANNOTATION "container.seccomp.security.alpha.kubernetes.io/"

static bool begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* ---- fields ------------------------------------------------------------------------------------------- */

/* Who names a profile of a type that is not allowed, and which types. */
struct bad_profiles {
    bool pod;
    struct pss_words containers;
    struct pss_words types;
};

static bool is_good_type(const struct node *profile)
{
    const struct node *type = node_get(profile, "type");
    return node_is_text(type, "RuntimeDefault") || node_is_text(type, "Localhost");
}

/* Looks at one securityContext; false when its profile is set and bad. */
static bool visit_profile(struct pss_run *run, const struct pss_container *container, const char *key,
                          struct pss_words *types)
{
    const struct node *profile = node_get(container ? container->security : run->security, key);
    if (!profile || is_good_type(profile))
        return true;
    const struct node *type = node_get(profile, "type");
    const char *text = pss_item_text(type);
    pss_words_add(run, types, text);
    if (text[0])
        pss_report(run, type, container, "sets %s.type to \"%s\"", key, text);
    else
        pss_report(run, pss_place(type, profile), container, "sets %s without a type", key);
    return false;
}

static struct bad_profiles find_bad_profiles(struct pss_run *run, const char *key)
{
    struct bad_profiles bad = {0};
    bad.pod = !visit_profile(run, NULL, key, &bad.types);
    for (size_t i = 0; i < run->container_count; i++)
        if (!visit_profile(run, &run->containers[i], key, &bad.types))
            pss_words_add(run, &bad.containers, run->containers[i].name);
    pss_words_sort(&bad.types);
    return bad;
}

/* ---- AppArmor ----------------------------------------------------------------------------------------- */

static bool is_good_app_armor_annotation(const char *value)
{
    return !value[0] || strcmp(value, "runtime/default") == 0 || begins(value, "localhost/");
}

static const char *annotation_pair(struct pss_run *run, const struct node *annotation)
{
    return arena_printf(run->arena, "%s=%s", annotation->key, pss_go_quote(run, pss_item_text(annotation)));
}

static struct pss_words find_bad_app_armor_annotations(struct pss_run *run)
{
    struct pss_words bad = {0};
    for (const struct node *item = node_first(run->annotations); item; item = item->next) {
        if (!item->key || !begins(item->key, APP_ARMOR_ANNOTATION) || is_good_app_armor_annotation(pss_item_text(item)))
            continue;
        pss_words_add(run, &bad, annotation_pair(run, item));
        const char *name = item->key + strlen(APP_ARMOR_ANNOTATION);
        pss_report(run, item, pss_run_find(run, name), "has the AppArmor profile \"%s\" by the annotation of \"%s\"",
                   pss_item_text(item), name);
    }
    pss_words_sort(&bad);
    return bad;
}

void pss_check_app_armor(struct pss_run *run)
{
    struct bad_profiles bad = find_bad_profiles(run, "appArmorProfile");
    struct pss_words annotations = find_bad_app_armor_annotations(run);
    struct pss_words setters = {0};
    if (bad.pod || bad.containers.count)
        pss_words_add(run, &setters, pss_setters(run, bad.pod, &bad.containers));
    if (annotations.count)
        pss_words_add(run, &setters, pss_plural(annotations.count, "annotation", "annotations"));
    for (size_t i = 0; i < annotations.count; i++)
        pss_words_add(run, &bad.types, annotations.items[i]);
    if (setters.count)
        pss_conclude(run,
                     pss_plural(bad.types.count, "forbidden AppArmor profile", "forbidden AppArmor profiles"),
                     arena_printf(run->arena, "%s must not set AppArmor profile type to %s",
                                  pss_words_join(run, &setters, " and "), pss_words_quote(run, &bad.types)));
}

/* ---- seccomp ------------------------------------------------------------------------------------------ */

static bool is_good_seccomp_annotation(const char *value)
{
    return strcmp(value, "runtime/default") == 0 || strcmp(value, "docker/default") == 0 || begins(value, "localhost/");
}

/* A null is to the API server an annotation with an empty value. */
static void check_seccomp_annotations(struct pss_run *run)
{
    struct pss_words bad = {0};
    for (const struct node *item = node_first(run->annotations); item; item = item->next) {
        const struct pss_container *container = NULL;
        if (item->key && begins(item->key, SECCOMP_CONTAINER_ANNOTATION))
            container = pss_run_find(run, item->key + strlen(SECCOMP_CONTAINER_ANNOTATION));
        bool counts = container || (item->key && strcmp(item->key, SECCOMP_POD_ANNOTATION) == 0);
        if (!counts || is_good_seccomp_annotation(pss_item_text(item)))
            continue;
        pss_words_add(run, &bad, annotation_pair(run, item));
        pss_report(run, item, container, "has the seccomp profile \"%s\" by an annotation", pss_item_text(item));
    }
    pss_words_sort(&bad);
    if (bad.count)
        pss_conclude(run, "seccompProfile",
                     arena_printf(run->arena, "forbidden %s %s", pss_plural(bad.count, "annotation", "annotations"),
                                  pss_words_join(run, &bad, ", ")));
}

static void conclude_bad_seccomp(struct pss_run *run, const struct bad_profiles *bad)
{
    pss_conclude(run, "seccompProfile",
                 arena_printf(run->arena, "%s must not set securityContext.seccompProfile.type to %s",
                              pss_setters(run, bad->pod, &bad->containers), pss_words_quote(run, &bad->types)));
}

void pss_check_seccomp_baseline(struct pss_run *run)
{
    if (run->minor <= SECCOMP_ANNOTATIONS_LAST) {
        check_seccomp_annotations(run);
        return;
    }
    struct bad_profiles bad = find_bad_profiles(run, "seccompProfile");
    if (bad.pod || bad.containers.count)
        conclude_bad_seccomp(run, &bad);
}

/* Containers that say nothing, under a pod that says nothing; the pod's bad profile is a place of its own. */
static struct pss_words find_unset_seccomp(struct pss_run *run)
{
    struct pss_words unset = {0};
    for (size_t i = 0; i < run->container_count && !node_get(run->security, "seccompProfile"); i++) {
        const struct pss_container *container = &run->containers[i];
        if (node_get(container->security, "seccompProfile"))
            continue;
        pss_words_add(run, &unset, container->name);
        pss_report(run, container->node, container, "does not set a seccomp profile, and neither does the pod");
    }
    return unset;
}

void pss_check_seccomp_restricted(struct pss_run *run)
{
    struct bad_profiles bad = find_bad_profiles(run, "seccompProfile");
    struct pss_words unset = find_unset_seccomp(run);
    if (bad.pod || bad.containers.count)
        conclude_bad_seccomp(run, &bad);
    else if (unset.count)
        pss_conclude(run, "seccompProfile",
                     arena_printf(run->arena,
                                  "pod or %s must set securityContext.seccompProfile.type to \"RuntimeDefault\" or "
                                  "\"Localhost\"",
                                  pss_setters(run, false, &unset)));
}
