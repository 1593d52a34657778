/* Rules of an AppArmor profile. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "model/apparmor_parse.h"
#include "model/apparmor_rule.h"

/* What stands before a rule. */
struct qualifiers {
    bool audit;
    bool deny;
    bool owner;
};

int aa_parse_refuse_include(const struct aa_parse *p)
{
    return aa_reader_refuse(&p->in, "include is not read yet: give the text with its includes inserted");
}

/* ---- permissions -------------------------------------------------------------------------- */

static aa_mask letter_permission(char letter)
{
    switch (letter) {
    case 'r':
        return AA_READ;
    case 'w':
        return AA_WRITE;
    case 'a':
        return AA_APPEND;
    case 'l':
        return AA_LINK;
    case 'k':
        return AA_LOCK;
    case 'm':
        return AA_MAP_EXEC;
    default:
        return 0;
    }
}

/* "rwPix": the exec mode is the run of its letters that ends in x; the others are taken in either case. */
static bool read_mode(const char *mode, struct aa_file_rule *rule)
{
    char exec[8] = "";
    size_t exec_length = 0;
    if (*mode == '\0')
        return false;
    for (; *mode; mode++) {
        aa_mask permission = letter_permission((char)tolower((unsigned char)*mode));
        rule->permissions |= permission;
        if (permission)
            continue;
        if (!strchr("xipPcCuU", *mode) || exec_length + 1 == sizeof(exec) || rule->permissions & AA_EXEC)
            return false;
        exec[exec_length++] = *mode;
        if (*mode == 'x')
            rule->permissions |= AA_EXEC;
    }
    if (exec_length > 0 && !(rule->permissions & AA_EXEC))
        return false;
    if (exec_length > 1)
        rule->exec_mode = mem_strdup(exec);
    return true;
}

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

static int add_other(struct aa_parse *p, struct qualifiers q, const char *kind, struct buf *text)
{
    struct aa_other_rule rule = {.deny = q.deny, .audit = q.audit};
    /* apparmor_parser defines this one itself, and a name can hold what would end the word here. */
    p->variables.kept = "profile_name";
    int rc = expand_words(p, text);
    p->variables.kept = NULL;
    if (rc == 0 && !reads_back(text))
        rc = aa_reader_refuse(&p->in, "quotes or braces of a rule do not pair once its variables are expanded");
    if (rc == 0)
        rc = aa_parse_end_rule(p, &rule.comment);
    if (rc < 0)
        return rc;
    rule.kind = mem_strdup(kind);
    rule.text = mem_strdup(buf_text(text));
    apparmor_policy_push_other(p->policy, &rule);
    return 0;
}

static int read_other(struct aa_parse *p, struct qualifiers q, const char *kind)
{
    AUTO_BUF struct buf text = BUF_INIT;
    if (q.owner)
        return aa_reader_refuse(&p->in, "owner stands before a rule that is not about files");
    int rc = aa_reader_rest(&p->in, &text);
    return rc < 0 ? rc : add_other(p, q, kind, &text);
}

static int read_words(struct aa_parse *p, struct qualifiers q,
                      void (*push)(struct apparmor_policy *, const struct aa_word_rule *))
{
    AUTO_BUF struct buf text = BUF_INIT;
    struct aa_word_rule rule = {.deny = q.deny, .audit = q.audit};
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

/* `l /new -> /old` and `link /new -> /old`: which pairs may be linked; the rest of the mode is an ordinary rule. */
static int add_link(struct aa_parse *p, struct qualifiers q, const struct buf *pattern, bool pattern_quoted)
{
    AUTO_BUF struct buf text = BUF_INIT;
    AUTO_BUF struct buf target = BUF_INIT;
    bool quoted;
    int rc = aa_reader_word(&p->in, &target, &quoted);
    if (rc < 0)
        return rc;
    buf_printf(&text, pattern_quoted ? "\"%s\" -> " : "%s -> ", buf_text(pattern));
    buf_printf(&text, quoted ? "\"%s\"" : "%s", buf_text(&target));
    return add_other(p, q, "link", &text);
}

/* Behind `-> `: the profile that an exec changes to. */
static int read_target(struct aa_parse *p, struct aa_file_rule *rule)
{
    AUTO_BUF struct buf target = BUF_INIT;
    AUTO_FREE char *mode = TAKE(rule->exec_mode);
    bool quoted;
    int rc = aa_reader_word(&p->in, &target, &quoted);
    if (rc < 0)
        return rc;
    if (mode)
        rule->exec_mode = mem_printf(quoted ? "%s -> \"%s\"" : "%s -> %s", mode, buf_text(&target));
    return 0;
}

static bool take_arrow(struct aa_parse *p)
{
    aa_reader_skip(&p->in, NULL);
    if (p->in.end - p->in.at < 2 || memcmp(p->in.at, "->", 2) != 0)
        return false;
    p->in.at += 2;
    return true;
}

static int finish_file(struct aa_parse *p, struct aa_file_rule *rule, struct buf *pattern)
{
    int rc = aa_parse_expand(p, pattern);
    if (rc == 0)
        rc = aa_parse_end_rule(p, &rule->comment);
    if (rc < 0)
        return rc;
    AUTO_BUF struct buf hoisted = BUF_INIT;
    bool hoist = buf_text(pattern)[0] == '{' && aa_pattern_hoist_slash(buf_text(pattern), &hoisted);
    rule->pattern = mem_strdup(buf_text(hoist ? &hoisted : pattern));
    if (apparmor_policy_push_file(p->policy, rule, p->in.err) < 0)
        return aa_reader_blame(&p->in);
    return 0;
}

static int read_file_parts(struct aa_parse *p, struct qualifiers q, struct aa_file_rule *rule, struct buf *first,
                           bool first_quoted, int safe)
{
    AUTO_BUF struct buf second = BUF_INIT;
    bool second_quoted;
    int rc = aa_reader_word(&p->in, &second, &second_quoted);
    if (rc < 0)
        return rc;
    bool path_first = aa_parse_starts_path(first, first_quoted);
    struct buf *pattern = path_first ? first : &second;
    const char *mode = buf_text(path_first ? &second : first);
    bool quoted = path_first ? first_quoted : second_quoted;
    if (!aa_parse_starts_path(pattern, quoted))
        return aa_reader_refuse(&p->in, "%.100s %.100s is not a rule", buf_text(first), buf_text(&second));
    if (!read_mode(mode, rule))
        return aa_reader_refuse(&p->in, "%.60s is not a mode for %.200s", mode, buf_text(pattern));
    if (safe && rule->exec_mode)
        rule->exec_mode[0] = (char)(safe > 0 ? toupper((unsigned char)rule->exec_mode[0])
                                             : tolower((unsigned char)rule->exec_mode[0]));
    if (take_arrow(p)) {
        if (!(rule->permissions & AA_EXEC) && rule->permissions & AA_LINK)
            return rule->permissions == AA_LINK
                       ? add_link(p, q, pattern, quoted)
                       : aa_reader_refuse(&p->in, "give the link in a rule of its own: link /new -> /old");
        rc = read_target(p, rule);
        if (rc < 0)
            return rc;
    }
    return finish_file(p, rule, pattern);
}

/* word is the first of the rule behind its qualifiers, safe whether an exec cleans the environment (1),
 * does not (-1) or was not said (0). */
static int read_file(struct aa_parse *p, struct qualifiers q, struct buf *word, bool quoted, int safe)
{
    struct aa_file_rule rule = {.audit = q.audit, .deny = q.deny, .owner = q.owner};
    int rc = read_file_parts(p, q, &rule, word, quoted, safe);
    aa_file_rule_done(&rule);
    return rc;
}

/* `file,` allows everything. `file` before an ordinary rule means nothing. */
static int read_file_keyword(struct aa_parse *p, struct qualifiers q)
{
    aa_reader_skip(&p->in, NULL);
    AUTO_BUF struct buf word = BUF_INIT;
    bool quoted;
    if (aa_reader_peek(&p->in) != ',') {
        int rc = aa_reader_word(&p->in, &word, &quoted);
        return rc < 0 ? rc : read_file(p, q, &word, quoted, 0);
    }
    struct aa_file_rule rule = {.audit = q.audit, .deny = q.deny, .owner = q.owner};
    rule.permissions = AA_READ | AA_WRITE | AA_LINK | AA_LOCK | AA_MAP_EXEC | AA_EXEC;
    rule.exec_mode = mem_strdup("ix");
    buf_add_text(&word, "/{**,}");
    int rc = finish_file(p, &rule, &word);
    aa_file_rule_done(&rule);
    return rc;
}

int aa_parse_abi(struct aa_parse *p)
{
    AUTO_BUF struct buf word = BUF_INIT;
    int rc = aa_reader_word(&p->in, &word, NULL);
    if (rc < 0)
        return rc;
    const char *text = buf_text(&word);
    bool angled = text[0] == '<' && text[word.length - 1] == '>';
    free(p->policy->abi);
    p->policy->abi = mem_dup(text + angled, word.length - 2u * angled);
    for (const char *c = p->policy->abi; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("/._-", *c))
            return aa_reader_refuse(&p->in, "%.100s is not the name of an abi", p->policy->abi);
    AUTO_FREE char *comment = NULL;
    return aa_parse_end_rule(p, &comment);
}

static int read_after_keyword(struct aa_parse *p, struct qualifiers q, struct buf *word, bool quoted)
{
    if (quoted)
        return read_file(p, q, word, true, 0);
    if (aa_parse_is(word, "capability"))
        return read_words(p, q, apparmor_policy_push_capability);
    if (aa_parse_is(word, "network"))
        return read_words(p, q, apparmor_policy_push_network);
    if (aa_parse_is(word, "file"))
        return read_file_keyword(p, q);
    if (aa_parse_is(word, "set"))
        (void)aa_reader_word(&p->in, word, NULL);
    const char *kind = aa_other_kind(buf_text(word));
    if (kind && !(strcmp(kind, "link") == 0 && q.owner))
        return read_other(p, q, kind);
    if (aa_parse_is(word, "safe") || aa_parse_is(word, "unsafe")) {
        int safe = aa_parse_is(word, "safe") ? 1 : -1;
        int rc = aa_reader_word(&p->in, word, &quoted);
        return rc < 0 ? rc : read_file(p, q, word, quoted, safe);
    }
    if (aa_parse_is(word, "abi")) /* as text that was included brings it */
        return aa_parse_abi(p);
    if (aa_parse_is(word, "include") || aa_parse_is(word, "#include"))
        return aa_parse_refuse_include(p);
    if (aa_parse_is(word, "profile") || aa_parse_is(word, "hat") || word->data[0] == '^')
        return aa_reader_refuse(&p->in, "child profiles and hats are not read: give one profile");
    if (aa_parse_is(word, "if") || aa_parse_is(word, "all") || aa_parse_is(word, "alias") || strncmp(buf_text(word), "priority=", 9) == 0)
        return aa_reader_refuse(&p->in, "%.40s is not understood", buf_text(word));
    return read_file(p, q, word, quoted, 0);
}

/* audit, then allow or deny, then owner: apparmor_parser wants that order. */
int aa_parse_rule(struct aa_parse *p)
{
    AUTO_BUF struct buf word = BUF_INIT;
    struct qualifiers q = {0};
    static const char *const order[] = {"audit", "allow", "deny", "owner"};
    size_t done = 0;
    for (;;) {
        bool quoted;
        aa_reader_skip(&p->in, NULL);
        if (aa_reader_peek(&p->in) == '{')
            return aa_reader_refuse(&p->in, "blocks of rules are not read: repeat the qualifier on each rule");
        int rc = aa_reader_word(&p->in, &word, &quoted);
        if (rc < 0)
            return rc;
        size_t at = done;
        while (at < ARRAY_COUNT(order) && (quoted || !aa_parse_is(&word, order[at])))
            at++;
        if (at == ARRAY_COUNT(order))
            return read_after_keyword(p, q, &word, quoted);
        q.audit |= at == 0;
        q.deny |= at == 2;
        q.owner |= at == 3;
        done = at == 1 ? 3 : at + 1;
    }
}

