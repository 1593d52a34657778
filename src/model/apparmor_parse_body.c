/* Profiles, and what their rules stand in: blocks, conditions, included files. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>

#include "model/apparmor_parse.h"
#include "model/apparmor_rule.h"

/* ---- notes -------------------------------------------------------------------------------- */

static const char *profile_of(const struct aa_parse *p)
{
    return p->policy ? p->policy->name : NULL;
}

static void add_note(struct aa_parse *p, enum apparmor_note_kind kind, uint32_t line, const char *text)
{
    struct apparmor_file *file = p->file;
    MEM_GROW(file->notes, file->note_count, file->note_capacity);
    file->notes[file->note_count++] = (struct apparmor_note){.kind = kind,
                                                             .line = line,
                                                             .included = p->include_depth > 0,
                                                             .profile = p->policy ? mem_strdup(profile_of(p)) : NULL,
                                                             .text = mem_strdup(text)};
}

/* Behind "NAME:LINE: ", which aa_reader_refuse and aa_reader_blame put there. */
static const char *without_place(const char *sentence, const char *name)
{
    size_t length = strnlen(name, 100);
    if (strncmp(sentence, name, length) != 0 || sentence[length] != ':')
        return sentence;
    size_t digits = strspn(sentence + length + 1, "0123456789");
    const char *behind = sentence + length + 1 + digits;
    return strncmp(behind, ": ", 2) == 0 ? behind + 2 : sentence;
}

bool aa_parse_pass_over(struct aa_parse *p, const struct aa_reader *start, int rc)
{
    if (!p->options->partial || rc == -EFBIG || rc == -E2BIG || p->file->note_count >= APPARMOR_FILE_NOTES_MAX)
        return false;
    struct aa_reader behind = *start;
    aa_reader_skip_statement(&behind);
    if (behind.at == start->at)
        return false;
    uint32_t line = p->include_depth > 0 ? p->include_line : start->line;
    add_note(p, APPARMOR_NOTE_RULE, line, without_place(p->in.err->sentence, p->in.name));
    *p->in.err = ERR_INIT;
    p->in = behind;
    return true;
}

/* ---- profiles ----------------------------------------------------------------------------- */

static void set_name_variables(struct aa_parse *p, const struct apparmor_policy *policy)
{
    aa_variables_drop(&p->variables, "profile_name");
    if (policy)
        aa_variables_add(&p->variables, "profile_name", policy->name);
}

static bool has_children(const struct apparmor_file *file, const struct apparmor_policy *policy)
{
    for (size_t i = 0; i < file->profile_count; i++)
        if (file->profiles[i]->parent && strcmp(file->profiles[i]->parent, policy->name) == 0)
            return true;
    return false;
}

/* AppArmor 4 defines these where the file does not. */
static void set_attachment(struct aa_parse *p)
{
    static const char *const names[] = {"exec_path", "attach_path"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        aa_variables_drop(&p->defaults, names[i]);
        if (p->policy && p->policy->attachment)
            aa_variables_add(&p->defaults, names[i], p->policy->attachment);
    }
}

static int read_profile(struct aa_parse *p, struct buf *word, bool quoted, const struct apparmor_policy *parent)
{
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = apparmor_policy_new("");
    policy->line = aa_parse_line(p);
    p->policy = policy;
    set_name_variables(p, NULL);
    int rc = aa_parse_head(p, word, quoted, parent);
    if (rc == 0 && p->file->profile_count >= APPARMOR_FILE_PROFILES_MAX)
        rc = aa_reader_refuse(&p->in, "the file has more than %u profiles", APPARMOR_FILE_PROFILES_MAX);
    if (rc == 0 && apparmor_file_find(p->file, policy->name))
        rc = aa_reader_refuse(&p->in, "the profile %.100s is defined twice", policy->name);
    if (rc < 0)
        return rc;
    policy->abi = p->abi ? mem_strdup(p->abi) : NULL;
    struct apparmor_file *file = p->file;
    MEM_GROW(file->profiles, file->profile_count, file->profile_capacity);
    file->profiles[file->profile_count++] = policy;
    struct apparmor_policy *mine = TAKE(policy);
    set_attachment(p);
    rc = aa_parse_body(p);
    aa_parse_add_implied(mine, has_children(file, mine));
    return rc;
}

int aa_parse_profile(struct aa_parse *p, struct buf *word, bool quoted)
{
    struct apparmor_policy *parent = p->policy;
    struct aa_qualifiers outer = p->outer;
    if (p->nesting >= APPARMOR_FILE_NESTING_MAX)
        return aa_reader_refuse(&p->in, "blocks are nested too deep");
    p->outer = (struct aa_qualifiers){0};
    p->nesting++;
    int rc = read_profile(p, word, quoted, parent);
    p->nesting--;
    p->outer = outer;
    p->policy = parent;
    set_name_variables(p, parent);
    set_attachment(p);
    return rc;
}

/* ---- bodies ------------------------------------------------------------------------------- */

static int read_rule(struct aa_parse *p)
{
    const struct aa_reader start = p->in;
    p->rule_line = aa_parse_line(p);
    int rc = aa_parse_rule(p);
    return rc < 0 && aa_parse_pass_over(p, &start, rc) ? 0 : rc;
}

int aa_parse_body(struct aa_parse *p)
{
    for (;;) {
        aa_reader_skip(&p->in, NULL);
        if (aa_reader_take(&p->in, '}'))
            return 0;
        int rc = p->in.at == p->in.end ? aa_reader_refuse(&p->in, "the text ends in the middle of a profile") : read_rule(p);
        if (rc < 0)
            return rc;
    }
}

int aa_parse_included_body(struct aa_parse *p)
{
    for (;;) {
        aa_reader_skip(&p->in, NULL);
        if (p->in.at == p->in.end)
            return 0;
        int rc = *p->in.at == '}' ? aa_reader_refuse(&p->in, "a brace closes what was not opened here") : read_rule(p);
        if (rc < 0)
            return rc;
    }
}

/* ---- includes ----------------------------------------------------------------------------- */

struct taker {
    struct aa_parse *p;
    int (*read)(struct aa_parse *);
};

/* Reading a file a second time among the same rules brings nothing, and cycles end so; apparmor_parser leaves it out too. */
static bool was_included(struct aa_parse *p, const char *path)
{
    AUTO_FREE char *key = mem_printf("%p %d%d%d %d %s", (const void *)p->policy, p->outer.audit, p->outer.deny,
                                     p->outer.owner, (int)p->outer.priority, path);
    for (size_t i = 0; i < p->included_count; i++)
        if (strcmp(p->included[i], key) == 0)
            return true;
    MEM_GROW(p->included, p->included_count, p->included_capacity);
    p->included[p->included_count++] = TAKE(key);
    return false;
}

static int check_included(struct aa_parse *p, const char *path, const char *bytes, size_t length)
{
    if (p->include_depth >= APPARMOR_FILE_INCLUDE_DEPTH_MAX)
        return aa_reader_refuse(&p->in, "files that include one another are nested too deep at %.200s", path);
    if (p->included_count > APPARMOR_FILE_INCLUDES_MAX)
        return err_set(p->in.err, -E2BIG, "%.100s: more than %u files are included", p->file->name, APPARMOR_FILE_INCLUDES_MAX);
    if (length > APPARMOR_POLICY_BYTES_MAX || (p->bytes += length) > APPARMOR_POLICY_BYTES_MAX)
        return err_set(p->in.err, -EFBIG, "%.200s: with what it includes, the profile is larger than %u MiB", p->file->name,
                       APPARMOR_POLICY_BYTES_MAX >> 20);
    if (length > 0 && memchr(bytes, '\0', length))
        return aa_reader_refuse(&p->in, "%.200s is not AppArmor text: it has a NUL byte", path);
    return 0;
}

static int take_included(void *context, const char *path, const char *bytes, size_t length)
{
    struct taker *taker = context;
    struct aa_parse *p = taker->p;
    const struct aa_reader behind = p->in;
    if (was_included(p, path))
        return 0;
    int rc = check_included(p, path, bytes, length);
    if (rc < 0)
        return rc;
    if (p->include_depth++ == 0)
        p->include_line = behind.line;
    p->in = (struct aa_reader){.name = path, .at = bytes, .end = bytes + length, .line = 1, .err = behind.err};
    rc = taker->read(p);
    p->in = behind;
    p->include_depth--;
    return rc;
}

/* To behind the first byte of stop that is on this line; false when none is. */
static bool take_until(struct aa_parse *p, const char *stop, struct buf *ret)
{
    while (p->in.at < p->in.end && *p->in.at != '\n' && !strchr(stop, *p->in.at))
        buf_add_char(ret, *p->in.at++);
    return p->in.at < p->in.end && *p->in.at != '\n';
}

static void skip_blanks(struct aa_parse *p)
{
    while (aa_reader_peek(&p->in) == ' ' || aa_reader_peek(&p->in) == '\t')
        p->in.at++;
}

static int read_name(struct aa_parse *p, struct buf *ret, bool *ret_angled)
{
    skip_blanks(p);
    char first = aa_reader_peek(&p->in);
    bool wrapped = first == '<' || first == '"';
    *ret_angled = first == '<';
    p->in.at += wrapped;
    bool closed = take_until(p, !wrapped ? " \t\r#" : first == '<' ? ">" : "\"", ret) || !wrapped;
    if (!closed || ret->length == 0)
        return aa_reader_refuse(&p->in, "what is included is not named on the line");
    p->in.at += wrapped;
    return 0;
}

static bool take_word(struct aa_parse *p, const char *word)
{
    size_t length = strlen(word);
    skip_blanks(p);
    if ((size_t)(p->in.end - p->in.at) <= length || memcmp(p->in.at, word, length) != 0 ||
        !strchr(" \t<\"", p->in.at[length]))
        return false;
    p->in.at += length;
    return true;
}

static void note_include(struct aa_parse *p, const char *name, bool optional, bool found)
{
    struct apparmor_file *file = p->file;
    MEM_GROW(file->includes, file->include_count, file->include_capacity);
    file->includes[file->include_count++] =
        (struct apparmor_file_include){.name = mem_strdup(name),
                                       .profile = p->policy ? mem_strdup(profile_of(p)) : NULL,
                                       .line = aa_parse_line(p),
                                       .optional = optional,
                                       .found = found,
                                       .nested = p->include_depth > 0};
}

static int not_found(struct aa_parse *p, const char *name)
{
    if (p->options->partial) {
        add_note(p, APPARMOR_NOTE_MISSING_INCLUDE, aa_parse_line(p), name);
        return 0;
    }
    if (p->options->root_count == 0 && !p->options->load)
        return aa_reader_refuse(&p->in, "the include of %.200s is not followed here", name);
    return aa_reader_refuse(&p->in, "the include %.200s is not found", name);
}

int aa_parse_include(struct aa_parse *p, int (*read)(struct aa_parse *))
{
    AUTO_BUF struct buf name = BUF_INIT;
    struct taker taker = {.p = p, .read = read};
    bool angled;
    bool optional = take_word(p, "if");
    if (optional && !take_word(p, "exists"))
        return aa_reader_refuse(&p->in, "an include has the form include if exists <name>");
    int rc = read_name(p, &name, &angled);
    if (rc < 0)
        return rc;
    if (p->file->include_count >= APPARMOR_FILE_INCLUDES_MAX)
        return err_set(p->in.err, -E2BIG, "%.100s: more than %u files are included", p->file->name, APPARMOR_FILE_INCLUDES_MAX);
    size_t place = p->file->include_count;
    note_include(p, buf_text(&name), optional, true);
    apparmor_include_load *load = p->options->load ? p->options->load : apparmor_include_find;
    void *context = p->options->load ? p->options->load_context : (void *)(uintptr_t)p->options;
    rc = load(context, buf_text(&name), angled, p->in.name, take_included, &taker, p->in.err);
    if (rc != -ENOENT)
        return rc;
    *p->in.err = ERR_INIT;
    p->file->includes[place].found = false;
    return optional ? 0 : not_found(p, buf_text(&name));
}
