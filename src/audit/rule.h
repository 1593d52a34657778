/*
 * A rule: whom it judges, when it objects, and what it says. One YAML file each, under rules/.
 *
 *   id: PG101                      unique; PG0xx declared against used, 1xx isolation, 2xx sandbox, 3xx profiles, 4xx neighbours, 5xx images and commands,
 *                                  6xx Docker daemon, 7xx Dockerfile, 8xx cluster, 9xx the audit itself
 *   name: privileged-container     unique, lower case with dashes; the file's name
 *   title: The container runs privileged
 *   severity: critical             info low medium high critical
 *   layer: kernel                  kernel container orchestration
 *   subjects: [container]          subject.h's kinds
 *   formats: [kubernetes, compose] optional: only these (the fact `format`)
 *   when: CONDITION                condition.h; or instead
 *   check: NAME                    a built-in check (check.h), with parameters in
 *   with: {…}
 *   at: PATH                       optional: the fact a finding points at ("item.PATH": of the matched item); else the first
 *                                  one that `when` found
 *   unless: {limit-range: memory.limit}   optional proviso over other files (context.h): runtime-class, handler, limit-range,
 *                                  resource-quota, namespace, seccomp-profile, apparmor-profile, network-policy,
 *                                  service-account; the value is a name, or a {fact} placeholder; a finding stands only if it
 *                                  is not there
 *   only-with: runtime-class       optional: and only when any fact of that kind is in the input
 *   weakened-by: PATH              optional: where this fact is true, the finding is one step less severe
 *   conceal: true                  optional: the line of the file is not shown, for it holds a secret
 *   message: container {name} runs privileged      {PATH} is replaced by the fact's text, {item.PATH} by the matched item's,
 *                                  {item} by the item itself
 *   why: |                         a paragraph
 *   fix: |                         a paragraph; or by format:
 *   fix: {kubernetes: |…, compose: |…, default: |…}
 *   fix-from: PATH                 optional: a fact whose text, where it is there, is told instead of fix ("item.PATH": of the matched item)
 *   references: [CIS Docker 1.6 5.5, …]
 *   pss: {level: baseline, check: privileged}     optional
 *   examples: {bad: |…, good: |…}   whole files; or lists of them; recording: |… of recorded-container, what they are held against. Tests run them: bad gives this rule's finding, good does not.
 *   replaces: PG101                optional, in a user's rule: takes the place of this one
 *
 * Unknown keys and wrong types are errors with file, line and column.
 */
#pragma once

#include "audit/condition.h"
#include "audit/fact_path.h"
#include "audit/pss.h"
#include "audit/subject.h"
#include "model/finding.h"

struct check;

struct rule {
    struct rule_info info;
    unsigned subjects;             /* bit 1 << enum subject_kind */
    const struct node *formats;    /* NULL: all */
    const struct condition *when;  /* NULL: check */
    const struct check *check;
    const struct node *with;       /* parameters of check; may be NULL */
    const struct fact_path *at;    /* NULL: the first fact that `when` found */
    const struct fact_path *weakened_by; /* NULL */
    const struct fact_path *fix_from;    /* NULL */
    const struct node *unless;     /* NULL, or a map of one entry */
    const char *only_with;         /* NULL */
    const char *message;
    const struct node *fix;        /* a text or a map by format */
    const struct node *examples;   /* NULL, or a map of bad and good: each a text or a list of them */
    const char *origin;            /* "rules/isolation/privileged-container.yaml" */
};

struct rule_set;

struct rule_set *rule_set_new(void);
void rule_set_free(struct rule_set *set);
MEM_DEFINE_CLEANUP(struct rule_set *, rule_set_free)
/* Lists by name that stand before those of rules/lists.yaml: a map of lists, borrowed. Before any rules are added. */
void rule_set_add_lists(struct rule_set *set, const struct node *lists);
/* The rules compiled into the program (rules/ of the source tree). */
int rule_set_add_built_in(struct rule_set *set, struct err *err);
/* Every *.yaml below a directory, sorted; a rule of an id or name that is there already replaces it only when it says
 * `replaces: ID`. One clear sentence with file:line:column for a broken one. Named lists of DIR/lists.yaml are added. */
int rule_set_add_directory(struct rule_set *set, const char *directory, struct err *err);
/* Drops or re-grades rules; pattern is an id, a name, or either with * (fnmatch). False when nothing has that name. */
bool rule_set_keep_only(struct rule_set *set, char *const *patterns, size_t count, const char **ret_unknown);
bool rule_set_skip(struct rule_set *set, const char *pattern);
bool rule_set_grade(struct rule_set *set, const char *pattern, enum severity severity);

/* Sorted by id. */
size_t rule_set_count(const struct rule_set *set);
const struct rule *rule_set_get(const struct rule_set *set, size_t index);
/* The index of the rule of that id, which must be there. */
size_t rule_set_place(const struct rule_set *set, const char *id);
/* By id or name, any case; NULL when there is none. */
const struct rule *rule_set_find(const struct rule_set *set, const char *name);
bool rule_matches_name(const struct rule *rule, const char *pattern);

/* ---- judging ------------------------------------------------------------------------------------------------ */

/* What a rule says of one subject; strings live in the arena of the file. */
struct verdict {
    const struct rule *rule;
    const struct node *where;       /* node_origin gives the place */
    const char *message;
    const char *remediation;        /* NULL: the rule's own */
    /* A proviso: the finding stands unless the context has this; fact is -1 when there is none. */
    int proviso_fact;
    bool proviso_wants;             /* true: stands unless it is there; false: stands only if it is there */
    const char *proviso_namespace, *proviso_name;
    const char *proviso_value;      /* NULL, or: only an entry with this value counts */
    bool weaker;                    /* one step less severe than its rule */
    int only_with;                  /* -1, or a context_fact of which some must be there */
};

struct verdicts {
    struct verdict *items;
    size_t count, capacity;
};

/* By what is judged. With pss only the rules of the Pod Security Standards speak, of this level and version; without it all
 * others do. */
struct judge_options {
    bool pss;
    enum pss_level level;
    unsigned minor;
};

/* Adds what all rules that apply to the subject say of it, in the order of the set; options may be NULL. The array of verdicts
 * is the caller's to free. Thread-safe: the set is constant. */
void rule_set_judge(const struct rule_set *set, const struct judge_options *options, const struct subject *subject,
                    struct arena *arena, struct verdicts *ret);
/* "{name}" and "{item.source}" filled in; what is not there becomes "-". Text from the file is escaped (text.h) and cut; the
 * items of a list have commas between. */
const char *rule_fill(const char *template_, const struct node *facts, const struct node *item, struct arena *arena);
/* The words of fix for a format. */
const char *rule_fix_for(const struct rule *rule, const char *format);
