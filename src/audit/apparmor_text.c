#include "audit/apparmor_text.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "audit/source.h"

struct splitter {
    struct arena *arena;
    const char *name;
    const char *at, *end;
    const char *line_start;
    uint32_t line;
    size_t count;
    struct err *err;
};

static int refuse(const struct splitter *s, const char *sentence)
{
    return err_set(s->err, -EINVAL, "%s:%u: %s", s->name, s->line, sentence);
}

static char peek(const struct splitter *s, size_t ahead)
{
    return (size_t)(s->end - s->at) > ahead ? s->at[ahead] : '\0';
}

static void step(struct splitter *s)
{
    if (*s->at++ == '\n') {
        s->line++;
        s->line_start = s->at;
    }
}

/* Up to the line's end, which is left. */
static void skip_line(struct splitter *s)
{
    const char *end = memchr(s->at, '\n', (size_t)(s->end - s->at));
    s->at = end ? end : s->end;
}

static bool has_word(const struct splitter *s, const char *word)
{
    size_t length = strlen(word);
    return (size_t)(s->end - s->at) > length && memcmp(s->at, word, length) == 0 && strchr(" \t<\"", s->at[length]);
}

static bool at_include(const struct splitter *s)
{
    return has_word(s, "include") || has_word(s, "#include");
}

static void skip_blanks(struct splitter *s)
{
    while (s->at < s->end) {
        if (*s->at == '#' && !at_include(s))
            skip_line(s);
        else if (isspace((unsigned char)*s->at) || *s->at == ',')
            step(s);
        else
            return;
    }
}

/* ---- statements ------------------------------------------------------------------------------------ */

static struct node *at_place(struct node *node, uint32_t line, uint32_t column)
{
    node->line = node->value_line = line;
    node->column = node->value_column = column;
    return node;
}

static const char *trimmed(struct arena *arena, const struct buf *text)
{
    const char *start = buf_text(text);
    size_t length = text->length;
    for (; length > 0 && isspace((unsigned char)*start); start++)
        length--;
    while (length > 0 && isspace((unsigned char)start[length - 1]))
        length--;
    return arena_dup(arena, start, length);
}

/* Includes and variables end with their line. */
static void take_line(struct splitter *s, struct buf *text)
{
    char before = ' ';
    bool quoted = false;
    for (; s->at < s->end && *s->at != '\n'; s->at++) {
        if (*s->at == '#' && !quoted && isspace((unsigned char)before) && text->length > 0)
            break;
        quoted ^= *s->at == '"' && before != '\\';
        before = *s->at;
        buf_add_char(text, before);
    }
    skip_line(s);
}

/* @{NAME}= or @{NAME} += or $NAME = */
static bool at_assignment(const struct splitter *s)
{
    const char *at = s->at;
    bool set = *at == '@' && peek(s, 1) == '{';
    if (!set && *at != '$')
        return false;
    while (at < s->end && *at != '\n' && (set ? *at != '}' : !isspace((unsigned char)*at) && *at != '='))
        at++;
    at += set && at < s->end && *at == '}';
    while (at < s->end && (*at == ' ' || *at == '\t'))
        at++;
    return at < s->end && (*at == '=' || (*at == '+' && at + 1 < s->end && at[1] == '='));
}

static int take_quoted(struct splitter *s, struct buf *text)
{
    do {
        size_t length = *s->at == '\\' && s->at + 1 < s->end && s->at[1] != '\n' ? 2 : 1;
        buf_add(text, s->at, length);
        s->at += length;
        if (s->at == s->end || *s->at == '\n')
            return refuse(s, "a quotation mark is not closed");
    } while (*s->at != '"');
    buf_add_char(text, *s->at++);
    return 0;
}

/* What is open at a place in a rule: a comma ends the rule only when nothing is. */
struct open {
    int parentheses, braces;
    bool class;
};

/* A brace of a pattern has something behind it; one that opens a block has not. */
static bool opens_block(const struct splitter *s, const struct open *open)
{
    char next = peek(s, 1);
    return open->parentheses == 0 && open->braces == 0 && !open->class && (next == '\0' || isspace((unsigned char)next) || next == '#' || next == '}');
}

static void take_byte(struct splitter *s, struct open *open, struct buf *text)
{
    char c = *s->at;
    if (isspace((unsigned char)c))
        open->class = false;
    else if (c == '[')
        open->class = true;
    else if (c == ']')
        open->class = false;
    else if (!open->class) {
        open->parentheses += (c == '(') - (c == ')' && open->parentheses > 0);
        open->braces += (c == '{') - (c == '}' && open->braces > 0);
    }
    buf_add_char(text, isspace((unsigned char)c) ? ' ' : c);
    step(s);
}

/* Up to the comma, the brace that opens a block, or the one that closes the block around it: ret_end, which is left. */
static int take_rule(struct splitter *s, struct buf *text, char *ret_end)
{
    struct open open = {0};
    while (s->at < s->end) {
        char c = *s->at;
        bool plain = open.parentheses == 0 && open.braces == 0 && !open.class;
        if ((plain && (c == ',' || c == '}')) || (c == '{' && opens_block(s, &open))) {
            *ret_end = c;
            return 0;
        }
        if (c == '"') {
            if (take_quoted(s, text) < 0)
                return -EINVAL;
        } else if (c == '\\' && s->at + 1 < s->end && s->at[1] != '\n') {
            buf_add(text, s->at, 2);
            s->at += 2;
        } else if (c == '#' && text->length > 0 && text->data[text->length - 1] == ' ') {
            skip_line(s);
        } else {
            take_byte(s, &open, text);
        }
    }
    return refuse(s, "the last rule does not end");
}

static int read_body(struct splitter *s, struct node *list, unsigned depth);

static int read_block(struct splitter *s, struct node *statement, struct buf *head, unsigned depth)
{
    struct node *text = node_new_text(s->arena, trimmed(s->arena, head), NULL);
    struct node *body = node_new_list(s->arena, NULL);
    node_put(s->arena, statement, "head", at_place(text, statement->line, statement->column));
    node_put(s->arena, statement, "body", at_place(body, statement->line, statement->column));
    if (depth >= APPARMOR_NESTING_MAX)
        return refuse(s, "blocks are nested too deep");
    s->at++;
    return read_body(s, body, depth + 1);
}

static int read_statement(struct splitter *s, struct node *list, unsigned depth)
{
    AUTO_BUF struct buf text = BUF_INIT;
    uint32_t line = s->line, column = (uint32_t)(s->at - s->line_start) + 1;
    char end = ',';
    int rc = 0;
    if (++s->count > APPARMOR_STATEMENTS_MAX)
        return refuse(s, "it has more rules than any profile of a real program");
    if (at_include(s) || at_assignment(s))
        take_line(s, &text);
    else
        rc = take_rule(s, &text, &end);
    if (rc < 0)
        return rc;
    if (end == '}')
        return refuse(s, "a comma is missing at the end of a rule");
    if (end == '{') {
        struct node *block = at_place(node_new_map(s->arena, NULL), line, column);
        node_append(list, block);
        return read_block(s, block, &text, depth);
    }
    struct node *rule = node_new_text(s->arena, trimmed(s->arena, &text), NULL);
    node_append(list, at_place(rule, line, column));
    return 0;
}

static int read_body(struct splitter *s, struct node *list, unsigned depth)
{
    for (;;) {
        skip_blanks(s);
        if (s->at == s->end)
            return depth == 0 ? 0 : refuse(s, "a block is not closed");
        if (*s->at == '}') {
            s->at++;
            return depth > 0 ? 0 : refuse(s, "a brace closes what was not opened");
        }
        int rc = read_statement(s, list, depth);
        if (rc < 0)
            return rc;
    }
}

int apparmor_statements(struct arena *arena, const char *name, const char *bytes, size_t length, struct node *list,
                        uint32_t *ret_line, struct err *err)
{
    struct splitter s = {.arena = arena, .name = name, .at = bytes, .end = bytes + length, .line_start = bytes, .line = 1,
                         .err = err};
    if (length > 0 && memchr(bytes, '\0', length))
        return err_set(err, -EINVAL, "cannot read %s: an AppArmor profile has no NUL bytes", name);
    int rc = read_body(&s, list, 0);
    if (rc < 0 && ret_line)
        *ret_line = s.line;
    return rc;
}

static bool has_profile(struct arena *arena, const struct node *list)
{
    struct apparmor_head head;
    for (const struct node *one = node_first(list); one; one = one->next)
        if (apparmor_head_read(arena, one, &head))
            return true;
    return false;
}

int apparmor_read(const char *name, const char *bytes, size_t length, struct arena *arena, struct node_stream *ret,
                  struct err *err)
{
    *ret = (struct node_stream){0};
    struct node *root = node_new_map(arena, NULL), *list = node_new_list(arena, NULL);
    root->line = root->column = root->value_line = root->value_column = 1;
    node_put(arena, root, "apparmor", list);
    list->line = list->column = list->value_line = list->value_column = 1;
    int rc = apparmor_statements(arena, name, bytes, length, list, &ret->error_line, err);
    if (rc < 0)
        ret->error_column = 1;
    if (rc < 0 && !has_profile(arena, list))
        return rc;
    ret->documents = arena_alloc(arena, sizeof(*ret->documents));
    ret->documents[0] = root;
    ret->count = 1;
    return rc;
}
