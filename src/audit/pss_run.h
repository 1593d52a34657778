/*
 * One run of the Pod Security checks over one pod: what every check asks, and where it puts what it found.
 *
 * Everything is allocated in the arena of the run.
 */
#pragma once

#include "audit/pss.h"

struct pss_container {
    const struct node *node; /* a null entry of the list is a container without any field, as it is to the API server */
    const char *name;        /* "" when it has none */
    const struct node *security; /* its securityContext, or NULL */
    bool ephemeral;
};

/* A list of words. */
struct pss_words {
    const char **items;
    size_t count, capacity;
};

struct pss_run {
    const struct node *spec;
    const struct node *security;    /* the pod's securityContext, or NULL */
    const struct node *annotations; /* or NULL */
    unsigned minor;
    struct arena *arena;
    struct pss_container *containers; /* init, ordinary and ephemeral, in that order */
    size_t container_count;
    const struct pss_container **by_name; /* sorted; NULL until it is asked for */
    const struct pss_check_row *check;    /* the one that is running */
    struct pss_violation *violations;
    size_t count, capacity;
    size_t check_first;  /* the first violation of the running check */
    size_t place_count;  /* what it reported, listed or not */
    bool only_whether;   /* nothing is listed: place_count tells whether there is anything */
};

/* A word that is allowed since a minor version. */
struct pss_allowed {
    const char *word;
    unsigned since;
};
bool pss_is_allowed(const struct pss_allowed *table, size_t count, const char *word, unsigned minor);

void pss_run_init(struct pss_run *run, const struct pss_pod *pod, unsigned minor, struct arena *arena);
/* The first container of that name, or NULL. */
const struct pss_container *pss_run_find(struct pss_run *run, const char *name);

/* The first item of the list under key; NULL when there is none or it is no list. */
const struct node *pss_items(const struct node *map, const char *key);
/* The text of any scalar under key; "" when there is none. */
const char *pss_text(const struct node *map, const char *key);
/* The text of a list's item; "" for one that is not a scalar. */
const char *pss_item_text(const struct node *item);
/* child if it is there, else parent: the place of a value that an object lacks. */
const struct node *pss_place(const struct node *child, const struct node *parent);

/* Notes an offending place. container is NULL for a setting of the pod. The message begins with who it is ("the pod",
 * "container "a""), then come the words. */
void pss_report(struct pss_run *run, const struct node *where, const struct pss_container *container,
                const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Gives the check's reason and detail to everything it reported. */
void pss_conclude(struct pss_run *run, const char *reason, const char *detail);

/* Nothing when only_whether. */
void pss_words_add(struct pss_run *run, struct pss_words *words, const char *word);
/* Byte order, each once. */
void pss_words_sort(struct pss_words *words);
/* The words with what between them. */
const char *pss_words_join(struct pss_run *run, const struct pss_words *words, const char *between);
/* "a", "b" */
const char *pss_words_quote(struct pss_run *run, const struct pss_words *words);
/* singular or plural as the count asks */
const char *pss_plural(size_t count, const char *singular, const char *plural);
/* container "a"; containers "a", "b" */
const char *pss_named(struct pss_run *run, const char *singular, const char *plural, const struct pss_words *names);
/* pod and containers "a", "b", of which either part may be missing. */
const char *pss_setters(struct pss_run *run, bool pod, const struct pss_words *containers);
/* A string as Go's %q writes it. */
const char *pss_go_quote(struct pss_run *run, const char *text);

/* The checks. */
void pss_check_allow_privilege_escalation(struct pss_run *run);
void pss_check_app_armor(struct pss_run *run);
void pss_check_capabilities_baseline(struct pss_run *run);
void pss_check_capabilities_restricted(struct pss_run *run);
void pss_check_host_namespaces(struct pss_run *run);
void pss_check_host_path_volumes(struct pss_run *run);
void pss_check_host_ports(struct pss_run *run);
void pss_check_host_probes(struct pss_run *run);
void pss_check_privileged(struct pss_run *run);
void pss_check_proc_mount(struct pss_run *run);
void pss_check_restricted_volumes(struct pss_run *run);
void pss_check_run_as_non_root(struct pss_run *run);
void pss_check_run_as_user(struct pss_run *run);
void pss_check_se_linux_options(struct pss_run *run);
void pss_check_seccomp_baseline(struct pss_run *run);
void pss_check_seccomp_restricted(struct pss_run *run);
void pss_check_sysctls(struct pss_run *run);
void pss_check_windows_host_process(struct pss_run *run);
