/* The reader of AppArmor text in parts: files, heads, bodies and rules (private to the model). */
#pragma once

#include <string.h>

#include "model/apparmor_file.h"
#include "model/apparmor_reader.h"

/* What stands before a rule, or before a block of them. */
struct aa_qualifiers {
    bool audit;
    bool deny;
    bool owner;
    int32_t priority;
};

struct aa_parse {
    struct aa_reader in;
    const struct apparmor_file_options *options;
    struct apparmor_file *file;
    struct aa_variables variables;
    struct aa_variables defaults; /* what defines a variable that the file does not */
    struct aa_variables booleans; /* each with one value, "true" or "false" */
    struct aa_aliases aliases;
    char *abi;
    struct buf header; /* comments above the first profile */
    struct apparmor_policy *policy;  /* whose rules are read; NULL between profiles */
    struct aa_qualifiers outer; /* of the blocks around */
    unsigned nesting;
    unsigned include_depth;
    uint32_t include_line; /* of the file itself, while an included file is read */
    uint32_t rule_line;    /* where the rule that is read begins, as the file itself has it */
    size_t bytes;            /* of the file and all it includes */
    char **included;         /* what was read for include, and where */
    size_t included_count;
    size_t included_capacity;
};

static inline bool aa_parse_is(const struct buf *word, const char *text)
{
    return strcmp(buf_text(word), text) == 0;
}

static inline bool aa_parse_starts_path(const struct buf *word, bool quoted)
{
    const char *text = buf_text(word);
    return quoted || text[0] == '/' || strncmp(text, "@{", 2) == 0;
}

/* The line of the file itself that brings what stands here. */
static inline uint32_t aa_parse_line(const struct aa_parse *p)
{
    return p->include_depth > 0 ? p->include_line : p->in.line;
}

/* Puts the values of variables into text. */
int aa_parse_expand(struct aa_parse *p, struct buf *text);
/* The same for a path: the slash first where a variable brought alternatives. */
int aa_parse_expand_path(struct aa_parse *p, struct buf *text);
/* Takes the comma at the end of a rule and the comment behind it (NULL when there is none). */
int aa_parse_end_rule(struct aa_parse *p, char **ret_comment);

/* Everything up to the end of the text, in none of its profiles. */
int aa_parse_items(struct aa_parse *p);
/* What follows the word abi; ret is replaced. */
int aa_parse_abi(struct aa_parse *p, char **ret);
/* A profile, child or hat, word being the first of its head: reads it whole and adds it to the file. */
int aa_parse_profile(struct aa_parse *p, struct buf *word, bool quoted);
/* The head up to and with its brace, into p->policy. */
int aa_parse_head(struct aa_parse *p, struct buf *word, bool quoted, const struct apparmor_policy *parent);
bool aa_parse_at_child(const struct buf *word, bool quoted);
/* The rules of a profile or of a block, up to and with the brace that closes it. */
int aa_parse_body(struct aa_parse *p);
/* As that, up to the end of an included text. */
int aa_parse_included_body(struct aa_parse *p);
/* A rule, block, condition, include, child or hat inside a profile. */
int aa_parse_rule(struct aa_parse *p);
/* A file rule, word being its first behind the qualifiers; safe: an exec cleans the environment (1), does not (-1), or
 * that was not said (0). */
int aa_parse_file(struct aa_parse *p, struct aa_qualifiers q, struct buf *word, bool quoted, int safe);
/* What follows the word file: `file,` allows everything, and before an ordinary rule it means nothing. */
int aa_parse_file_keyword(struct aa_parse *p, struct aa_qualifiers q);
/* What follows the word link. */
int aa_parse_link(struct aa_parse *p, struct aa_qualifiers q);
/* What follows the word if: with its blocks. */
int aa_parse_condition(struct aa_parse *p);
/* What follows the word include: its name, and what that brings, read by read. */
int aa_parse_include(struct aa_parse *p, int (*read)(struct aa_parse *));
/* True when err may become a note: reading then goes on behind the statement that began at start. */
bool aa_parse_pass_over(struct aa_parse *p, const struct aa_reader *start, int rc);
/* A copy with the alias in the place of what it begins with, for each alias; false when number is past the last.
 * ret is empty where an alias does not apply. */
bool aa_parse_alias(const struct aa_parse *p, size_t number, const char *pattern, struct buf *ret);
/* Rules that apparmor_parser adds by itself, so that a task can change its profile. */
void aa_parse_add_implied(struct apparmor_policy *policy, bool has_children);
