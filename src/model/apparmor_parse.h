/* The reader of AppArmor text in two parts: rules, and what stands around them (private to the model). */
#pragma once

#include <string.h>

#include "model/apparmor_policy.h"
#include "model/apparmor_reader.h"

struct aa_parse {
    struct aa_reader in;
    struct aa_variables variables;
    struct apparmor_policy *policy;
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

int aa_parse_refuse_include(const struct aa_parse *p);
/* Puts the values of variables into text. */
int aa_parse_expand(struct aa_parse *p, struct buf *text);
/* Takes the comma at the end of a rule and the comment behind it (NULL when there is none). */
int aa_parse_end_rule(struct aa_parse *p, char **ret_comment);
/* What follows the word abi. */
int aa_parse_abi(struct aa_parse *p);
/* One rule inside a profile. */
int aa_parse_rule(struct aa_parse *p);
