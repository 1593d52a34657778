/* What the parts of apparmor_policy share (private to the model). */
#pragma once

#include "model/apparmor_file.h"

/* Takes over everything in rule but the glob, which is compiled here. */
int apparmor_policy_push_file(struct apparmor_policy *policy, struct aa_file_rule *rule, struct err *err);
void aa_file_rule_done(struct aa_file_rule *rule);

/* Take over their texts. */
void apparmor_policy_push_capability(struct apparmor_policy *policy, const struct aa_word_rule *rule);
void apparmor_policy_push_network(struct apparmor_policy *policy, const struct aa_word_rule *rule);
int apparmor_policy_push_other(struct apparmor_policy *policy, struct aa_other_rule *rule, struct err *err);
void aa_other_rule_done(struct aa_other_rule *rule);

/* The kinds that are kept as text; NULL when word is none of them. */
const char *aa_other_kind(const char *word);
/* Appends a pattern as a rule has it, in quotes where it needs them. */
void aa_pattern_write(const char *pattern, struct buf *out);
/* True for "ix", "Px", "pux", …: everything that may stand before an allowed x. */
bool aa_exec_mode_known(const char *mode);
/* What a rule grants or takes: w covers a, and inheriting an allowed exec covers m, as apparmor_parser has it. */
aa_mask aa_file_rule_covers(const struct aa_file_rule *rule);

/* The rules whose pattern begins and ends like a path, without looking at every rule: numbers of rules by
 * the bytes that every match begins with, by the byte behind them, and by the last eight that it ends with.
 * The globs must live as long. */
struct apparmor_index;
struct apparmor_index *apparmor_index_new(void);
void apparmor_index_free(struct apparmor_index *index);
void apparmor_index_add(struct apparmor_index *index, const struct aa_glob *glob, uint32_t rule);
/* Calls visit for the rules that may match path, shorter prefixes first. Stops when visit says so. */
typedef bool apparmor_index_visitor(void *context, uint32_t rule);
void apparmor_index_visit(const struct apparmor_index *index, const char *path, size_t length,
                          apparmor_index_visitor *visit, void *context);
