/*
 * AppArmor text read into a policy.
 *
 * The grammar is that of apparmor.d(5); where the manual is vague, apparmor_parser
 * 3.0.8 was asked. Limits: APPARMOR_POLICY_BYTES_MAX, AA_VARIABLES_MAX, and those of the patterns.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "model/apparmor_parse.h"

static int read_variable(struct aa_parse *p, const struct buf *word)
{
    const char *close = strchr(buf_text(word), '}');
    if (!close)
        return aa_reader_refuse(&p->in, "a variable's name is not closed");
    AUTO_FREE char *name = mem_dup(word->data + 2, (size_t)(close - word->data) - 2);
    if (name[0] == '\0' || name[aa_variable_name_length(name, strlen(name))] != '\0')
        return aa_reader_refuse(&p->in, "%.100s is not a variable's name", name);
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

/* Variables replaced, and the slash first where one brought alternatives. */
static int expand_path(struct aa_parse *p, struct buf *text)
{
    AUTO_BUF struct buf hoisted = BUF_INIT;
    int rc = aa_parse_expand(p, text);
    if (rc < 0 || buf_text(text)[0] != '{' || !aa_pattern_hoist_slash(buf_text(text), &hoisted))
        return rc;
    buf_clear(text);
    buf_add(text, hoisted.data, hoisted.length);
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
static int take_name(struct aa_parse *p, const struct buf *text)
{
    AUTO_BUF struct buf name = BUF_INIT;
    for (const char *c = buf_text(text); *c; c++) {
        bool number = strncmp(c, "\\134", 4) == 0;
        if (*c == '\\' && c[1] != '\0' && strchr("\"\\@", c[1]))
            c++;
        c += number ? 3 : 0;
        buf_add_char(&name, number ? '\\' : *c);
    }
    if (name.length == 0)
        return aa_reader_refuse(&p->in, "a profile has no name");
    free(p->policy->name);
    p->policy->name = buf_take(&name);
    aa_variables_add(&p->variables, "profile_name", p->policy->name);
    return 0;
}

static bool at_flags(const struct aa_parse *p)
{
    return aa_reader_peek(&p->in) == '(' || (p->in.end - p->in.at > 6 && memcmp(p->in.at, "flags=", 6) == 0);
}

/* Behind the name [ATTACHMENT] [flags=(…)] {, each once and in this order, as apparmor_parser has it. */
static int read_behind_name(struct aa_parse *p, struct buf *word)
{
    bool quoted;
    aa_reader_skip(&p->in, NULL);
    if (aa_reader_peek(&p->in) != '{' && !at_flags(p)) {
        int rc = aa_reader_word(&p->in, word, &quoted);
        if (rc == 0 && !aa_parse_starts_path(word, quoted))
            rc = aa_reader_refuse(&p->in, "%.100s is not understood in the head of a profile", buf_text(word));
        rc = rc < 0 ? rc : expand_path(p, word);
        rc = rc < 0 ? rc : take_attachment(p, word);
        if (rc < 0)
            return rc;
        aa_reader_skip(&p->in, NULL);
    }
    if (at_flags(p)) {
        p->in.at += aa_reader_peek(&p->in) == '(' ? 0 : 6;
        int rc = aa_reader_take(&p->in, '(') ? read_flags(p) : aa_reader_refuse(&p->in, "flags stand in parentheses");
        if (rc < 0)
            return rc;
        aa_reader_skip(&p->in, NULL);
    }
    return aa_reader_take(&p->in, '{') ? 0 : aa_reader_refuse(&p->in, "the head of a profile does not end in {");
}

/* [profile] NAME …; a path is name and attachment in one, unless another attachment follows. */
static int read_profile_head(struct aa_parse *p, struct buf *word, bool quoted)
{
    bool keyword = !quoted && aa_parse_is(word, "profile");
    int rc = keyword ? aa_reader_word(&p->in, word, NULL) : 0;
    if (rc < 0)
        return rc;
    bool path = buf_text(word)[0] == '/' || strncmp(buf_text(word), "@{", 2) == 0;
    if (!keyword && !path)
        return aa_reader_refuse(&p->in, "%.100s is not a rule, and a profile's name without the word profile is a path",
                                buf_text(word));
    AUTO_BUF struct buf next = BUF_INIT;
    rc = path ? expand_path(p, word) : aa_parse_expand(p, word);
    rc = rc < 0 ? rc : take_name(p, word);
    rc = rc < 0 ? rc : read_behind_name(p, &next);
    if (rc == 0 && path && !p->policy->attachment)
        rc = take_attachment(p, word);
    return rc;
}

static int read_preamble(struct aa_parse *p, struct buf *comments)
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
        if (!quoted && (aa_parse_is(&word, "include") || aa_parse_is(&word, "#include")))
            return aa_parse_refuse_include(p);
        if (!quoted && (aa_parse_is(&word, "alias") || word.data[0] == '$'))
            return aa_reader_refuse(&p->in, "%.40s is not understood", buf_text(&word));
        const struct aa_reader behind = p->in;
        aa_reader_skip(&p->in, NULL);
        bool sets = aa_reader_peek(&p->in) == '=' || aa_reader_peek(&p->in) == '+' || strstr(buf_text(&word), "}=") ||
                    strstr(buf_text(&word), "}+=");
        p->in = behind;
        if (!quoted && aa_parse_is(&word, "abi"))
            rc = aa_parse_abi(p);
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

static int read_profile(struct aa_parse *p)
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
        rc = aa_parse_rule(p);
        if (rc < 0)
            return rc;
    }
    aa_reader_skip(&p->in, NULL);
    return 0;
}

static bool is_text(const char *name, const char *bytes, size_t length, struct err *err)
{
    if (length > APPARMOR_POLICY_BYTES_MAX)
        (void)err_set(err, -EFBIG, "%.200s: the profile is larger than %u MiB", name, APPARMOR_POLICY_BYTES_MAX >> 20);
    else if (length > 0 && memchr(bytes, '\0', length))
        (void)err_set(err, -EINVAL, "%.200s: not a profile: it has a NUL byte", name);
    else
        return true;
    return false;
}

int apparmor_policy_parse(const char *name, const char *bytes, size_t length, struct apparmor_policy **ret,
                          struct err *err)
{
    struct err local = ERR_INIT;
    err = err ? err : &local;
    if (!is_text(name, bytes, length, err))
        return err->code;
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = apparmor_policy_new("");
    struct aa_parse p = {
        .in = {.name = name, .at = bytes, .end = bytes + length, .line = 1, .err = err},
        .policy = policy,
    };
    int rc = read_profile(&p);
    aa_variables_done(&p.variables);
    if (rc == 0 && p.in.at != p.in.end)
        rc = aa_reader_refuse(&p.in, "more follows behind the profile: give one profile");
    if (rc == 0)
        *ret = TAKE(policy);
    return rc;
}

/* ---- one of several ------------------------------------------------------------------------------ */

/* What a file with several profiles has: the one that is looked for, and the names of all. */
struct choice {
    const char *wanted; /* NULL: the only one */
    struct apparmor_policy *found;
    struct buf names;
    size_t count;
};

static int read_profiles(struct aa_parse *p, struct choice *choice)
{
    do {
        AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = apparmor_policy_new("");
        p->policy = policy;
        aa_variables_drop(&p->variables, "profile_name");
        int rc = read_profile(p);
        if (rc < 0)
            return rc;
        buf_printf(&choice->names, "%s%s", choice->count++ ? ", " : "", policy->name);
        if (!choice->found && (!choice->wanted || strcmp(policy->name, choice->wanted) == 0))
            choice->found = TAKE(policy);
    } while (p->in.at != p->in.end);
    return 0;
}

static int choose(const char *name, const struct choice *choice, struct err *err)
{
    if (!choice->found)
        return err_set(err, -ENOENT, "%.200s has no profile %.100s; it has %.150s", name, choice->wanted,
                       buf_text(&choice->names));
    if (!choice->wanted && choice->count > 1)
        return err_set(err, -EINVAL, "%.200s has %zu profiles: say which one; there are %.150s", name, choice->count,
                       buf_text(&choice->names));
    return 0;
}

int apparmor_policy_parse_one(const char *name, const char *bytes, size_t length, const char *profile,
                              struct apparmor_policy **ret, struct err *err)
{
    struct err local = ERR_INIT;
    err = err ? err : &local;
    if (!is_text(name, bytes, length, err))
        return err->code;
    struct aa_parse p = {.in = {.name = name, .at = bytes, .end = bytes + length, .line = 1, .err = err}};
    struct choice choice = {.wanted = profile};
    int rc = read_profiles(&p, &choice);
    aa_variables_done(&p.variables);
    rc = rc < 0 ? rc : choose(name, &choice, err);
    buf_done(&choice.names);
    if (rc == 0)
        *ret = choice.found;
    else
        apparmor_policy_free(choice.found);
    return rc;
}

int apparmor_policy_read(const char *path, const char *profile, struct apparmor_policy **ret, struct err *err)
{
    AUTO_BUF struct buf bytes = BUF_INIT;
    int rc = file_read(path, APPARMOR_POLICY_BYTES_MAX, &bytes, err);
    if (rc < 0)
        return rc;
    return apparmor_policy_parse_one(strcmp(path, "-") == 0 ? "standard input" : path, buf_text(&bytes), bytes.length,
                                     profile, ret, err);
}
