/*
 * From AppArmor's pattern language to regular expressions.
 *
 * Found by reading what `apparmor_parser -D rule-exprs` (3.0.8) prints for a few hundred patterns;
 * tests/unit/model/test_aa_glob.c compares the outcome with its automaton. Three passes: escapes are
 * decoded (a special character that results stays escaped), runs of slashes are closed up, and
 * globs become expressions.
 */
#include <errno.h>
#include <string.h>

#include "model/aa_nfa.h"

/* What keeps its backslash when an escape yields it. */
static const char SPECIAL[] = "*?[]{}^,\\";

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

/* Digits of base up to a count and up to 255; -1 when there is none. */
static int number_escape(const char **at, int base, size_t digits)
{
    int value = -1;
    while (digits-- > 0) {
        int digit = digit_value(**at);
        int more = (value < 0 ? 0 : value * base) + digit;
        if (digit >= base || more > 255)
            break;
        value = more;
        (*at)++;
    }
    return value;
}

/* The byte of the escape at *at (behind the backslash), which is then moved past it; -1 when it is none. */
static int escaped_byte(const char **at)
{
    static const char names[] = "aefnrt\"\\ ";
    static const char bytes[] = "\a\033\f\n\r\t\"\\ ";
    const char *name = **at ? strchr(names, **at) : NULL;
    if (name) {
        (*at)++;
        return bytes[name - names];
    }
    if (**at >= '0' && **at <= '7')
        return number_escape(at, 8, 3);
    if (**at != 'x' && **at != 'd')
        return -1;
    const char *digits = *at + 1;
    int value = **at == 'x' ? number_escape(&digits, 16, 2) : number_escape(&digits, 10, 3);
    if (value >= 0)
        *at = digits;
    return value;
}

static void decode_escapes(const char *in, struct buf *out)
{
    while (*in) {
        const char *behind = in + 1;
        int byte = *in == '\\' ? escaped_byte(&behind) : -1;
        if (byte > 0) {
            if (strchr(SPECIAL, byte))
                buf_add_char(out, '\\');
            buf_add_char(out, (char)byte);
            in = behind;
        } else {
            /* An escaped NUL is left for the next pass: this one works on C strings. */
            buf_add_char(out, *in++);
        }
    }
}

/* Exactly two slashes at the start mean something else to POSIX and are kept. */
static void close_up_slashes(const char *in, struct buf *out)
{
    if (in[0] == '/' && in[1] == '/' && in[2] != '/')
        buf_add_char(out, *in++);
    for (; *in; in++)
        if (in[0] != '/' || in[1] != '/')
            buf_add_char(out, *in);
}

void aa_pattern_decode(const char *pattern, struct buf *out)
{
    AUTO_BUF struct buf decoded = BUF_INIT;
    decode_escapes(pattern, &decoded);
    close_up_slashes(buf_text(&decoded), out);
}

struct translation {
    const char *pattern;
    const char *at;
    struct buf *out;
    struct err *err;
    bool escaped;
    bool in_class;
    int depth;
    unsigned items[AA_BRACE_DEPTH_MAX]; /* commas seen, by depth */
};

static int refuse(const struct translation *t, const char *why)
{
    return err_set(t->err, -EINVAL, "the pattern %.200s is malformed: %s", t->pattern, why);
}

static void star(struct translation *t)
{
    const char *behind = t->at + strspn(t->at, "*");
    /* A star alone in its segment wants at least one character, which keeps a directory itself out. */
    if (t->out->length > 0 && t->out->data[t->out->length - 1] == '/' && (*behind == '/' || *behind == '\0'))
        buf_add(t->out, "[^/\0]", 5);
    if (t->at[1] == '*') {
        buf_add(t->out, "[^\0]*", 5);
        t->at++;
    } else {
        buf_add(t->out, "[^/\0]*", 6);
    }
}

static int open_brace(struct translation *t)
{
    if (++t->depth >= AA_BRACE_DEPTH_MAX)
        return refuse(t, "its braces nest too deep");
    t->items[t->depth] = 0;
    buf_add_char(t->out, '(');
    return 0;
}

static int close_brace(struct translation *t)
{
    if (t->depth == 0)
        return refuse(t, "a } has no {");
    if (t->items[t->depth] == 0)
        return refuse(t, "braces need two alternatives with a comma between them");
    t->depth--;
    buf_add_char(t->out, ')');
    return 0;
}

static int bracket(struct translation *t)
{
    if (*t->at == ']' && !t->in_class)
        return refuse(t, "a ] has no [");
    t->in_class = *t->at == '[';
    buf_add_char(t->out, *t->at);
    return 0;
}

static int plain(struct translation *t)
{
    const char *behind = t->at;
    if (t->escaped && escaped_byte(&behind) == 0) {
        buf_add_char(t->out, '\0');
        t->at = behind - 1;
    } else {
        buf_add_char(t->out, *t->at);
    }
    return 0;
}

static void comma(struct translation *t)
{
    bool separates = !t->escaped && t->depth > 0 && !t->in_class;
    if (separates)
        t->items[t->depth]++;
    if (t->escaped && t->in_class) /* the escape counts as a character of the class */
        buf_add(t->out, "\\\\", 2);
    buf_add_char(t->out, separates ? '|' : ',');
}

static int translate_character(struct translation *t)
{
    char c = *t->at;
    /* Regular-expression characters that mean nothing in a pattern. ^ does in a class, escaped or not. */
    bool quoted = strchr(".+|()", c) || (!t->in_class && (c == '^' || c == '$'));
    if (quoted || (t->escaped && strchr("\\*[]", c))) {
        buf_add_char(t->out, '\\');
        buf_add_char(t->out, c);
        return 0;
    }
    if (c == ',') {
        comma(t);
        return 0;
    }
    if (t->escaped || (t->in_class && strchr("{}", c)))
        return plain(t);
    switch (c) {
    case '*':
        star(t);
        return 0;
    case '?':
        buf_add(t->out, "[^/\0]", 5);
        return 0;
    case '[':
    case ']':
        return bracket(t);
    case '{':
        return open_brace(t);
    case '}':
        return close_brace(t);
    default:
        return plain(t);
    }
}

int aa_regex_from_pattern(const char *pattern, struct buf *ret, struct err *err)
{
    AUTO_BUF struct buf decoded = BUF_INIT;
    AUTO_BUF struct buf closed = BUF_INIT;
    AUTO_BUF struct buf out = BUF_INIT;
    if (strlen(pattern) > AA_PATTERN_BYTES_MAX)
        return err_set(err, -EINVAL, "the pattern %.60s... is longer than %u KiB", pattern,
                       AA_PATTERN_BYTES_MAX >> 10);
    decode_escapes(pattern, &decoded);
    close_up_slashes(buf_text(&decoded), &closed);
    struct translation t = {.pattern = pattern, .at = buf_text(&closed), .out = &out, .err = err};
    for (; *t.at; t.at++) {
        if (*t.at == '\\' && !t.escaped) {
            t.escaped = true;
            continue;
        }
        int rc = translate_character(&t);
        if (rc < 0)
            return rc;
        t.escaped = false;
    }
    if (t.depth > 0 || t.in_class)
        return refuse(&t, "a { or [ is not closed");
    if (t.escaped)
        return refuse(&t, "it ends in a backslash");
    *ret = out;
    out = BUF_INIT;
    return 0;
}
