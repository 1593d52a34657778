/* if EXPRESSION { RULES } else if … else { RULES }: decided while the text is read. */
#include <ctype.h>
#include <errno.h>

#include "model/apparmor_parse.h"

/* not, and, or, (, ), {, defined, $NAME, @{NAME} */
static void read_token(struct aa_parse *p, struct buf *ret)
{
    buf_clear(ret);
    aa_reader_skip(&p->in, NULL);
    bool set = aa_reader_peek(&p->in) == '@' || aa_reader_peek(&p->in) == '$';
    if (set)
        buf_add_char(ret, *p->in.at++);
    bool braces = set && aa_reader_peek(&p->in) == '{';
    while (p->in.at < p->in.end && (isalnum((unsigned char)*p->in.at) || *p->in.at == '_' || (braces && strchr("{}", *p->in.at)))) {
        buf_add_char(ret, *p->in.at);
        if (*p->in.at++ == '}')
            return;
    }
    if (ret->length == 0 && p->in.at < p->in.end)
        buf_add_char(ret, *p->in.at++);
}

static bool next_is(struct aa_parse *p, const char *token)
{
    AUTO_BUF struct buf next = BUF_INIT;
    const struct aa_reader before = p->in;
    read_token(p, &next);
    if (aa_parse_is(&next, token))
        return true;
    p->in = before;
    return false;
}

/* The name in $NAME, ${NAME} and @{NAME}. */
static const struct aa_variable *find(const struct aa_parse *p, const struct buf *token)
{
    const char *text = buf_text(token);
    const char *name = text + 1 + (text[1] == '{');
    size_t length = strcspn(name, "}");
    const struct aa_variables *variables = text[0] == '$' ? &p->booleans : &p->variables;
    const struct aa_variable *found = aa_variables_find(variables, name, length);
    return found || !variables->otherwise ? found : aa_variables_find(variables->otherwise, name, length);
}

static int read_choice(struct aa_parse *p, unsigned depth, bool *ret);

static int read_operand(struct aa_parse *p, unsigned depth, bool *ret)
{
    AUTO_BUF struct buf token = BUF_INIT;
    if (depth > APPARMOR_FILE_NESTING_MAX)
        return aa_reader_refuse(&p->in, "a condition is nested too deep");
    read_token(p, &token);
    if (aa_parse_is(&token, "not")) {
        int rc = read_operand(p, depth + 1, ret);
        *ret = !*ret;
        return rc;
    }
    if (aa_parse_is(&token, "(")) {
        int rc = read_choice(p, depth + 1, ret);
        return rc < 0 || next_is(p, ")") ? rc : aa_reader_refuse(&p->in, "a parenthesis of a condition is not closed");
    }
    bool defined = aa_parse_is(&token, "defined");
    if (defined)
        read_token(p, &token);
    bool boolean = buf_text(&token)[0] == '$';
    if (!boolean && !(defined && strncmp(buf_text(&token), "@{", 2) == 0))
        return aa_reader_refuse(&p->in, "%.60s is not understood in a condition", buf_text(&token));
    const struct aa_variable *found = find(p, &token);
    if (!defined && !found)
        return aa_reader_refuse(&p->in, "the condition's variable %.100s is not set", buf_text(&token));
    *ret = defined ? found != NULL : strcmp(found->values[0], "true") == 0;
    return 0;
}

static int read_both(struct aa_parse *p, unsigned depth, bool *ret)
{
    int rc = read_operand(p, depth, ret);
    while (rc == 0 && next_is(p, "and")) {
        bool right = false;
        rc = read_operand(p, depth, &right);
        *ret = *ret && right;
    }
    return rc;
}

static int read_choice(struct aa_parse *p, unsigned depth, bool *ret)
{
    int rc = read_both(p, depth, ret);
    while (rc == 0 && next_is(p, "or")) {
        bool right = false;
        rc = read_both(p, depth, &right);
        *ret = *ret || right;
    }
    return rc;
}

static int read_block(struct aa_parse *p, bool holds)
{
    aa_reader_skip(&p->in, NULL);
    if (!aa_reader_take(&p->in, '{'))
        return aa_reader_refuse(&p->in, "a condition is followed by rules in braces");
    if (p->nesting >= APPARMOR_FILE_NESTING_MAX)
        return aa_reader_refuse(&p->in, "blocks are nested too deep");
    if (!holds)
        return aa_reader_skip_block(&p->in) ? 0 : aa_reader_refuse(&p->in, "the block of a condition is not closed");
    p->nesting++;
    int rc = aa_parse_body(p);
    p->nesting--;
    return rc;
}

/* One block at most is read; those behind it are not. */
int aa_parse_condition(struct aa_parse *p)
{
    bool done = false;
    for (;;) {
        bool holds = false;
        int rc = read_choice(p, 0, &holds);
        rc = rc < 0 ? rc : read_block(p, holds && !done);
        done |= holds;
        if (rc < 0 || !next_is(p, "else"))
            return rc;
        if (!next_is(p, "if"))
            return read_block(p, !done);
    }
}
