/* A policy as AppArmor text. */
#include <string.h>

#include "base/text.h"
#include "model/apparmor_rule.h"

static const struct {
    aa_mask bit;
    char letter;
} LETTERS[] = {{AA_READ, 'r'}, {AA_WRITE, 'w'}, {AA_APPEND, 'a'}, {AA_MAP_EXEC, 'm'}, {AA_LINK, 'l'}, {AA_LOCK, 'k'}};

/* True when the pattern must be quoted: everything else than these could end an unquoted word, start a
 * comment or name a variable. A comma does not end a word that goes on behind it. */
static bool needs_quotes(const char *pattern)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+*?{}[]^~:%=";
    for (const char *c = pattern; *c; c++)
        if (!strchr(plain, *c) && (*c != ',' || c[1] == '\0' || !strchr(plain, c[1])))
            return true;
    return pattern[0] != '/';
}

/* Shown as text, so that no byte can end the line; backslashes stay, so that a comment that was read
 * is written as it was. */
static void write_comment(struct buf *out, const char *text)
{
    for (;;) {
        size_t length = strcspn(text, "\\");
        text_escape(out, text, length);
        if (text[length] == '\0')
            return;
        buf_add_char(out, '\\');
        text += length + 1;
    }
}

/* A raw quotation mark or line end, which only a hand-written profile can bring, is escaped; an escaped
 * backslash becomes its number, because apparmor_parser takes \\" for an escaped quotation mark. */
static void write_quoted(struct buf *out, const char *text)
{
    buf_add_char(out, '"');
    for (const char *c = text; *c; c++) {
        if (c[0] == '\\' && c[1] == '\\') {
            buf_add_text(out, "\\134");
            c++;
        } else if (c[0] == '\\' && c[1] != '\0' && c[1] != '\n') {
            buf_add(out, c++, 2);
        } else if (*c == '"') {
            buf_add_text(out, "\\\"");
        } else if (*c == '\n') {
            buf_add_text(out, "\\n");
        } else {
            buf_add_char(out, *c);
        }
    }
    buf_add_char(out, '"');
}

void aa_pattern_write(const char *pattern, struct buf *out)
{
    if (needs_quotes(pattern))
        write_quoted(out, pattern);
    else
        buf_add_text(out, pattern);
}

/* A name is literal text: its backslashes are escaped too, and so is what would name a variable. */
static void write_name(struct buf *out, const char *name)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-";
    if (name[0] != '\0' && name[strspn(name, plain)] == '\0') {
        buf_add_text(out, name);
        return;
    }
    AUTO_BUF struct buf escaped = BUF_INIT;
    for (const char *c = name; *c; c++) {
        if (*c == '\\' || (c[0] == '@' && c[1] == '{'))
            buf_add_char(&escaped, '\\');
        buf_add_char(&escaped, *c);
    }
    write_quoted(out, buf_text(&escaped));
}

static void write_qualifiers(struct buf *out, int32_t priority, bool audit, bool deny)
{
    buf_add_text(out, "  ");
    if (priority)
        buf_printf(out, "priority=%d ", (int)priority);
    if (audit)
        buf_add_text(out, "audit ");
    if (deny)
        buf_add_text(out, "deny ");
}

static void write_end(struct buf *out, const char *comment)
{
    buf_add_char(out, ',');
    if (comment && comment[0]) {
        buf_add_text(out, " # ");
        write_comment(out, comment);
    }
    buf_add_char(out, '\n');
}

void aa_mask_write(aa_mask permissions, const char *exec_mode, struct buf *out)
{
    for (size_t i = 0; i < ARRAY_COUNT(LETTERS); i++)
        if (permissions & LETTERS[i].bit)
            buf_add_char(out, LETTERS[i].letter);
    if (permissions & AA_EXEC)
        buf_add_text(out, exec_mode ? exec_mode : "x");
}

static void write_file(struct buf *out, const struct aa_file_rule *rule)
{
    write_qualifiers(out, rule->priority, rule->audit, rule->deny);
    if (rule->owner)
        buf_add_text(out, "owner ");
    aa_pattern_write(rule->pattern, out);
    buf_add_char(out, ' ');
    aa_mask_write(rule->permissions, rule->exec_mode, out);
    write_end(out, rule->comment);
}

static void write_words(struct buf *out, const char *keyword, const struct aa_word_rule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        write_qualifiers(out, rules[i].priority, rules[i].audit, rules[i].deny);
        buf_add_text(out, keyword);
        if (rules[i].words[0])
            buf_printf(out, " %s", rules[i].words);
        write_end(out, rules[i].comment);
    }
}

static void write_preamble(const struct apparmor_policy *policy, struct buf *out)
{
    for (size_t i = 0; i < policy->header_count; i++) {
        buf_add_text(out, policy->header[i][0] ? "# " : "#");
        write_comment(out, policy->header[i]);
        buf_add_char(out, '\n');
    }
    if (policy->abi)
        buf_printf(out, "abi <%s>,\n", policy->abi);
    if (policy->header_count > 0 || policy->abi)
        buf_add_char(out, '\n');
}

/* name is what stands behind the parent's. */
static void write_head(const struct apparmor_policy *policy, const char *name, struct buf *out)
{
    buf_add_text(out, policy->hat ? "hat " : "profile ");
    write_name(out, name);
    if (policy->attachment) {
        buf_add_char(out, ' ');
        aa_pattern_write(policy->attachment, out);
    }
    if (policy->xattrs)
        buf_printf(out, " xattrs=(%s)", policy->xattrs);
    if (policy->flags)
        buf_printf(out, " flags=(%s)", policy->flags);
    buf_add_text(out, " {\n");
}

void apparmor_policy_write_rules(const struct apparmor_policy *policy, struct buf *out)
{
    write_words(out, "capability", policy->capabilities, policy->capability_count);
    write_words(out, "network", policy->networks, policy->network_count);
    for (size_t i = 0; i < policy->other_count; i++) {
        const struct aa_other_rule *rule = &policy->others[i];
        write_qualifiers(out, rule->priority, rule->audit, rule->deny);
        if (rule->owner)
            buf_add_text(out, "owner ");
        if (strcmp(rule->kind, "rlimit") == 0)
            buf_add_text(out, "set ");
        buf_add_text(out, rule->kind);
        if (rule->text[0])
            buf_printf(out, " %s", rule->text);
        write_end(out, rule->comment);
    }
    for (size_t i = 0; i < policy->file_count; i++)
        if (!policy->files[i].implied)
            write_file(out, &policy->files[i]);
}

void apparmor_policy_write(const struct apparmor_policy *policy, struct buf *out)
{
    write_preamble(policy, out);
    write_head(policy, policy->name, out);
    apparmor_policy_write_rules(policy, out);
    buf_add_text(out, "}\n");
}

/* ---- files -------------------------------------------------------------------------------- */

static void write_nested(const struct apparmor_file *file, const struct apparmor_policy *policy, struct buf *out)
{
    const char *name = policy->parent ? policy->name + strlen(policy->parent) + strlen("//") : policy->name;
    write_head(policy, name, out);
    apparmor_policy_write_rules(policy, out);
    for (size_t i = 0; i < file->profile_count; i++) {
        const struct apparmor_policy *child = file->profiles[i];
        if (!child->parent || strcmp(child->parent, policy->name) != 0)
            continue;
        buf_add_char(out, '\n');
        write_nested(file, child, out);
    }
    buf_add_text(out, "}\n");
}

void apparmor_file_write(const struct apparmor_file *file, struct buf *out)
{
    for (size_t i = 0; i < file->profile_count; i++) {
        if (file->profiles[i]->parent)
            continue;
        if (out->length == 0)
            write_preamble(file->profiles[i], out);
        else
            buf_add_char(out, '\n');
        write_nested(file, file->profiles[i], out);
    }
}
