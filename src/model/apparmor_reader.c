#include "model/apparmor_reader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

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

/* apparmor_parser takes everything that begins so for an include. */
static bool at_include(const char *at, const char *end)
{
    return end - at > 8 && memcmp(at, "#include", 8) == 0;
}

void aa_reader_skip(struct aa_reader *reader, struct buf *comments)
{
    while (reader->at < reader->end) {
        char c = *reader->at;
        if (c == '#') {
            const char *stop = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
            stop = stop ? stop : reader->end;
            if (at_include(reader->at, stop))
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
    if (at == reader->end || *at != '#' || at_include(at, reader->end))
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
