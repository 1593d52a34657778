/* File rules of an AppArmor profile: a path and a mode, in either order. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "model/apparmor_parse.h"
#include "model/apparmor_rule.h"

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

/* Behind `-> `: the profile that an exec changes to. */
static int read_target(struct aa_parse *p, struct aa_file_rule *rule)
{
    AUTO_BUF struct buf target = BUF_INIT;
    AUTO_FREE char *mode = TAKE(rule->exec_mode);
    bool quoted;
    int rc = aa_reader_word(&p->in, &target, &quoted);
    if (rc < 0)
        return rc;
    rc = aa_parse_expand(p, &target);
    if (rc == 0 && mode)
        rule->exec_mode = mem_printf(quoted ? "%s -> \"%s\"" : "%s -> %s", mode, buf_text(&target));
    return rc;
}

static bool take_arrow(struct aa_parse *p)
{
    aa_reader_skip(&p->in, NULL);
    if (p->in.end - p->in.at < 2 || memcmp(p->in.at, "->", 2) != 0)
        return false;
    p->in.at += 2;
    return true;
}

static int push_file(struct aa_parse *p, struct aa_file_rule *rule, const char *pattern)
{
    rule->pattern = mem_strdup(pattern);
    rule->line = p->rule_line;
    rule->included = p->include_depth > 0;
    return apparmor_policy_push_file(p->policy, rule, p->in.err) < 0 ? aa_reader_blame(&p->in) : 0;
}

/* The rule, and one more for every alias that its path begins with. */
static int finish_file(struct aa_parse *p, struct aa_file_rule *rule, struct buf *pattern)
{
    AUTO_BUF struct buf other = BUF_INIT;
    int rc = aa_parse_expand_path(p, pattern);
    if (rc == 0)
        rc = aa_parse_end_rule(p, &rule->comment);
    for (size_t i = 0; rc == 0 && aa_parse_alias(p, i, buf_text(pattern), &other); i++) {
        struct aa_file_rule copy = *rule;
        copy.exec_mode = rule->exec_mode ? mem_strdup(rule->exec_mode) : NULL;
        copy.comment = NULL;
        if (other.length > 0)
            rc = push_file(p, &copy, buf_text(&other));
        aa_file_rule_done(&copy);
    }
    return rc < 0 ? rc : push_file(p, rule, buf_text(pattern));
}

static int push_link(struct aa_parse *p, struct aa_qualifiers q, bool subset, const char *link, const char *target)
{
    AUTO_BUF struct buf text = BUF_INIT;
    buf_add_text(&text, subset ? "subset " : "");
    aa_pattern_write(link, &text);
    buf_add_text(&text, " -> ");
    aa_pattern_write(target, &text);
    struct aa_other_rule rule = {.deny = q.deny,
                                 .audit = q.audit,
                                 .owner = q.owner,
                                 .priority = q.priority,
                                 .line = p->rule_line,
                                 .included = p->include_depth > 0,
                                 .kind = mem_strdup("link"),
                                 .text = buf_take(&text)};
    return apparmor_policy_push_other(p->policy, &rule, p->in.err) < 0 ? aa_reader_blame(&p->in) : 0;
}

/* An alias makes another pair when either name begins with it, for which apparmor_parser (3.0.8) forgets the subset. */
static int push_aliased_links(struct aa_parse *p, struct aa_qualifiers q, const char *link, const char *target)
{
    AUTO_BUF struct buf other_link = BUF_INIT;
    AUTO_BUF struct buf other_target = BUF_INIT;
    int rc = 0;
    for (size_t i = 0; rc == 0 && aa_parse_alias(p, i, link, &other_link); i++) {
        (void)aa_parse_alias(p, i, target, &other_target);
        if (other_link.length > 0 || other_target.length > 0)
            rc = push_link(p, q, false, other_link.length > 0 ? buf_text(&other_link) : link,
                           other_target.length > 0 ? buf_text(&other_target) : target);
    }
    return rc;
}

/* What stands behind the arrow of a link rule; link is the name before it. Their comma is left. */
static int read_link_target(struct aa_parse *p, struct aa_qualifiers q, bool subset, struct buf *link)
{
    AUTO_BUF struct buf target = BUF_INIT;
    bool quoted;
    int rc = aa_reader_word(&p->in, &target, &quoted);
    if (rc == 0 && !aa_parse_starts_path(&target, quoted))
        rc = aa_reader_refuse(&p->in, "a link rule has the form link /new -> /old");
    rc = rc < 0 ? rc : aa_parse_expand_path(p, link);
    rc = rc < 0 ? rc : aa_parse_expand_path(p, &target);
    rc = rc < 0 ? rc : push_link(p, q, subset, buf_text(link), buf_text(&target));
    return rc < 0 ? rc : push_aliased_links(p, q, buf_text(link), buf_text(&target));
}

int aa_parse_link(struct aa_parse *p, struct aa_qualifiers q)
{
    AUTO_BUF struct buf word = BUF_INIT;
    AUTO_FREE char *comment = NULL;
    bool quoted;
    int rc = aa_reader_word(&p->in, &word, &quoted);
    bool subset = rc == 0 && !quoted && aa_parse_is(&word, "subset");
    if (subset)
        rc = aa_reader_word(&p->in, &word, &quoted);
    if (rc == 0 && (!aa_parse_starts_path(&word, quoted) || !take_arrow(p)))
        rc = aa_reader_refuse(&p->in, "a link rule has the form link /new -> /old");
    rc = rc < 0 ? rc : read_link_target(p, q, subset, &word);
    rc = rc < 0 ? rc : aa_parse_end_rule(p, &comment);
    if (rc == 0)
        p->policy->others[p->policy->other_count - 1].comment = TAKE(comment);
    return rc;
}

/* Behind `rl /new -> `, which says of which names it may be one, and an ordinary rule beside. Said behind the path,
 * apparmor_parser does not heed the other name. */
static int read_link_mode(struct aa_parse *p, struct aa_qualifiers q, struct aa_file_rule *rule, struct buf *pattern)
{
    int rc = read_link_target(p, q, false, pattern);
    rule->permissions &= ~(aa_mask)AA_LINK;
    if (rc == 0 && rule->permissions == 0)
        rc = aa_parse_end_rule(p, &rule->comment);
    else if (rc == 0)
        rc = finish_file(p, rule, pattern);
    return rc;
}

static int read_file_parts(struct aa_parse *p, struct aa_qualifiers q, struct aa_file_rule *rule, struct buf *first,
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
    if (!take_arrow(p))
        return finish_file(p, rule, pattern);
    bool pair = !path_first && rule->permissions & AA_LINK;
    if (pair && rule->permissions & AA_EXEC)
        return aa_reader_refuse(&p->in, "what follows -> is either a name to link or a profile: %.100s has l and x", mode);
    if (pair)
        return read_link_mode(p, q, rule, pattern);
    rc = read_target(p, rule);
    return rc < 0 ? rc : finish_file(p, rule, pattern);
}

int aa_parse_file(struct aa_parse *p, struct aa_qualifiers q, struct buf *word, bool quoted, int safe)
{
    struct aa_file_rule rule = {.audit = q.audit, .deny = q.deny, .owner = q.owner, .priority = q.priority};
    int rc = read_file_parts(p, q, &rule, word, quoted, safe);
    aa_file_rule_done(&rule);
    return rc;
}

int aa_parse_file_keyword(struct aa_parse *p, struct aa_qualifiers q)
{
    aa_reader_skip(&p->in, NULL);
    AUTO_BUF struct buf word = BUF_INIT;
    bool quoted;
    if (aa_reader_peek(&p->in) != ',') {
        int rc = aa_reader_word(&p->in, &word, &quoted);
        return rc < 0 ? rc : aa_parse_file(p, q, &word, quoted, 0);
    }
    struct aa_file_rule rule = {.audit = q.audit, .deny = q.deny, .owner = q.owner, .priority = q.priority};
    rule.permissions = AA_READ | AA_WRITE | AA_LINK | AA_LOCK | AA_MAP_EXEC | AA_EXEC;
    rule.exec_mode = q.deny ? NULL : mem_strdup("ix");
    buf_add_text(&word, "/{**,}");
    int rc = finish_file(p, &rule, &word);
    aa_file_rule_done(&rule);
    return rc;
}
