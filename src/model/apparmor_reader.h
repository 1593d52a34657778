/* AppArmor text taken apart into words, with the line for error sentences (private to the model). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/* ---- variables: @{NAME}=value … ------------------------------------------------------------- */

#define AA_VARIABLES_MAX 1024
#define AA_BROUGHT_MAX (16u << 20) /* by all variables of a file and by looking for them */
struct aa_variable {
    char *name;
    char **values;
    size_t value_count;
    size_t value_capacity;
};

struct aa_variables {
    struct aa_variable *items;
    size_t count;
    size_t capacity;
    const char *kept; /* the name of one that is left as it stands; NULL */
    const struct aa_variables *otherwise; /* what defines a name that this does not; NULL */
    size_t brought; /* bytes that values put into text so far */
};
void aa_variables_done(struct aa_variables *variables);
/* Adds a value; a new variable when name is unknown. */
void aa_variables_add(struct aa_variables *variables, const char *name, const char *value);
/* How a name was defined; NULL. */
const struct aa_variable *aa_variables_find(const struct aa_variables *variables, const char *name, size_t length);
/* What tunables/global of AppArmor 3.0 defines, for files beside which it does not lie. */
void aa_variables_standard(struct aa_variables *ret);
/* Forgets it, if it is there. */
void aa_variables_drop(struct aa_variables *variables, const char *name);
/* How many of the bytes at text are a variable's name. */
size_t aa_variable_name_length(const char *text, size_t length);
/* Appends text with every @{NAME} replaced by its value, or by {a,b} when there are several.
 * -EINVAL on an unknown name, a definition that contains itself, results above AA_PATTERN_BYTES_MAX, and
 * values that make up a reference with what stands around them. -E2BIG above AA_BROUGHT_MAX. */
int aa_variables_expand(struct aa_variables *variables, const char *text, struct buf *out, struct err *err);

/* `{/a,/b}/c`, which only a variable can bring about, as `/{a,b}/c`, which can be written: apparmor_parser
 * wants the slash first. False when an alternative does not begin with one. */
bool aa_pattern_hoist_slash(const char *pattern, struct buf *out);

/* ---- aliases: alias FROM -> TO, ---------------------------------------------------------------- */

#define AA_ALIASES_MAX 64
struct aa_alias {
    char *from;
    char *to;
};
struct aa_aliases {
    struct aa_alias *items;
    size_t count;
    size_t capacity;
};
void aa_aliases_done(struct aa_aliases *aliases);
/* The texts become its own. */
void aa_aliases_add(struct aa_aliases *aliases, char *from, char *to);

/* ---- words -------------------------------------------------------------------------------- */

struct aa_reader {
    const char *name; /* of the file */
    const char *at;
    const char *end;
    unsigned line;
    struct err *err;
};

/* err_set with the file and line before the sentence. */
int aa_reader_refuse(const struct aa_reader *reader, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Puts file and line before the sentence that is there. */
int aa_reader_blame(const struct aa_reader *reader);
/* Past blanks and line ends; comments too when comments is NULL, else they are collected there, one a line. */
void aa_reader_skip(struct aa_reader *reader, struct buf *comments);
/* The next byte, or 0 at the end. */
char aa_reader_peek(const struct aa_reader *reader);
/* Takes byte when it is next. */
bool aa_reader_take(struct aa_reader *reader, char byte);
/* The next word, without its quotes but with its escapes. ret_quoted may be NULL. -EINVAL when there is none. */
int aa_reader_word(struct aa_reader *reader, struct buf *ret, bool *ret_quoted);
/* Everything up to the comma that ends the rule, which is left; blanks are trimmed, line ends made blanks. */
int aa_reader_rest(struct aa_reader *reader, struct buf *ret);
/* Past a statement: to behind its comma or its block, or up to the brace that closes the block around it. */
void aa_reader_skip_statement(struct aa_reader *reader);
/* Past a block whose opening brace was taken. False when it is not closed. */
bool aa_reader_skip_block(struct aa_reader *reader);
/* The comment on this line, without # and blanks; NULL when there is none. */
char *aa_reader_comment(struct aa_reader *reader);
