/* What stands outside of profiles: variables, aliases, abi and includes; and the profiles. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "model/aa_nfa.h"
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

/* $NAME = true; word is what was read of it so far. */
static int read_boolean(struct aa_parse *p, const struct buf *word)
{
    AUTO_BUF struct buf value = BUF_INIT;
    const size_t braces = buf_text(word)[1] == '{';
    const char *text = buf_text(word) + 1 + braces;
    size_t length = strcspn(text, braces ? "}" : "=");
    AUTO_FREE char *name = mem_dup(text, length);
    if (name[0] == '\0' || name[aa_variable_name_length(name, strlen(name))] != '\0' || (braces && text[length] != '}'))
        return aa_reader_refuse(&p->in, "$%.100s is not a variable's name", buf_text(word) + 1);
    p->in.at -= word->length - (1 + braces + length + braces);
    aa_reader_skip(&p->in, NULL);
    if (!aa_reader_take(&p->in, '='))
        return aa_reader_refuse(&p->in, "$%.100s is not set to true or false", name);
    int rc = aa_reader_word(&p->in, &value, NULL);
    if (rc < 0)
        return rc;
    for (char *c = value.data; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    if (!aa_parse_is(&value, "true") && !aa_parse_is(&value, "false"))
        return aa_reader_refuse(&p->in, "$%.100s is not set to true or false", name);
    if (p->booleans.count >= AA_VARIABLES_MAX)
        return aa_reader_refuse(&p->in, "too many variables or values");
    if (aa_variables_find(&p->booleans, name, strlen(name)))
        return aa_reader_refuse(&p->in, "$%.100s is defined twice", name);
    aa_variables_add(&p->booleans, name, buf_text(&value));
    return 0;
}

/* Behind the word alias: FROM -> TO, */
static int read_alias(struct aa_parse *p)
{
    AUTO_BUF struct buf from = BUF_INIT;
    AUTO_BUF struct buf to = BUF_INIT;
    AUTO_FREE char *comment = NULL;
    bool from_quoted, to_quoted;
    int rc = aa_reader_word(&p->in, &from, &from_quoted);
    aa_reader_skip(&p->in, NULL);
    if (rc == 0 && (!aa_reader_take(&p->in, '-') || !aa_reader_take(&p->in, '>')))
        rc = aa_reader_refuse(&p->in, "an alias has the form /old/ -> /new/");
    rc = rc < 0 ? rc : aa_reader_word(&p->in, &to, &to_quoted);
    if (rc == 0 && (!aa_parse_starts_path(&from, from_quoted) || !aa_parse_starts_path(&to, to_quoted)))
        rc = aa_reader_refuse(&p->in, "an alias stands for a path");
    if (rc == 0 && p->aliases.count >= AA_ALIASES_MAX)
        rc = aa_reader_refuse(&p->in, "too many aliases");
    rc = rc < 0 ? rc : aa_parse_end_rule(p, &comment);
    if (rc < 0)
        return rc;
    AUTO_BUF struct buf decoded_from = BUF_INIT;
    AUTO_BUF struct buf decoded_to = BUF_INIT;
    aa_pattern_decode(buf_text(&from), &decoded_from);
    aa_pattern_decode(buf_text(&to), &decoded_to);
    aa_aliases_add(&p->aliases, buf_take(&decoded_from), buf_take(&decoded_to));
    return 0;
}

bool aa_parse_alias(const struct aa_parse *p, size_t number, const char *pattern, struct buf *ret)
{
    AUTO_BUF struct buf decoded = BUF_INIT;
    buf_clear(ret);
    if (number >= p->aliases.count)
        return false;
    const struct aa_alias *alias = &p->aliases.items[number];
    size_t length = strlen(alias->from);
    aa_pattern_decode(pattern, &decoded);
    if (strncmp(buf_text(&decoded), alias->from, length) == 0)
        buf_printf(ret, "%s%s", alias->to, buf_text(&decoded) + length);
    return true;
}

int aa_parse_abi(struct aa_parse *p, char **ret)
{
    AUTO_FREE char *comment = NULL;
    AUTO_BUF struct buf word = BUF_INIT;
    int rc = aa_reader_word(&p->in, &word, NULL);
    if (rc < 0)
        return rc;
    const char *text = buf_text(&word);
    bool angled = text[0] == '<' && text[word.length - 1] == '>';
    for (const char *c = text + angled; *c && !(angled && c[1] == '\0'); c++)
        if (!isalnum((unsigned char)*c) && !strchr("/._-", *c))
            return aa_reader_refuse(&p->in, "%.100s is not the name of an abi", text);
    free(*ret);
    *ret = mem_dup(text + angled, word.length - 2u * angled);
    return aa_parse_end_rule(p, &comment);
}

/* @{NAME}= or +=, perhaps with blanks before; a profile can begin with a variable too. */
static bool at_variable(struct aa_parse *p, const struct buf *word)
{
    const struct aa_reader behind = p->in;
    aa_reader_skip(&p->in, NULL);
    char next = aa_reader_peek(&p->in);
    p->in = behind;
    const char *close = strncmp(buf_text(word), "@{", 2) == 0 ? strchr(buf_text(word), '}') : NULL;
    return close && (close[1] == '=' || strncmp(close + 1, "+=", 2) == 0 || (close[1] == '\0' && (next == '=' || next == '+')));
}

static int read_item(struct aa_parse *p)
{
    AUTO_BUF struct buf word = BUF_INIT;
    bool quoted;
    int rc = aa_reader_word(&p->in, &word, &quoted);
    if (rc < 0)
        return rc;
    if (!quoted && strncmp(buf_text(&word), "#include", 8) == 0) {
        p->in.at -= word.length - 8;
        return aa_parse_include(p, aa_parse_items);
    }
    if (!quoted && aa_parse_is(&word, "include"))
        return aa_parse_include(p, aa_parse_items);
    if (!quoted && aa_parse_is(&word, "alias"))
        return read_alias(p);
    if (!quoted && aa_parse_is(&word, "abi"))
        return aa_parse_abi(p, &p->abi);
    if (!quoted && word.data[0] == '$')
        return read_boolean(p, &word);
    return !quoted && at_variable(p, &word) ? read_variable(p, &word) : aa_parse_profile(p, &word, quoted);
}

int aa_parse_items(struct aa_parse *p)
{
    for (;;) {
        bool head = p->include_depth == 0 && p->file->profile_count == 0;
        aa_reader_skip(&p->in, head ? &p->header : NULL);
        if (p->in.at == p->in.end)
            return 0;
        const struct aa_reader start = p->in;
        int rc = read_item(p);
        if (rc < 0 && !aa_parse_pass_over(p, &start, rc))
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

static void parse_done(struct aa_parse *p)
{
    aa_variables_done(&p->variables);
    aa_variables_done(&p->booleans);
    aa_variables_done(&p->defaults);
    aa_aliases_done(&p->aliases);
    buf_done(&p->header);
    for (size_t i = 0; i < p->included_count; i++)
        free(p->included[i]);
    free(p->included);
    free(p->abi);
}

int apparmor_file_parse(const char *name, const char *bytes, size_t length, const struct apparmor_file_options *options,
                        struct apparmor_file **ret, struct err *err)
{
    static const struct apparmor_file_options none = {0};
    struct err local = ERR_INIT;
    err = err ? err : &local;
    if (!is_text(name, bytes, length, err))
        return err->code;
    AUTO(apparmor_file_free_cleanup) struct apparmor_file *file = mem_zero(1, sizeof(*file));
    file->name = mem_strdup(name);
    struct aa_parse p = {.in = {.name = name, .at = bytes, .end = bytes + length, .line = 1, .err = err},
                         .options = options ? options : &none,
                         .file = file,
                         .bytes = length};
    if (p.options->standard_tunables)
        aa_variables_standard(&p.defaults);
    p.variables.otherwise = &p.defaults;
    int rc = aa_parse_items(&p);
    if (rc == 0 && file->profile_count > 0)
        keep_header(file->profiles[0], &p.header);
    parse_done(&p);
    if (rc == 0)
        *ret = TAKE(file);
    return rc;
}
