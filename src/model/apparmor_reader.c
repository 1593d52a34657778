#include "model/apparmor_reader.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "model/aa_nfa.h"

/* ---- variables ---------------------------------------------------------------------------- */

static void variable_done(struct aa_variable *variable)
{
    for (size_t k = 0; k < variable->value_count; k++)
        free(variable->values[k]);
    free(variable->values);
    free(variable->name);
}

void aa_variables_done(struct aa_variables *variables)
{
    for (size_t i = 0; i < variables->count; i++)
        variable_done(&variables->items[i]);
    free(variables->items);
    *variables = (struct aa_variables){0};
}

const struct aa_variable *aa_variables_find(const struct aa_variables *variables, const char *name, size_t length)
{
    for (size_t i = 0; i < variables->count; i++)
        if (strlen(variables->items[i].name) == length && memcmp(variables->items[i].name, name, length) == 0)
            return &variables->items[i];
    return NULL;
}

void aa_variables_drop(struct aa_variables *variables, const char *name)
{
    const struct aa_variable *found = aa_variables_find(variables, name, strlen(name));
    if (!found)
        return;
    size_t at = (size_t)(found - variables->items);
    variable_done(&variables->items[at]);
    variables->items[at] = variables->items[--variables->count];
}

void aa_variables_add(struct aa_variables *variables, const char *name, const char *value)
{
    const struct aa_variable *found = aa_variables_find(variables, name, strlen(name));
    if (!found) {
        MEM_GROW(variables->items, variables->count, variables->capacity);
        found = &variables->items[variables->count];
        variables->items[variables->count++] = (struct aa_variable){.name = mem_strdup(name)};
    }
    struct aa_variable *variable = &variables->items[found - variables->items];
    MEM_GROW(variable->values, variable->value_count, variable->value_capacity);
    variable->values[variable->value_count++] = mem_strdup(value);
}

/* As apparmor_parser 3.0 has it: what is in the braces and is no name makes the at sign an ordinary one. */
size_t aa_variable_name_length(const char *text, size_t length)
{
    size_t count = 0;
    while (count < length && (isalnum((unsigned char)text[count]) || (count > 0 && text[count] == '_')))
        count++;
    return count > 0 && isdigit((unsigned char)text[0]) ? 0 : count;
}

/* How long the reference to a variable at text is, with its braces; 0 when there is none. */
static size_t reference_length(const char *text, size_t length)
{
    if (length < 3 || text[0] != '@' || text[1] != '{')
        return 0;
    size_t name = aa_variable_name_length(text + 2, length - 2);
    return name + 2 < length && text[name + 2] == '}' ? name + 3 : 0;
}

static bool is_kept(const struct aa_variables *variables, const char *reference, size_t length)
{
    return variables->kept && strlen(variables->kept) == length - 3 &&
           memcmp(variables->kept, reference + 2, length - 3) == 0;
}

#define EXPANSION_DEPTH_MAX 16

static int expand(const struct aa_variables *variables, const char *text, size_t length, unsigned depth,
                  struct buf *out, struct err *err);

/* Among several values a slash that the text around brings already is left out (apparmor_parser 3.0). */
static int expand_variable(const struct aa_variables *variables, const struct aa_variable *variable, bool slash_behind,
                           unsigned depth, struct buf *out, struct err *err)
{
    bool several = variable->value_count > 1;
    bool slash_before = out->length > 0 && out->data[out->length - 1] == '/';
    if (several)
        buf_add_char(out, '{');
    for (size_t i = 0; i < variable->value_count; i++) {
        const char *value = variable->values[i];
        size_t length = strlen(value);
        while (several && slash_before && *value == '/') {
            value++;
            length--;
        }
        while (several && slash_behind && length > 0 && value[length - 1] == '/')
            length--;
        if (i > 0)
            buf_add_char(out, ',');
        int rc = expand(variables, value, length, depth + 1, out, err);
        if (rc < 0)
            return rc;
    }
    if (several)
        buf_add_char(out, '}');
    return 0;
}

static int expand(const struct aa_variables *variables, const char *text, size_t length, unsigned depth,
                  struct buf *out, struct err *err)
{
    const char *end = text + length;
    if (depth > EXPANSION_DEPTH_MAX)
        return err_set(err, -EINVAL, "variables are nested too deep, or one is defined by itself");
    while (text < end) {
        if (out->length > AA_PATTERN_BYTES_MAX)
            return err_set(err, -EINVAL, "with its variables expanded, a pattern exceeds %u KiB",
                           AA_PATTERN_BYTES_MAX >> 10);
        size_t reference = reference_length(text, (size_t)(end - text));
        if (reference == 0) {
            if (*text == '\\' && end - text > 1)
                buf_add_char(out, *text++);
            buf_add_char(out, *text++);
            continue;
        }
        const char *name = text;
        text += reference;
        if (is_kept(variables, name, reference)) {
            buf_add(out, name, reference);
            continue;
        }
        const struct aa_variable *variable = aa_variables_find(variables, name + 2, reference - 3);
        if (!variable)
            return err_set(err, -EINVAL, "the variable %.*s is not defined in this file", (int)reference, name);
        int rc = expand_variable(variables, variable, text < end && *text == '/', depth, out, err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* A value can bring the beginning of a reference and the text around it the end. */
static int refuse_made_up(const struct aa_variables *variables, const char *text, struct err *err)
{
    for (const char *end = text + strlen(text); text < end; text += *text == '\\' && end - text > 1 ? 2 : 1) {
        size_t reference = reference_length(text, (size_t)(end - text));
        if (reference > 0 && !is_kept(variables, text, reference))
            return err_set(err, -EINVAL, "the values of variables make up another one: %.*s", (int)reference, text);
    }
    return 0;
}

int aa_variables_expand(const struct aa_variables *variables, const char *text, struct buf *out, struct err *err)
{
    size_t before = out->length;
    int rc = expand(variables, text, strlen(text), 0, out, err);
    if (rc < 0)
        return rc;
    return refuse_made_up(variables, buf_text(out) + before, err);
}

/* Where the alternative that starts at text ends: at its comma or brace. */
static size_t alternative_length(const char *text, size_t length)
{
    int depth = 0;
    bool in_class = false;
    size_t i = 0;
    for (; i < length; i++) {
        char c = text[i];
        if (c == '\\')
            i++;
        else if (c == '[' || c == ']')
            in_class = c == '[';
        else if (!in_class && depth == 0 && (c == ',' || c == '}'))
            return i;
        else if (!in_class)
            depth += (c == '{') - (c == '}');
    }
    return length;
}

/* Appends text without the slash that each of its alternatives begins with; false when one has none. */
static bool strip_slash(const char *text, size_t length, unsigned depth, struct buf *out)
{
    if (length == 0 || depth > EXPANSION_DEPTH_MAX)
        return false;
    if (text[0] == '/') {
        buf_add(out, text + 1, length - 1);
        return true;
    }
    if (text[0] != '{')
        return false;
    buf_add_char(out, '{');
    for (size_t at = 1; at < length;) {
        size_t here = alternative_length(text + at, length - at);
        if (!strip_slash(text + at, here, depth + 1, out))
            return false;
        at += here;
        if (at == length || text[at] == '}') {
            buf_add(out, text + at, length - at);
            return at < length;
        }
        buf_add_char(out, text[at++]);
    }
    return false;
}

bool aa_pattern_hoist_slash(const char *pattern, struct buf *out)
{
    buf_add_char(out, '/');
    return strip_slash(pattern, strlen(pattern), 0, out);
}

/* ---- words -------------------------------------------------------------------------------- */

int aa_reader_refuse(const struct aa_reader *reader, const char *format, ...)
{
    char sentence[ERR_SENTENCE_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof(sentence), format, arguments);
    va_end(arguments);
    return err_set(reader->err, -EINVAL, "%.100s:%u: %.360s", reader->name, reader->line, sentence);
}

int aa_reader_blame(const struct aa_reader *reader)
{
    return err_prefix(reader->err, "%.100s:%u", reader->name, reader->line);
}

char aa_reader_peek(const struct aa_reader *reader)
{
    return reader->at < reader->end ? *reader->at : '\0';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

void aa_reader_skip(struct aa_reader *reader, struct buf *comments)
{
    while (reader->at < reader->end) {
        char c = *reader->at;
        if (c == '#') {
            const char *stop = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
            stop = stop ? stop : reader->end;
            if (stop - reader->at > 9 && memcmp(reader->at, "#include ", 9) == 0)
                return;
            if (comments) {
                const char *text = reader->at + 1;
                text += text < stop && *text == ' ';
                buf_add(comments, text, (size_t)(stop - text));
                buf_add_char(comments, '\n');
            }
            reader->at = stop;
        } else if (c == '\n' || is_blank(c)) {
            reader->line += c == '\n';
            reader->at++;
        } else {
            return;
        }
    }
}

bool aa_reader_take(struct aa_reader *reader, char byte)
{
    if (aa_reader_peek(reader) != byte || reader->at == reader->end)
        return false;
    reader->at++;
    return true;
}

static int quoted_word(struct aa_reader *reader, struct buf *ret)
{
    const char *start = ++reader->at;
    while (reader->at < reader->end && *reader->at != '"' && *reader->at != '\n')
        reader->at += *reader->at == '\\' && reader->end - reader->at > 1 && reader->at[1] != '\n' ? 2 : 1;
    if (aa_reader_peek(reader) != '"')
        return aa_reader_refuse(reader, "a quoted word is not closed on its line");
    if (reader->at > start && reader->at[-1] == '\\')
        return aa_reader_refuse(reader, "a quoted word ends in a backslash, which apparmor_parser takes for an escaped "
                                        "quotation mark: write \\134");
    buf_add(ret, start, (size_t)(reader->at - start));
    reader->at++;
    return 0;
}

/* A comma belongs to a word that goes on behind it. */
static bool ends_word(const struct aa_reader *reader)
{
    char c = *reader->at;
    char next = reader->end - reader->at > 1 ? reader->at[1] : '\0';
    if (c == ',')
        return next == '\0' || next == '\n' || is_blank(next) || next == '"' || next == '!';
    return c == '\n' || is_blank(c) || c == '"';
}

int aa_reader_word(struct aa_reader *reader, struct buf *ret, bool *ret_quoted)
{
    buf_clear(ret);
    aa_reader_skip(reader, NULL);
    if (ret_quoted)
        *ret_quoted = aa_reader_peek(reader) == '"';
    if (aa_reader_peek(reader) == '"')
        return quoted_word(reader, ret);
    const char *start = reader->at;
    while (reader->at < reader->end && !ends_word(reader))
        reader->at += *reader->at == '\\' && reader->end - reader->at > 1 && reader->at[1] != '\n' ? 2 : 1;
    if (reader->at == start)
        return aa_reader_refuse(reader, reader->at == reader->end ? "the text ends in the middle of a rule"
                                                                  : "a word is missing");
    buf_add(ret, start, (size_t)(reader->at - start));
    return 0;
}

int aa_reader_rest(struct aa_reader *reader, struct buf *ret)
{
    int depth = 0;
    aa_reader_skip(reader, NULL);
    for (; reader->at < reader->end; reader->at++) {
        char c = *reader->at;
        if (c == '"') {
            const char *start = reader->at;
            AUTO_BUF struct buf word = BUF_INIT;
            int rc = quoted_word(reader, &word);
            if (rc < 0)
                return rc;
            buf_add(ret, start, (size_t)(reader->at - start));
            reader->at--;
            continue;
        }
        if (c == ',' && depth == 0 && ends_word(reader))
            break;
        depth += (c == '(' || c == '{') - (c == ')' || c == '}');
        if (depth < 0)
            return aa_reader_refuse(reader, "a comma is missing at the end of a rule");
        reader->line += c == '\n';
        buf_add_char(ret, c == '\n' ? ' ' : c);
    }
    while (ret->length > 0 && is_blank(ret->data[ret->length - 1]))
        ret->data[--ret->length] = '\0';
    return 0;
}

char *aa_reader_comment(struct aa_reader *reader)
{
    const char *at = reader->at;
    while (at < reader->end && is_blank(*at))
        at++;
    if (at == reader->end || *at != '#' || (reader->end - at > 9 && memcmp(at, "#include ", 9) == 0))
        return NULL;
    const char *stop = memchr(at, '\n', (size_t)(reader->end - at));
    stop = stop ? stop : reader->end;
    reader->at = stop;
    for (at++; at < stop && is_blank(*at);)
        at++;
    while (stop > at && is_blank(stop[-1]))
        stop--;
    return stop > at ? mem_dup(at, (size_t)(stop - at)) : NULL;
}
