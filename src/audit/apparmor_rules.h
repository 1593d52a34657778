/*
 * The rules of one AppArmor profile, each read by the model for itself, so that whatever is allowed can be pointed at.
 *
 * What the model does not understand, and what stands in a file that is not there, is kept as such: of a profile with any of
 * those nobody can say that something is refused.
 */
#pragma once

#include "audit/apparmor_text.h"
#include "model/apparmor_policy.h"

struct apparmor_rule {
    const struct node *where;       /* the statement, or the include that brought it in */
    const char *text;
    struct apparmor_policy *policy; /* of this rule alone; NULL: not understood */
    const char *why;                /* not understood: why */
    bool everything;                /* `all,` of AppArmor 4 */
};

/* What the profiles of one file share. */
struct apparmor_source {
    struct arena *arena;
    const char *path;
    const char *variables; /* as text: the file's own and those of its includes */
    struct node *loaded;   /* includes: a map of lists of statements, or of nothing where there is no such file */
    size_t spent;          /* bytes given to the model */
};

struct apparmor_rules {
    struct apparmor_source *file;
    struct apparmor_rule *items;
    size_t count, capacity;
    struct apparmor_policy *all;   /* the rules of all of them, to be asked quickly */
    struct node *includes;         /* [ { name, found, optional } ] */
};

void apparmor_source_start(struct apparmor_source *file, struct arena *arena, const char *path, const struct node *statements);
/* The rules of a profile's body; children and hats are left out. */
void apparmor_rules_start(struct apparmor_rules *rules, struct apparmor_source *file, const struct node *body);
void apparmor_rules_done(struct apparmor_rules *rules);

/* Is all of wanted allowed at that path, with nothing that denies it? Whoever asks owns the file. */
bool apparmor_rules_allow(const struct apparmor_rules *rules, const char *path, aa_mask wanted);
/* The first rule that allows some of what is wanted and allowed. */
const struct apparmor_rule *apparmor_rules_find(const struct apparmor_rules *rules, const char *path, aa_mask wanted);
/* The rule that allows the capability ("SYS_ADMIN"), with none that denies it; NULL. */
const struct apparmor_rule *apparmor_rules_capability(const struct apparmor_rules *rules, const char *name);
/* A rule that allows all of a kind ("file", "capability", "network", "mount", …), with none that denies all of it; NULL. */
const struct apparmor_rule *apparmor_rules_bare(const struct apparmor_rules *rules, const char *kind);
/* All of them as one policy, which is the caller's and leaves none here. ret_partial: not all rules are understood, or not all includes are there. */
struct apparmor_policy *apparmor_rules_policy(struct apparmor_rules *rules, const char *name, bool *ret_partial);
bool apparmor_rules_are_partial(const struct apparmor_rules *rules);
/* Is the name ("SYS_ADMIN") among the words of a capability rule? No words are all. */
bool apparmor_rules_words_name(const char *words, const char *name);
