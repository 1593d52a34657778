#include "audit/source_syntax.h"

#include <ctype.h>
#include <string.h>

#include "audit/lines.h"
#include "audit/source.h"
#include "base/text.h"

enum { LOOK_BYTES = 64 << 10 };

static bool has_prefix(const struct lines *line, const char *prefix)
{
    size_t length = strlen(prefix);
    return line->length >= length && memcmp(line->text, prefix, length) == 0;
}

/* ---- binary and empty ------------------------------------------------------------------------ */

static bool is_utf16(const char *bytes, size_t length)
{
    if (length < 2 || (memcmp(bytes, "\xff\xfe", 2) != 0 && memcmp(bytes, "\xfe\xff", 2) != 0))
        return false;
    return length < 4 || bytes[2] != '\0' || bytes[3] != '\0'; /* that would be UTF-32 */
}

static bool is_control(unsigned char c)
{
    return c < ' ' && !strchr("\t\n\r\f\x1b", c);
}

/* A NUL byte, or invalid UTF-8 together with control characters. Invalid UTF-8 alone may be a manifest with a comment in
 * Latin-1, of which its reader shall say so: it must not be passed over as if it were a picture. */
static bool is_binary(const char *bytes, size_t length)
{
    size_t look = length < LOOK_BYTES ? length : LOOK_BYTES;
    if (memchr(bytes, '\0', look))
        return true;
    bool control = false, invalid = false;
    for (size_t i = 0; i < look;) {
        unsigned char c = (unsigned char)bytes[i];
        if (c >= ' ' && c < 0x80) { /* most of them */
            i++;
            continue;
        }
        size_t step = c < 0x80 ? 1 : text_utf8_length(bytes + i, length - i);
        control |= c < 0x80 && is_control(c);
        invalid |= step == 0;
        if (control && invalid)
            return true;
        i += step ? step : 1;
    }
    return false;
}

static bool is_empty(const char *bytes, size_t length)
{
    struct lines line = lines_of(bytes, length);
    while (lines_next(&line))
        if (lines_blanks(line.text, line.length) < line.length)
            return false;
    return true;
}

/* ---- the first line that counts ---------------------------------------------------------------- */

/* The next line that is neither blank nor a # comment, without blanks around it. */
static bool next_telling(struct lines *line)
{
    while (lines_next(line)) {
        size_t blanks = lines_blanks(line->text, line->length);
        line->text += blanks;
        line->length = lines_trimmed(line->text, line->length - blanks);
        if (line->length > 0 && line->text[0] != '#')
            return true;
    }
    return false;
}

static bool is_key_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

/* The length of a dotted key, bare or with quoted parts. */
static size_t toml_key_length(const char *text, size_t length)
{
    size_t i = 0;
    while (i < length && (is_key_byte(text[i]) || text[i] == '"' || text[i] == '\'')) {
        const char *close = is_key_byte(text[i]) ? text + i : memchr(text + i + 1, text[i], length - i - 1);
        if (!close)
            return 0;
        i = (size_t)(close - text) + 1;
    }
    return i;
}

/* [table] or [[table]], with nothing but a comment behind. ["a"] and [1] are lists of JSON. */
static bool is_toml_table(const struct lines *line)
{
    size_t open = has_prefix(line, "[[") ? 2 : 1;
    if (!has_prefix(line, "["))
        return false;
    size_t at = open + lines_blanks(line->text + open, line->length - open);
    const char *name = line->text + at;
    size_t key = toml_key_length(name, line->length - at);
    at += key;
    at += lines_blanks(line->text + at, line->length - at);
    for (size_t i = 0; i < open; i++)
        if (at >= line->length || line->text[at++] != ']')
            return false;
    at += lines_blanks(line->text + at, line->length - at);
    return key > 0 && isalpha((unsigned char)*name) && (at == line->length || line->text[at] == '#');
}

/* key = value, where the value could not be anything else. */
static bool is_toml_entry(const struct lines *line)
{
    size_t at = toml_key_length(line->text, line->length);
    if (at == 0)
        return false;
    at += lines_blanks(line->text + at, line->length - at);
    if (at == line->length || line->text[at++] != '=')
        return false;
    at += lines_blanks(line->text + at, line->length - at);
    const char *value = line->text + at;
    size_t length = line->length - at;
    return length > 0 && (strchr("\"'[{+-", value[0]) || isdigit((unsigned char)value[0]) ||
                          (length >= 4 && memcmp(value, "true", 4) == 0) ||
                          (length >= 5 && memcmp(value, "false", 5) == 0));
}

/* "profile x {", with its rules behind it or its brace on the next line; a key of YAML ends in a colon. */
static bool is_named_profile(const struct lines *line)
{
    struct lines next = *line;
    if (!has_prefix(line, "profile "))
        return false;
    const char *brace = memmem(line->text, line->length, " {", 2);
    return brace ? brace[-1] != ':' : next_telling(&next) && next.text[0] == '{' && line->text[line->length - 1] != ':';
}

/* "/usr/bin/x {", "profile x flags=(…) {" */
static bool is_profile_head(const struct lines *line)
{
    bool path = has_prefix(line, "/") || has_prefix(line, "\"/");
    return is_named_profile(line) || (path && line->text[line->length - 1] == '{');
}

bool apparmor_recognises(const char *bytes, size_t length)
{
    struct lines line = lines_of(bytes, length);
    while (next_telling(&line)) {
        if (is_profile_head(&line) || has_prefix(&line, "abi <") || has_prefix(&line, "include <") ||
            has_prefix(&line, "include if exists <"))
            return true;
        if (!has_prefix(&line, "@{") && !has_prefix(&line, "alias /"))
            return false;
    }
    return false;
}

const char *source_syntax(const char *bytes, size_t length)
{
    if (is_utf16(bytes, length))
        return "yaml";
    if (is_empty(bytes, length))
        return "empty";
    if (is_binary(bytes, length))
        return "binary";
    struct lines line = lines_of(bytes, length);
    if (!next_telling(&line))
        return "yaml"; /* nothing but comments */
    if (is_toml_table(&line))
        return "toml";
    if (line.text[0] == '{' || line.text[0] == '[')
        return "json";
    if (lxc_recognises(bytes, length))
        return "lxc";
    if (dockerfile_recognises(bytes, length))
        return "dockerfile";
    if (apparmor_recognises(bytes, length))
        return "apparmor";
    return is_toml_entry(&line) ? "toml" : "yaml";
}

/* ---- templates ----------------------------------------------------------------------------------- */

static bool has_action(const char *text, size_t length)
{
    char quote = '\0';
    for (size_t i = 0; i + 1 < length; i++) {
        char c = text[i];
        if (quote)
            quote = c == quote ? '\0' : quote;
        else if (c == '{' && (text[i + 1] == '{' || text[i + 1] == '%'))
            return true;
        else if (c == '#' && (i == 0 || isblank((unsigned char)text[i - 1])))
            return false;
        else if ((c == '"' || c == '\'') && (i == 0 || !isalnum((unsigned char)text[i - 1])))
            quote = c;
    }
    return false;
}

uint32_t source_template_line(const char *bytes, size_t length, uint32_t last)
{
    uint32_t found = 0;
    struct lines line = lines_of(bytes, length);
    while (line.number < last && lines_next(&line))
        if (has_action(line.text, line.length))
            found = line.number;
    return found;
}
