/* Heads of profiles: [profile] NAME [ATTACHMENT] [xattrs=(…)] [flags=(…)] {, hat NAME {, ^NAME {. */
#include <ctype.h>
#include <errno.h>

#include "model/apparmor_parse.h"

int aa_parse_expand_path(struct aa_parse *p, struct buf *text)
{
    AUTO_BUF struct buf hoisted = BUF_INIT;
    int rc = aa_parse_expand(p, text);
    if (rc < 0 || buf_text(text)[0] != '{' || !aa_pattern_hoist_slash(buf_text(text), &hoisted))
        return rc;
    buf_clear(text);
    buf_add(text, hoisted.data, hoisted.length);
    return 0;
}

/* flags=(a,b) or (a b): kept with commas between. */
static int read_flags(struct aa_parse *p)
{
    AUTO_BUF struct buf flags = BUF_INIT;
    for (; p->in.at < p->in.end && *p->in.at != ')'; p->in.at++) {
        char c = *p->in.at;
        bool part = isalnum((unsigned char)c) || strchr("_./=-", c);
        if (!part && !strchr(", \t\n", c))
            return aa_reader_refuse(&p->in, "a flag has an odd character");
        p->in.line += c == '\n';
        bool parted = flags.length == 0 || flags.data[flags.length - 1] == ',';
        if (part)
            buf_add_char(&flags, c);
        else if (!parted)
            buf_add_char(&flags, ',');
    }
    if (!aa_reader_take(&p->in, ')'))
        return aa_reader_refuse(&p->in, "the flags are not closed");
    if (flags.length > 0 && flags.data[flags.length - 1] == ',')
        flags.data[--flags.length] = '\0';
    if (flags.length > 0)
        p->policy->flags = buf_take(&flags);
    return 0;
}

/* NAME=VALUE …, with blanks between; kept as it stands. */
static int read_xattrs(struct aa_parse *p)
{
    AUTO_BUF struct buf text = BUF_INIT;
    for (bool quoted = false; p->in.at < p->in.end && (quoted || *p->in.at != ')'); p->in.at++) {
        char c = *p->in.at;
        if (c == '\n' || (!quoted && strchr("{}#", c)))
            return aa_reader_refuse(&p->in, "the extended attributes have an odd character, or go on over a line's end");
        if (quoted && c == '\\' && p->in.end - p->in.at > 1 && p->in.at[1] != '\n')
            buf_add_char(&text, *p->in.at++);
        else
            quoted ^= c == '"';
        buf_add_char(&text, *p->in.at);
    }
    if (!aa_reader_take(&p->in, ')'))
        return aa_reader_refuse(&p->in, "the extended attributes are not closed");
    if (text.length > 0)
        p->policy->xattrs = buf_take(&text);
    return 0;
}

/* text has its variables replaced. */
static int take_attachment(struct aa_parse *p, const struct buf *text)
{
    struct aa_glob *glob = NULL;
    if (buf_text(text)[0] != '/')
        return aa_reader_refuse(&p->in, "the attachment %.100s does not begin with a slash", buf_text(text));
    if (aa_glob_new(buf_text(text), &glob, p->in.err) < 0)
        return aa_reader_blame(&p->in);
    aa_glob_free(glob);
    p->policy->attachment = mem_dup(text->data, text->length);
    return 0;
}

/* What apparmor_policy_write escapes in a name is taken back: quotation marks, backslashes, which it writes
 * as \134, and at signs. text has its variables replaced. */
static int take_name(struct aa_parse *p, const struct buf *text, const struct apparmor_policy *parent)
{
    AUTO_BUF struct buf name = BUF_INIT;
    if (parent)
        buf_printf(&name, "%s//", parent->name);
    for (const char *c = buf_text(text); *c; c++) {
        bool number = strncmp(c, "\\134", 4) == 0;
        if (*c == '\\' && c[1] != '\0' && strchr("\"\\@", c[1]))
            c++;
        c += number ? 3 : 0;
        buf_add_char(&name, number ? '\\' : *c);
    }
    if (text->length == 0)
        return aa_reader_refuse(&p->in, "a profile has no name");
    free(p->policy->name);
    p->policy->name = buf_take(&name);
    p->policy->parent = parent ? mem_strdup(parent->name) : NULL;
    aa_variables_add(&p->variables, "profile_name", p->policy->name);
    return 0;
}

static bool at_list(const struct aa_parse *p, const char *name)
{
    size_t length = strlen(name);
    return (size_t)(p->in.end - p->in.at) > length && memcmp(p->in.at, name, length) == 0;
}

static bool at_flags(const struct aa_parse *p)
{
    return aa_reader_peek(&p->in) == '(' || at_list(p, "flags=");
}

/* NAME=(…), the name being optional for flags. */
static int read_list(struct aa_parse *p, const char *name, int (*read)(struct aa_parse *))
{
    p->in.at += at_list(p, name) ? strlen(name) : 0;
    aa_reader_skip(&p->in, NULL);
    if (!aa_reader_take(&p->in, '('))
        return aa_reader_refuse(&p->in, "what follows %s stands in parentheses", name);
    int rc = read(p);
    if (rc == 0)
        aa_reader_skip(&p->in, NULL);
    return rc;
}

static int read_attachment(struct aa_parse *p)
{
    AUTO_BUF struct buf word = BUF_INIT;
    bool quoted;
    int rc = aa_reader_word(&p->in, &word, &quoted);
    if (rc == 0 && !aa_parse_starts_path(&word, quoted))
        rc = aa_reader_refuse(&p->in, "%.100s is not understood in the head of a profile", buf_text(&word));
    rc = rc < 0 ? rc : aa_parse_expand_path(p, &word);
    rc = rc < 0 ? rc : take_attachment(p, &word);
    if (rc == 0)
        aa_reader_skip(&p->in, NULL);
    return rc;
}

/* Behind the name, each once and in this order, as apparmor_parser has it. */
static int read_behind_name(struct aa_parse *p)
{
    int rc = 0;
    aa_reader_skip(&p->in, NULL);
    if (aa_reader_peek(&p->in) != '{' && !at_flags(p) && !at_list(p, "xattrs="))
        rc = read_attachment(p);
    if (rc == 0 && at_list(p, "xattrs="))
        rc = read_list(p, "xattrs=", read_xattrs);
    if (rc == 0 && at_flags(p))
        rc = read_list(p, "flags=", read_flags);
    if (rc < 0)
        return rc;
    return aa_reader_take(&p->in, '{') ? 0 : aa_reader_refuse(&p->in, "the head of a profile does not end in {");
}

/* `profile` and `hat` in word, or the sign of a hat, are left behind; the name is then in word. */
static int read_keyword(struct aa_parse *p, struct buf *word, bool quoted, bool *ret_keyword)
{
    const char *text = buf_text(word);
    bool sign = !quoted && text[0] == '^';
    p->policy->hat = sign || (!quoted && aa_parse_is(word, "hat"));
    *ret_keyword = sign || (!quoted && (aa_parse_is(word, "profile") || aa_parse_is(word, "hat")));
    if (*ret_keyword && (!sign || text[1] == '\0'))
        return aa_reader_word(&p->in, word, NULL);
    if (sign) {
        AUTO_FREE char *name = mem_strdup(text + 1);
        buf_clear(word);
        buf_add_text(word, name);
    }
    return 0;
}

bool aa_parse_at_child(const struct buf *word, bool quoted)
{
    return !quoted && (aa_parse_is(word, "profile") || aa_parse_is(word, "hat") || buf_text(word)[0] == '^');
}

/* A path is name and attachment in one, unless another attachment follows. */
int aa_parse_head(struct aa_parse *p, struct buf *word, bool quoted, const struct apparmor_policy *parent)
{
    bool keyword;
    int rc = read_keyword(p, word, quoted, &keyword);
    if (rc < 0)
        return rc;
    bool path = buf_text(word)[0] == '/' || strncmp(buf_text(word), "@{", 2) == 0;
    if (!keyword && !path)
        return aa_reader_refuse(&p->in, "%.100s is not a rule, and a profile's name without the word profile is a path",
                                buf_text(word));
    rc = path ? aa_parse_expand_path(p, word) : aa_parse_expand(p, word);
    rc = rc < 0 ? rc : take_name(p, word, parent);
    rc = rc < 0 ? rc : read_behind_name(p);
    if (rc == 0 && path && !p->policy->attachment && !p->policy->hat)
        rc = take_attachment(p, word);
    return rc;
}
