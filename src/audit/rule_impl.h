/*
 * Rules from the inside: compiled from a file's tree, put into a set, asked about a subject.
 */
#pragma once

#include "audit/check.h"
#include "audit/context.h"
#include "audit/rule.h"

/* The formats that rules name; those of documents that are only looked at whole stand under RULE_FORMAT_OTHER. */
enum { RULE_FORMAT_COUNT = 9, RULE_FORMAT_OTHER = RULE_FORMAT_COUNT };
extern const char *const rule_formats[]; /* ended by NULL */
extern const char *const rule_fix_keys[]; /* the same and "default" */
extern const char *const rule_keys[];     /* of a rule file; ended by NULL */
size_t rule_format_index(const char *format);

/* One rule on its way from its file. */
struct rule_reading {
    const char *file;
    const struct node *root;
    const struct condition_lists *lists;
    struct arena *arena;
    struct err *err;
};
int rule_read_text(const struct rule_reading *reading, const char *key, const char **ret);
int rule_read_line(const struct rule_reading *reading, const char *key, const char **ret);
/* message, why, fix, references, pss and examples (rule_words.c). */
int rule_read_words(const struct rule_reading *reading, struct rule *rule);

/* A rule file's tree becomes a rule; -EINVAL with file:line:column. file and root must live as long as the rule. */
int rule_compile(const char *file, const struct node *root, const struct condition_lists *lists, struct arena *arena,
                 struct rule **ret, const struct node **ret_replaces, struct err *err);
/* What is not in the arena is given back. */
void rule_done(struct rule *rule);

struct rule_bucket {
    const struct rule **rules;
    size_t count, capacity;
};

struct rule_set {
    struct arena *arena;
    struct rule **rules; /* sorted by id */
    size_t count, capacity;
    struct condition_lists lists;
    /* Those that apply, by kind and format of the subject. */
    struct rule_bucket buckets[SUBJECT_KIND_COUNT][RULE_FORMAT_COUNT + 1];
};

/* Adds the rule of one file; file and root must outlive the set. */
int rule_set_add(struct rule_set *set, const char *file, const struct node *root, bool built_in, struct err *err);
/* After rules have come or gone. */
void rule_set_index(struct rule_set *set);

/* A path of a message or of `at`: "item.X" begins at the matched item (NULL: there is none), all else at the facts. */
const struct node *rule_fact(const struct fact_path *path, const struct node *facts, const struct node *item);
/* As rule_fill, but the text as it is, for names that are looked up. */
const char *rule_fill_raw(const char *template_, const struct node *facts, const struct node *item, struct arena *arena);

/* "limit-range" → CONTEXT_LIMIT_RANGE; -1 when there is none. */
int proviso_fact(const char *name);
bool proviso_is_namespaced(int fact);
extern const char *const proviso_names[]; /* ended by NULL */
