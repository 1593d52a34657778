/*
 * The syntax of a Dockerfile, as BuildKit's parser has it: parser directives, continued lines with comments between
 * them, here-documents, flags, the JSON form.
 *
 * The tree: { directives: { escape, syntax … }, dockerfile: [ { name: "RUN", text: all behind the name,
 * flags: { mount: … }, rest: text without the flags, words: [ of the JSON form ], documents: [ { name, text } ],
 * instruction: the one behind ONBUILD } … ] }, each instruction where it begins.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "audit/lines.h"
#include "audit/source.h"

static const char *const instructions[] = {
    "ADD",   "ARG",        "CMD",     "COPY", "ENTRYPOINT", "ENV",        "EXPOSE", "FROM",   "HEALTHCHECK",
    "LABEL", "MAINTAINER", "ONBUILD", "RUN",  "SHELL",      "STOPSIGNAL", "USER",   "VOLUME", "WORKDIR",
};

/* Both far above any real one. Nodes are about a hundred times as large as the shortest words. */
enum { DOCKERFILE_BYTES_MAX = 1 << 20, JSON_BYTES_MAX = 64 << 10 };

struct reader {
    const char *name;
    struct arena *arena;
    struct lines lines;
    struct buf logical; /* an instruction with its continued lines */
    uint32_t line, column; /* where it begins */
    char escape;
    struct node *list;
    struct node_stream *stream;
    int failed; /* the first error; reading goes on behind it */
    struct err *err;
};

static void __attribute__((format(printf, 3, 4))) fail(struct reader *in, int code, const char *format, ...)
{
    char why[200];
    va_list arguments;
    if (in->failed)
        return;
    va_start(arguments, format);
    (void)vsnprintf(why, sizeof(why), format, arguments);
    va_end(arguments);
    in->stream->error_line = in->line;
    in->stream->error_column = in->column;
    in->failed = err_set(in->err, code, "%s:%u:%u: not a valid Dockerfile: %s", in->name, in->line, in->column, why);
}

/* ---- nodes ----------------------------------------------------------------------------------------- */

static struct node *at_place(const struct reader *in, struct node *node)
{
    node->line = node->value_line = in->line;
    node->column = node->value_column = in->column;
    return node;
}

static void put_text(struct reader *in, struct node *map, const char *key, const char *text, size_t length)
{
    node_put(in->arena, map, key, at_place(in, node_new_text(in->arena, arena_dup(in->arena, text, length), NULL)));
}

/* ---- lines ----------------------------------------------------------------------------------------- */

/* The length without the mark that continues the line; as it is when there is none. An escaped mark is none. */
static bool continued(const struct reader *in, const char *text, size_t length, size_t *ret_length)
{
    size_t end = lines_trimmed(text, length);
    *ret_length = length;
    if (end == 0 || text[end - 1] != in->escape || (end > 1 && text[end - 2] == in->escape))
        return false;
    *ret_length = end - 1;
    return true;
}

/* Collects the next instruction; false at the end. Blank lines and comments inside it are passed over. */
static bool take_logical(struct reader *in)
{
    bool begun = false, more = true;
    buf_clear(&in->logical);
    while (more && lines_next(&in->lines)) {
        const char *text = in->lines.text;
        size_t length, blanks = lines_blanks(text, in->lines.length);
        if (blanks == in->lines.length || text[blanks] == '#')
            continue;
        more = continued(in, text, in->lines.length, &length);
        if (!begun) {
            in->line = in->lines.number;
            in->column = (uint32_t)blanks + 1;
            text += blanks;
            length = length > blanks ? length - blanks : 0;
        }
        begun = true;
        buf_add(&in->logical, text, length);
    }
    return begun;
}

/* ---- parser directives --------------------------------------------------------------------------- */

/* "# key = value" */
static bool is_directive(const struct lines *line, size_t *ret_key, size_t *ret_key_length, size_t *ret_value)
{
    size_t at = 0;
    if (line->length == 0 || line->text[at++] != '#')
        return false;
    at += lines_blanks(line->text + at, line->length - at);
    *ret_key = at;
    while (at < line->length && isalnum((unsigned char)line->text[at]))
        at++;
    *ret_key_length = at - *ret_key;
    at += lines_blanks(line->text + at, line->length - at);
    if (*ret_key_length == 0 || at == line->length || line->text[at++] != '=')
        return false;
    *ret_value = at + lines_blanks(line->text + at, line->length - at);
    return *ret_value < line->length;
}

/* They stand before everything else, other comments too. */
static void read_directives(struct reader *in, struct node *directives)
{
    struct lines ahead = in->lines;
    size_t key, key_length, value;
    while (lines_next(&ahead) && is_directive(&ahead, &key, &key_length, &value)) {
        in->lines = ahead;
        in->line = ahead.number;
        in->column = 1;
        char *name = arena_dup(in->arena, ahead.text + key, key_length);
        for (char *c = name; *c; c++)
            *c = (char)tolower((unsigned char)*c);
        put_text(in, directives, name, ahead.text + value, lines_trimmed(ahead.text + value, ahead.length - value));
        if (strcmp(name, "escape") == 0)
            in->escape = ahead.text[value] == '`' ? '`' : '\\';
    }
}

/* ---- here-documents ------------------------------------------------------------------------------- */

struct here {
    char *name;
    bool tabs; /* those in front of a line do not count */
};

/* Takes the next word, quotes kept, from *at; its length, 0 at the end. */
static size_t take_word(const struct reader *in, const char **at)
{
    char quote = '\0';
    *at += strspn(*at, " \t");
    const char *c = *at;
    for (; *c && (quote || (*c != ' ' && *c != '\t')); c++) {
        if (*c == in->escape && c[1] && quote != '\'')
            c++;
        else if (quote)
            quote = *c == quote ? '\0' : quote;
        else if (*c == '"' || *c == '\'')
            quote = *c;
    }
    return (size_t)(c - *at);
}

/* "<<EOF", "<<-EOF", "3<<'EOF'" */
static bool is_here(struct reader *in, const char *word, size_t length, struct here *ret)
{
    size_t at = 0;
    while (at < length && isdigit((unsigned char)word[at]))
        at++;
    if (length < at + 3 || memcmp(word + at, "<<", 2) != 0)
        return false;
    at += 2;
    ret->tabs = word[at] == '-';
    at += ret->tabs;
    if (at == length || memchr(word + at, '<', length - at))
        return false;
    ret->name = arena_alloc(in->arena, length - at + 1);
    for (size_t kept = 0; at < length; at++)
        if (word[at] != '"' && word[at] != '\'')
            ret->name[kept++] = word[at];
    return ret->name[0] != '\0';
}

static bool take_body(struct reader *in, const struct here *here, struct buf *body)
{
    while (lines_next(&in->lines)) {
        const char *text = in->lines.text;
        size_t length = in->lines.length;
        for (; here->tabs && length > 0 && *text == '\t'; length--)
            text++;
        if (length == strlen(here->name) && memcmp(text, here->name, length) == 0)
            return true;
        buf_add(body, text, length);
        buf_add_char(body, '\n');
    }
    return false;
}

static void read_documents(struct reader *in, struct node *instruction, const char *rest)
{
    struct node *documents = NULL;
    size_t length;
    for (const char *at = rest; (length = take_word(in, &at)) > 0; at += length) {
        struct here here;
        if (!is_here(in, at, length, &here))
            continue;
        if (!documents)
            node_put(in->arena, instruction, "documents", documents = at_place(in, node_new_list(in->arena, NULL)));
        AUTO_BUF struct buf body = BUF_INIT;
        if (!take_body(in, &here, &body))
            fail(in, -EINVAL, "the here-document %.60s has no end", here.name);
        struct node *document = at_place(in, node_new_map(in->arena, NULL));
        node_append(documents, document);
        put_text(in, document, "name", here.name, strlen(here.name));
        put_text(in, document, "text", buf_text(&body), body.length);
    }
}

/* ---- instructions --------------------------------------------------------------------------------- */

/* Takes the words that begin with "--"; returns what stands behind them. */
static const char *read_flags(struct reader *in, struct node *instruction, const char *rest)
{
    struct node *flags = NULL;
    const char *at = rest;
    for (size_t length; (length = take_word(in, &at)) > 2 && memcmp(at, "--", 2) == 0; at += length) {
        if (!flags)
            node_put(in->arena, instruction, "flags", flags = at_place(in, node_new_map(in->arena, NULL)));
        const char *equals = memchr(at, '=', length);
        size_t key = equals ? (size_t)(equals - at) - 2 : length - 2;
        put_text(in, flags, arena_dup(in->arena, at + 2, key), equals ? equals + 1 : "true",
                 equals ? length - key - 3 : 4);
    }
    return at;
}

/* ["a", "b"]; anything else is the shell form. */
static void read_words(struct reader *in, struct node *instruction, const char *rest)
{
    struct node_stream stream;
    struct err ignored = ERR_INIT;
    size_t length = strlen(rest);
    if (*rest != '[' || length > JSON_BYTES_MAX || json_read("", rest, length, in->arena, &stream, &ignored) < 0 || stream.count != 1)
        return;
    struct node *words = at_place(in, node_new_list(in->arena, NULL));
    for (const struct node *item = node_first(stream.documents[0]); item; item = item->next) {
        if (!node_is(item, NODE_STRING))
            return;
        node_append(words, at_place(in, node_new_text(in->arena, item->text, NULL)));
    }
    node_put(in->arena, instruction, "words", words);
}

static const char *known_name(struct reader *in, const char *text, size_t length)
{
    for (size_t i = 0; i < ARRAY_COUNT(instructions); i++)
        if (strlen(instructions[i]) == length && strncasecmp(instructions[i], text, length) == 0)
            return instructions[i];
    fail(in, -EINVAL, "\"%.*s\" is no instruction of a Dockerfile", length < 40 ? (int)length : 40, text);
    return NULL;
}

static bool has_documents(const char *name)
{
    return strcmp(name, "RUN") == 0 || strcmp(name, "COPY") == 0 || strcmp(name, "ADD") == 0;
}

/* NULL for what is no instruction. */
static struct node *read_instruction(struct reader *in, const char *text, bool inner)
{
    size_t length = strcspn(text, " \t");
    const char *name = known_name(in, text, length);
    if (!name)
        return NULL;
    struct node *instruction = at_place(in, node_new_map(in->arena, NULL));
    const char *all = text + length + strspn(text + length, " \t");
    put_text(in, instruction, "name", name, strlen(name));
    put_text(in, instruction, "text", all, lines_trimmed(all, strlen(all)));
    const char *rest = read_flags(in, instruction, all);
    put_text(in, instruction, "rest", rest, lines_trimmed(rest, strlen(rest)));
    read_words(in, instruction, rest);
    if (has_documents(name))
        read_documents(in, instruction, rest);
    struct node *within = strcmp(name, "ONBUILD") == 0 && !inner ? read_instruction(in, all, true) : NULL;
    if (within)
        node_put(in->arena, instruction, "instruction", within);
    return instruction;
}

static void read_all(struct reader *in)
{
    while (take_logical(in)) {
        const char *text = buf_text(&in->logical);
        if (strlen(text) != in->logical.length)
            fail(in, -EINVAL, "it contains a NUL byte");
        struct node *instruction = read_instruction(in, text, false);
        if (instruction)
            node_append(in->list, instruction);
    }
}

int dockerfile_read(const char *name, const char *bytes, size_t length, struct arena *arena, struct node_stream *ret,
                    struct err *err)
{
    struct reader in = {.name = name, .arena = arena, .lines = lines_of(bytes, length), .logical = BUF_INIT,
                        .line = 1, .column = 1, .escape = '\\', .stream = ret, .err = err};
    *ret = (struct node_stream){0};
    if (length > DOCKERFILE_BYTES_MAX)
        return err_set(err, -E2BIG, "cannot read %s: a Dockerfile of more than %d MiB is none", name,
                       DOCKERFILE_BYTES_MAX >> 20);
    struct node *root = at_place(&in, node_new_map(arena, NULL));
    struct node *directives = at_place(&in, node_new_map(arena, NULL));
    read_directives(&in, directives);
    if (directives->count)
        node_put(arena, root, "directives", directives);
    in.list = at_place(&in, node_new_list(arena, NULL));
    node_put(arena, root, "dockerfile", in.list);
    read_all(&in);
    buf_done(&in.logical);
    ret->documents = arena_alloc(arena, sizeof(*ret->documents));
    ret->documents[0] = root;
    ret->count = in.list->count > 0;
    ret->empty_count = in.list->count == 0;
    return in.failed;
}

/* ---- recognising ------------------------------------------------------------------------------------ */

/* "FROM image", "FROM --platform=x image AS name": of a sentence that begins with From there would be more. */
static bool is_from(const struct lines *line)
{
    size_t words = 0;
    for (size_t at = 4; at < line->length;) {
        at += lines_blanks(line->text + at, line->length - at);
        size_t start = at;
        while (at < line->length && line->text[at] != ' ' && line->text[at] != '\t')
            at++;
        words += at > start && line->text[start] != '-' && line->text[start] != '\\' && line->text[start] != '`';
    }
    return words <= 1 || words == 3;
}

bool dockerfile_recognises(const char *bytes, size_t length)
{
    struct lines line = lines_of(bytes, length);
    bool arguments = false; /* ARG may stand before FROM, and go on over several lines */
    while (lines_next(&line)) {
        size_t blanks = lines_blanks(line.text, line.length);
        line.text += blanks;
        line.length = lines_trimmed(line.text, line.length - blanks);
        if (line.length == 0 || line.text[0] == '#')
            continue;
        bool spaced = line.length > 5 && (line.text[4] == ' ' || line.text[4] == '\t');
        if (spaced && strncasecmp(line.text, "FROM", 4) == 0)
            return is_from(&line);
        if (line.length > 4 && strncasecmp(line.text, "ARG ", 4) == 0)
            arguments = true;
        else if (!arguments)
            return false;
    }
    return false;
}
