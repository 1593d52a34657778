/* Rules of an AppArmor profile. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/apparmor_parse.h"
#include "model/apparmor_rule.h"

/* ---- rules -------------------------------------------------------------------------------- */

int aa_parse_end_rule(struct aa_parse *p, char **ret_comment)
{
    aa_reader_skip(&p->in, NULL);
    if (!aa_reader_take(&p->in, ','))
        return aa_reader_refuse(&p->in, "a comma is missing at the end of a rule");
    *ret_comment = aa_reader_comment(&p->in);
    return 0;
}

int aa_parse_expand(struct aa_parse *p, struct buf *text)
{
    AUTO_BUF struct buf out = BUF_INIT;
    if (aa_variables_expand(&p->variables, buf_text(text), &out, p->in.err) < 0)
        return aa_reader_blame(&p->in);
    struct buf old = *text;
    *text = out;
    out = old;
    return 0;
}

/* Up to and with the quotation mark that ends what begins with one; up to what ends an ordinary word. */
static size_t word_length(const char *at)
{
    bool quoted = *at == '"';
    const char *ends = quoted ? "\"" : " \t=()\"";
    size_t length = quoted ? 1 : 0;
    while (at[length] != '\0' && !strchr(ends, at[length]))
        length += at[length] == '\\' && at[length + 1] != '\0' && (quoted || at[length + 1] != '"') ? 2 : 1;
    return quoted ? length + (at[length] == '"') : length > 0 ? length : 1;
}

/* As expand, for the text of a rule that is kept: what a variable brings in is quoted. */
static int expand_words(struct aa_parse *p, struct buf *text)
{
    AUTO_BUF struct buf out = BUF_INIT;
    for (const char *at = buf_text(text); *at;) {
        size_t length = word_length(at);
        AUTO_BUF struct buf word = BUF_INIT;
        buf_add(&word, at, length);
        bool quote = *at != '"' && strstr(buf_text(&word), "@{") && strcmp(buf_text(&word), "@{profile_name}") != 0;
        int rc = aa_parse_expand(p, &word);
        if (rc < 0)
            return rc;
        if (quote && word.length > 0 && word.data[word.length - 1] == '\\')
            return aa_reader_refuse(&p->in, "a word of a rule ends in a backslash once its variables are expanded");
        AUTO_BUF struct buf hoisted = BUF_INIT;
        bool hoist = quote && word.data[0] == '{' && aa_pattern_hoist_slash(buf_text(&word), &hoisted);
        buf_printf(&out, quote ? "\"%s\"" : "%s", buf_text(hoist ? &hoisted : &word));
        at += length;
    }
    struct buf old = *text;
    *text = out;
    out = old;
    return 0;
}

/* True when the text, written out, would be read as the same rule. */
static bool reads_back(const struct buf *text)
{
    AUTO_BUF struct buf rule = BUF_INIT;
    AUTO_BUF struct buf again = BUF_INIT;
    struct err err = ERR_INIT;
    buf_printf(&rule, "%s,\n", buf_text(text));
    struct aa_reader reader = {.name = "", .at = rule.data, .end = rule.data + rule.length, .line = 1, .err = &err};
    return aa_reader_rest(&reader, &again) == 0 && reader.at == reader.end - 2 &&
           strcmp(buf_text(&again), buf_text(text)) == 0;
}

static struct aa_word_rule word_rule(const struct aa_parse *p, struct aa_qualifiers q)
{
    return (struct aa_word_rule){
        .deny = q.deny, .audit = q.audit, .priority = q.priority, .line = p->rule_line, .included = p->include_depth > 0};
}

static struct aa_other_rule other_rule(const struct aa_parse *p, struct aa_qualifiers q, const char *kind, const char *text)
{
    return (struct aa_other_rule){.deny = q.deny,
                                  .audit = q.audit,
                                  .priority = q.priority,
                                  .line = p->rule_line,
                                  .included = p->include_depth > 0,
                                  .kind = mem_strdup(kind),
                                  .text = mem_strdup(text)};
}

static int add_other(struct aa_parse *p, struct aa_qualifiers q, const char *kind, struct buf *text)
{
    char *comment = NULL;
    /* apparmor_parser defines this one itself, and a name can hold what would end the word here. */
    p->variables.kept = "profile_name";
    int rc = expand_words(p, text);
    p->variables.kept = NULL;
    if (rc == 0 && !reads_back(text))
        rc = aa_reader_refuse(&p->in, "quotes or braces of a rule do not pair once its variables are expanded");
    if (rc == 0)
        rc = aa_parse_end_rule(p, &comment);
    if (rc < 0)
        return rc;
    struct aa_other_rule rule = other_rule(p, q, kind, buf_text(text));
    rule.comment = comment;
    return apparmor_policy_push_other(p->policy, &rule, p->in.err) < 0 ? aa_reader_blame(&p->in) : 0;
}

static int read_other(struct aa_parse *p, struct aa_qualifiers q, const char *kind)
{
    AUTO_BUF struct buf text = BUF_INIT;
    if (q.owner)
        return aa_reader_refuse(&p->in, "owner stands before a rule that is not about files");
    int rc = aa_reader_rest(&p->in, &text);
    return rc < 0 ? rc : add_other(p, q, kind, &text);
}

static int read_words(struct aa_parse *p, struct aa_qualifiers q,
                      void (*push)(struct apparmor_policy *, const struct aa_word_rule *))
{
    AUTO_BUF struct buf text = BUF_INIT;
    struct aa_word_rule rule = word_rule(p, q);
    if (q.owner)
        return aa_reader_refuse(&p->in, "owner stands before a rule that is not about files");
    int rc = aa_reader_rest(&p->in, &text);
    if (rc < 0)
        return rc;
    for (const char *c = buf_text(&text); *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("_- \t", *c))
            return aa_reader_refuse(&p->in, "%.100s is not a list of names", buf_text(&text));
    rc = aa_parse_end_rule(p, &rule.comment);
    if (rc < 0)
        return rc;
    rule.words = mem_strdup(buf_text(&text));
    push(p->policy, &rule);
    return 0;
}

/* `all,` of AppArmor 4: a rule of every kind, which names all of it. */
static int read_all(struct aa_parse *p, struct aa_qualifiers q)
{
    static const char *const kinds[] = {"mount", "remount", "umount", "pivot_root", "ptrace", "signal", "unix",
                                        "dbus",  "change_profile", "userns", "io_uring", "mqueue"};
    struct aa_word_rule word = word_rule(p, q);
    if (q.owner)
        return aa_reader_refuse(&p->in, "owner stands before a rule that is not about files");
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        struct aa_other_rule rule = other_rule(p, q, kinds[i], "");
        if (apparmor_policy_push_other(p->policy, &rule, p->in.err) < 0)
            return aa_reader_blame(&p->in);
    }
    word.words = mem_strdup("");
    apparmor_policy_push_capability(p->policy, &word);
    word.words = mem_strdup("");
    apparmor_policy_push_network(p->policy, &word);
    return aa_parse_file_keyword(p, q);
}

static int read_safe(struct aa_parse *p, struct aa_qualifiers q, struct buf *word)
{
    int safe = aa_parse_is(word, "safe") ? 1 : -1;
    bool quoted;
    int rc = aa_reader_word(&p->in, word, &quoted);
    return rc < 0 ? rc : aa_parse_file(p, q, word, quoted, safe);
}

static int read_after_keyword(struct aa_parse *p, struct aa_qualifiers q, struct buf *word, bool quoted)
{
    if (quoted)
        return aa_parse_file(p, q, word, true, 0);
    if (aa_parse_is(word, "capability"))
        return read_words(p, q, apparmor_policy_push_capability);
    if (aa_parse_is(word, "network"))
        return read_words(p, q, apparmor_policy_push_network);
    if (aa_parse_is(word, "file"))
        return aa_parse_file_keyword(p, q);
    if (aa_parse_is(word, "all"))
        return read_all(p, q);
    if (aa_parse_is(word, "set"))
        (void)aa_reader_word(&p->in, word, NULL);
    if (aa_parse_is(word, "link"))
        return aa_parse_link(p, q);
    const char *kind = aa_other_kind(buf_text(word));
    if (kind)
        return read_other(p, q, kind);
    if (aa_parse_is(word, "safe") || aa_parse_is(word, "unsafe"))
        return read_safe(p, q, word);
    return aa_parse_file(p, q, word, quoted, 0);
}

/* What is no rule; false when word begins one. */
static bool read_statement(struct aa_parse *p, struct buf *word, bool quoted, int *ret)
{
    if (quoted)
        return false;
    if (strncmp(buf_text(word), "#include", 8) == 0) {
        p->in.at -= word->length - 8;
        *ret = aa_parse_include(p, aa_parse_included_body);
    } else if (aa_parse_is(word, "include")) {
        *ret = aa_parse_include(p, aa_parse_included_body);
    } else if (aa_parse_is(word, "if")) {
        *ret = aa_parse_condition(p);
    } else if (aa_parse_is(word, "abi")) { /* as text that was included brings it */
        *ret = aa_parse_abi(p, &p->policy->abi);
    } else if (aa_parse_at_child(word, quoted)) {
        *ret = aa_parse_profile(p, word, quoted);
    } else {
        return false;
    }
    return true;
}

static int read_block(struct aa_parse *p, struct aa_qualifiers q)
{
    struct aa_qualifiers outer = p->outer;
    if (p->nesting >= APPARMOR_FILE_NESTING_MAX)
        return aa_reader_refuse(&p->in, "blocks are nested too deep");
    p->in.at++;
    p->outer = q;
    p->nesting++;
    int rc = aa_parse_body(p);
    p->nesting--;
    p->outer = outer;
    return rc;
}

/* "priority=-5" */
static int read_priority(struct aa_parse *p, const char *text, int32_t *ret)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (*text == '\0' || isspace((unsigned char)*text) || *end != '\0' || value < -1000 || value > 1000)
        return aa_reader_refuse(&p->in, "%.40s is not a priority, which is a number from -1000 to 1000", text);
    *ret = (int32_t)value;
    return 0;
}

/* The place of a qualifier in the order that apparmor_parser wants: audit, then allow or deny, then owner. */
static size_t qualifier(const struct buf *word, bool quoted, size_t done)
{
    static const char *const order[] = {"priority=", "audit", "allow", "deny", "owner"};
    while (done < ARRAY_COUNT(order) && (quoted || strncmp(buf_text(word), order[done], strlen(order[done])) != 0 ||
                                         (done > 0 && !aa_parse_is(word, order[done]))))
        done++;
    return done;
}

int aa_parse_rule(struct aa_parse *p)
{
    enum { PRIORITY, AUDIT, ALLOW, DENY, OWNER, NONE };
    AUTO_BUF struct buf word = BUF_INIT;
    struct aa_qualifiers q = p->outer;
    size_t done = PRIORITY;
    for (bool first = true;; first = false) {
        bool quoted;
        int rc = 0;
        aa_reader_skip(&p->in, NULL);
        if (aa_reader_peek(&p->in) == '{')
            return read_block(p, q);
        rc = aa_reader_word(&p->in, &word, &quoted);
        if (rc < 0 || (first && read_statement(p, &word, quoted, &rc)))
            return rc;
        size_t at = qualifier(&word, quoted, done);
        if (at == NONE)
            return read_after_keyword(p, q, &word, quoted);
        if (at == PRIORITY && (rc = read_priority(p, buf_text(&word) + strlen("priority="), &q.priority)) < 0)
            return rc;
        q.audit |= at == AUDIT;
        q.deny |= at == DENY;
        q.owner |= at == OWNER;
        done = at == ALLOW ? OWNER : at + 1;
    }
}
