/*
 * AppArmor text read into a policy.
 *
 * The grammar is that of apparmor.d(5) for one profile; where the manual is vague, apparmor_parser
 * 3.0.8 was asked. Limits: APPARMOR_POLICY_BYTES_MAX, AA_VARIABLES_MAX, and those of the patterns.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "model/apparmor_reader.h"
#include "model/apparmor_rule.h"

struct parser {
    struct aa_reader in;
    struct aa_variables variables;
    struct apparmor_policy *policy;
};

/* What stands before a rule. */
struct qualifiers {
    bool audit;
    bool deny;
    bool owner;
};

static bool is(const struct buf *word, const char *text)
{
    return strcmp(buf_text(word), text) == 0;
}

static int refuse_include(const struct parser *p)
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

static int end_rule(struct parser *p, char **ret_comment)
{
    aa_reader_skip(&p->in, NULL);
    if (!aa_reader_take(&p->in, ','))
        return aa_reader_refuse(&p->in, "a comma is missing at the end of a rule");
    *ret_comment = aa_reader_comment(&p->in);
    return 0;
}

static int expand(struct parser *p, struct buf *text)
{
    AUTO_BUF struct buf out = BUF_INIT;
    if (aa_variables_expand(&p->variables, buf_text(text), &out, p->in.err) < 0)
        return aa_reader_blame(&p->in);
    struct buf old = *text;
    *text = out;
    out = old;
    return 0;
}

/* As expand, for the text of a rule that is kept: what a variable brings in is quoted. */
static int expand_words(struct parser *p, struct buf *text)
{
    AUTO_BUF struct buf out = BUF_INIT;
    for (const char *at = buf_text(text); *at;) {
        size_t length = *at == '"' ? strcspn(at + 1, "\"") + 1 : strcspn(at, " \t=()\"");
        length += *at == '"' && at[length] == '"' ? 1 : 0;
        length = length ? length : 1;
        AUTO_BUF struct buf word = BUF_INIT;
        buf_add(&word, at, length);
        bool quote = *at != '"' && strstr(buf_text(&word), "@{") && strcmp(buf_text(&word), "@{profile_name}") != 0;
        int rc = expand(p, &word);
        if (rc < 0)
            return rc;
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

static int add_other(struct parser *p, struct qualifiers q, const char *kind, struct buf *text)
{
    struct aa_other_rule rule = {.deny = q.deny, .audit = q.audit};
    /* apparmor_parser defines this one itself, and a name can hold what would end the word here. */
    p->variables.kept = "profile_name";
    int rc = expand_words(p, text);
    p->variables.kept = NULL;
    if (rc == 0 && !reads_back(text))
        rc = aa_reader_refuse(&p->in, "quotes or braces of a rule do not pair once its variables are expanded");
    if (rc == 0)
        rc = end_rule(p, &rule.comment);
    if (rc < 0)
        return rc;
    rule.kind = mem_strdup(kind);
    rule.text = mem_strdup(buf_text(text));
    apparmor_policy_push_other(p->policy, &rule);
    return 0;
}

static int read_other(struct parser *p, struct qualifiers q, const char *kind)
{
    AUTO_BUF struct buf text = BUF_INIT;
    if (q.owner)
        return aa_reader_refuse(&p->in, "owner stands before a rule that is not about files");
    int rc = aa_reader_rest(&p->in, &text);
    return rc < 0 ? rc : add_other(p, q, kind, &text);
}

static int read_words(struct parser *p, struct qualifiers q,
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
    rc = end_rule(p, &rule.comment);
    if (rc < 0)
        return rc;
    rule.words = mem_strdup(buf_text(&text));
    push(p->policy, &rule);
    return 0;
}

static bool starts_path(const struct buf *word, bool quoted)
{
    const char *text = buf_text(word);
    return quoted || text[0] == '/' || strncmp(text, "@{", 2) == 0;
}

/* `l /new -> /old` and `link /new -> /old`: which pairs may be linked; the rest of the mode is an ordinary rule. */
static int add_link(struct parser *p, struct qualifiers q, const struct buf *pattern, bool pattern_quoted)
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
static int read_target(struct parser *p, struct aa_file_rule *rule)
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

static bool take_arrow(struct parser *p)
{
    aa_reader_skip(&p->in, NULL);
    if (p->in.end - p->in.at < 2 || memcmp(p->in.at, "->", 2) != 0)
        return false;
    p->in.at += 2;
    return true;
}

static int finish_file(struct parser *p, struct aa_file_rule *rule, struct buf *pattern)
{
    int rc = expand(p, pattern);
    if (rc == 0)
        rc = end_rule(p, &rule->comment);
    if (rc < 0)
        return rc;
    AUTO_BUF struct buf hoisted = BUF_INIT;
    bool hoist = buf_text(pattern)[0] == '{' && aa_pattern_hoist_slash(buf_text(pattern), &hoisted);
    rule->pattern = mem_strdup(buf_text(hoist ? &hoisted : pattern));
    if (apparmor_policy_push_file(p->policy, rule, p->in.err) < 0)
        return aa_reader_blame(&p->in);
    return 0;
}

static int read_file_parts(struct parser *p, struct qualifiers q, struct aa_file_rule *rule, struct buf *first,
                           bool first_quoted, int safe)
{
    AUTO_BUF struct buf second = BUF_INIT;
    bool second_quoted;
    int rc = aa_reader_word(&p->in, &second, &second_quoted);
    if (rc < 0)
        return rc;
    bool path_first = starts_path(first, first_quoted);
    struct buf *pattern = path_first ? first : &second;
    const char *mode = buf_text(path_first ? &second : first);
    bool quoted = path_first ? first_quoted : second_quoted;
    if (!starts_path(pattern, quoted))
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
static int read_file(struct parser *p, struct qualifiers q, struct buf *word, bool quoted, int safe)
{
    struct aa_file_rule rule = {.audit = q.audit, .deny = q.deny, .owner = q.owner};
    int rc = read_file_parts(p, q, &rule, word, quoted, safe);
    aa_file_rule_done(&rule);
    return rc;
}

/* `file,` allows everything. `file` before an ordinary rule means nothing. */
static int read_file_keyword(struct parser *p, struct qualifiers q)
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

static int read_abi(struct parser *p)
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
    return end_rule(p, &comment);
}

static int read_after_keyword(struct parser *p, struct qualifiers q, struct buf *word, bool quoted)
{
    if (quoted)
        return read_file(p, q, word, true, 0);
    if (is(word, "capability"))
        return read_words(p, q, apparmor_policy_push_capability);
    if (is(word, "network"))
        return read_words(p, q, apparmor_policy_push_network);
    if (is(word, "file"))
        return read_file_keyword(p, q);
    if (is(word, "set"))
        (void)aa_reader_word(&p->in, word, NULL);
    const char *kind = aa_other_kind(buf_text(word));
    if (kind && !(strcmp(kind, "link") == 0 && q.owner))
        return read_other(p, q, kind);
    if (is(word, "safe") || is(word, "unsafe")) {
        int safe = is(word, "safe") ? 1 : -1;
        int rc = aa_reader_word(&p->in, word, &quoted);
        return rc < 0 ? rc : read_file(p, q, word, quoted, safe);
    }
    if (is(word, "abi")) /* as text that was included brings it */
        return read_abi(p);
    if (is(word, "include") || is(word, "#include"))
        return refuse_include(p);
    if (is(word, "profile") || is(word, "hat") || word->data[0] == '^')
        return aa_reader_refuse(&p->in, "child profiles and hats are not read: give one profile");
    if (is(word, "if") || is(word, "all") || is(word, "alias") || strncmp(buf_text(word), "priority=", 9) == 0)
        return aa_reader_refuse(&p->in, "%.40s is not understood", buf_text(word));
    return read_file(p, q, word, quoted, 0);
}

/* audit, then allow or deny, then owner: apparmor_parser wants that order. */
static int read_rule(struct parser *p)
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
        while (at < ARRAY_COUNT(order) && (quoted || !is(&word, order[at])))
            at++;
        if (at == ARRAY_COUNT(order))
            return read_after_keyword(p, q, &word, quoted);
        q.audit |= at == 0;
        q.deny |= at == 2;
        q.owner |= at == 3;
        done = at == 1 ? 3 : at + 1;
    }
}

/* ---- around the rules --------------------------------------------------------------------- */

static int read_variable(struct parser *p, const struct buf *word)
{
    const char *close = strchr(buf_text(word), '}');
    if (!close)
        return aa_reader_refuse(&p->in, "a variable's name is not closed");
    AUTO_FREE char *name = mem_dup(word->data + 2, (size_t)(close - word->data) - 2);
    bool known = aa_variables_find(&p->variables, name, strlen(name)) != NULL;
    p->in.at -= word->length - (size_t)(close + 1 - word->data);
    aa_reader_skip(&p->in, NULL);
    bool adds = aa_reader_take(&p->in, '+');
    if (!aa_reader_take(&p->in, '=') || known != adds)
        return aa_reader_refuse(&p->in, known ? "@{%s} is defined twice" : "@{%s} is not defined before it is used",
                                name);
    unsigned line = p->in.line;
    for (size_t count = 0;; count++) {
        AUTO_BUF struct buf value = BUF_INIT;
        aa_reader_skip(&p->in, NULL);
        if (p->in.line != line || p->in.at == p->in.end)
            return count > 0 ? 0 : aa_reader_refuse(&p->in, "@{%s} has no value", name);
        if (p->variables.count >= AA_VARIABLES_MAX || count >= 4096)
            return aa_reader_refuse(&p->in, "too many variables or values");
        int rc = aa_reader_word(&p->in, &value, NULL);
        if (rc < 0)
            return rc;
        aa_variables_add(&p->variables, name, buf_text(&value));
    }
}

/* flags=(a,b) or (a b): kept with commas between. word is what was read of it so far. */
static int read_flags(struct parser *p)
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

static int read_attachment(struct parser *p, const struct buf *word)
{
    AUTO_BUF struct buf attachment = BUF_INIT;
    struct aa_glob *glob = NULL;
    buf_add(&attachment, word->data, word->length);
    int rc = expand(p, &attachment);
    if (rc < 0)
        return rc;
    AUTO_BUF struct buf hoisted = BUF_INIT;
    if (buf_text(&attachment)[0] == '{' && aa_pattern_hoist_slash(buf_text(&attachment), &hoisted)) {
        buf_clear(&attachment);
        buf_add(&attachment, hoisted.data, hoisted.length);
    }
    if (buf_text(&attachment)[0] != '/')
        return aa_reader_refuse(&p->in, "the attachment %.100s does not begin with a slash", buf_text(&attachment));
    if (aa_glob_new(buf_text(&attachment), &glob, p->in.err) < 0)
        return aa_reader_blame(&p->in);
    aa_glob_free(glob);
    free(p->policy->attachment);
    p->policy->attachment = buf_take(&attachment);
    return 0;
}

/* A path is name and attachment in one. */
static int take_name(struct parser *p, const struct buf *word, bool keyword)
{
    AUTO_BUF struct buf name = BUF_INIT;
    bool attaches = word->data[0] == '/' || strncmp(word->data, "@{", 2) == 0;
    if (!keyword && !attaches)
        return aa_reader_refuse(&p->in, "%.100s is not a rule, and a profile's name without the word profile is a path",
                                buf_text(word));
    int rc = attaches ? read_attachment(p, word) : 0;
    if (rc < 0)
        return rc;
    for (const char *c = attaches ? p->policy->attachment : buf_text(word); *c; c++) {
        if (*c == '\\' && (c[1] == '"' || c[1] == '\\'))
            c++;
        bool escaped = strncmp(c, "\\134", 4) == 0; /* as apparmor_policy_write has it */
        c += escaped ? 3 : 0;
        buf_add_char(&name, escaped ? '\\' : *c);
    }
    free(p->policy->name);
    p->policy->name = buf_take(&name);
    aa_variables_add(&p->variables, "profile_name", p->policy->name);
    return 0;
}

/* [profile] NAME [ATTACHMENT] [flags=(…)] { */
static int read_profile_head(struct parser *p, struct buf *word, bool quoted)
{
    bool keyword = !quoted && is(word, "profile");
    int rc = keyword ? aa_reader_word(&p->in, word, NULL) : 0;
    if (rc == 0)
        rc = word->length > 0 ? take_name(p, word, keyword) : aa_reader_refuse(&p->in, "a profile has no name");
    while (rc == 0) {
        aa_reader_skip(&p->in, NULL);
        if (aa_reader_take(&p->in, '{'))
            return 0;
        bool named = p->in.end - p->in.at > 6 && memcmp(p->in.at, "flags=", 6) == 0;
        p->in.at += named ? 6 : 0;
        if (aa_reader_take(&p->in, '(')) {
            rc = read_flags(p);
            continue;
        }
        rc = aa_reader_word(&p->in, word, &quoted);
        if (rc == 0 && !starts_path(word, quoted))
            return aa_reader_refuse(&p->in, "%.100s is not understood in the head of a profile", buf_text(word));
        if (rc == 0)
            rc = read_attachment(p, word);
    }
    return rc;
}

static int read_preamble(struct parser *p, struct buf *comments)
{
    for (;;) {
        AUTO_BUF struct buf word = BUF_INIT;
        bool quoted;
        aa_reader_skip(&p->in, comments);
        if (p->in.at == p->in.end)
            return aa_reader_refuse(&p->in, "there is no profile");
        int rc = aa_reader_word(&p->in, &word, &quoted);
        if (rc < 0)
            return rc;
        if (!quoted && (is(&word, "include") || is(&word, "#include")))
            return refuse_include(p);
        if (!quoted && (is(&word, "alias") || word.data[0] == '$'))
            return aa_reader_refuse(&p->in, "%.40s is not understood", buf_text(&word));
        const struct aa_reader behind = p->in;
        aa_reader_skip(&p->in, NULL);
        bool sets = aa_reader_peek(&p->in) == '=' || aa_reader_peek(&p->in) == '+' || strstr(buf_text(&word), "}=") ||
                    strstr(buf_text(&word), "}+=");
        p->in = behind;
        if (!quoted && is(&word, "abi"))
            rc = read_abi(p);
        else if (!quoted && strncmp(buf_text(&word), "@{", 2) == 0 && sets)
            rc = read_variable(p, &word);
        else
            return read_profile_head(p, &word, quoted);
        if (rc < 0)
            return rc;
    }
}

static void keep_header(struct apparmor_policy *policy, const struct buf *comments)
{
    size_t capacity = 0;
    for (const char *line = buf_text(comments); *line;) {
        size_t length = strcspn(line, "\n");
        MEM_GROW(policy->header, policy->header_count, capacity);
        policy->header[policy->header_count++] = mem_dup(line, length);
        line += length + (line[length] == '\n');
    }
}

static int read_profile(struct parser *p)
{
    AUTO_BUF struct buf comments = BUF_INIT;
    int rc = read_preamble(p, &comments);
    if (rc < 0)
        return rc;
    keep_header(p->policy, &comments);
    for (;;) {
        aa_reader_skip(&p->in, NULL);
        if (aa_reader_take(&p->in, '}'))
            break;
        rc = read_rule(p);
        if (rc < 0)
            return rc;
    }
    aa_reader_skip(&p->in, NULL);
    return p->in.at == p->in.end ? 0 : aa_reader_refuse(&p->in, "more follows behind the profile: give one profile");
}

int apparmor_policy_parse(const char *name, const char *bytes, size_t length, struct apparmor_policy **ret,
                          struct err *err)
{
    struct err local = ERR_INIT;
    if (length > APPARMOR_POLICY_BYTES_MAX)
        return err_set(err, -EFBIG, "%.200s: the profile is larger than %u MiB", name, APPARMOR_POLICY_BYTES_MAX >> 20);
    if (length > 0 && memchr(bytes, '\0', length))
        return err_set(err, -EINVAL, "%.200s: not a profile: it has a NUL byte", name);
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = apparmor_policy_new("");
    struct parser p = {
        .in = {.name = name, .at = bytes, .end = bytes + length, .line = 1, .err = err ? err : &local},
        .policy = policy,
    };
    int rc = read_profile(&p);
    aa_variables_done(&p.variables);
    if (rc == 0)
        *ret = TAKE(policy);
    return rc;
}
