/*
 * The Pod Security Standards, as kubernetes/pod-security-admission judges, for every version v1.0 to v1.37.
 *
 * Pure: a pod template in, violations out. Checks are rows of one table, evaluated in upstream's order with upstream's
 * overrides. Unlike the in-process check of upstream this one sees raw YAML, so what the API server does before (a
 * volume without source becomes emptyDir, hostPort defaults to containerPort under hostNetwork) is done here too.
 *
 * A pod with a field of the wrong type is refused by the API server before any check; here a key that is present
 * counts as set whatever it holds, a bool that is none is neither true nor false, and an integer that is none is no number.
 */
#pragma once

#include "base/node.h"

enum pss_level { PSS_PRIVILEGED, PSS_BASELINE, PSS_RESTRICTED };
enum { PSS_VERSION_NEWEST = 37 };
/* More places of one check in one pod are counted, not listed: a hostile pod has millions of containers. */
enum { PSS_PLACES_MAX = 1000 };

const char *pss_level_name(enum pss_level level);
/* "baseline", "restricted@1.29", "restricted@v1.29", "baseline@latest"; the minor may be above the newest that is known, by which it is to be judged then. */
bool pss_parse(const char *text, enum pss_level *ret_level, unsigned *ret_minor);

struct pss_pod {
    const struct node *metadata; /* of the pod template; may be NULL */
    const struct node *spec;
};

struct pss_violation {
    const char *check;  /* upstream id: "capabilities_baseline" */
    enum pss_level level;
    const struct node *where;     /* the offending node, or for a missing setting the container or the pod's spec */
    const struct node *container; /* the container's node; NULL for a setting of the pod */
    const char *reason; /* upstream's word: "non-default capabilities" */
    const char *detail; /* upstream's detail for the whole check, as the admission message has it in parentheses */
    const char *message; /* one sentence for this one place */
};

/* One violation for every offending place, in upstream's order of checks; the array is in the arena. Where there are more
 * than PSS_PLACES_MAX of a check, the message of the last says how many. */
size_t pss_check(const struct pss_pod *pod, enum pss_level level, unsigned minor, struct arena *arena,
                 const struct pss_violation **ret);
/* The highest level the pod meets. */
enum pss_level pss_highest(const struct pss_pod *pod, unsigned minor, struct arena *arena);

/* What one run of the checks works on (pss_run.h). */
struct pss_run;

/* A check. */
struct pss_check_row {
    const char *id; /* of upstream */
    enum pss_level level;
    unsigned first_minor, last_minor;
    /* From this minor on the check passes pods whose spec.os.name is windows; 0 never. */
    unsigned windows_from;
    /* From this minor on it passes pods whose spec.hostUsers is false; 0 never. */
    unsigned user_namespace_from;
    /* The baseline check that it takes the place of when the level is restricted; else NULL. */
    const char *overrides;
    void (*judge)(struct pss_run *run);
};
/* All checks, in the order in which they run; for the rule files and their test, too. */
size_t pss_checks(const struct pss_check_row **ret);
