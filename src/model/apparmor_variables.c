/* Variables of AppArmor text, and what they stand for. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/intern.h"
#include "base/mem.h"
#include "model/aa_nfa.h"
#include "model/apparmor_reader.h"

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

/* What a variable stands for, with the variables in its values put in: every combination (apparmor_parser 3.0). */
struct texts {
    struct buf *items;
    size_t count;
    size_t capacity;
};
#define AUTO_TEXTS AUTO(texts_done)

static void texts_done(struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        buf_done(&texts->items[i]);
    free(texts->items);
    *texts = (struct texts){0};
}

static void texts_add(struct texts *texts, const char *one, size_t one_length, const char *two, size_t two_length)
{
    MEM_GROW(texts->items, texts->count, texts->capacity);
    struct buf *item = &texts->items[texts->count++];
    *item = BUF_INIT;
    buf_add(item, one, one_length);
    buf_add(item, two, two_length);
}

static int charge(struct aa_variables *variables, size_t bytes, struct err *err)
{
    variables->brought += bytes;
    if (variables->brought > AA_BROUGHT_MAX)
        return err_set(err, -E2BIG, "the variables of the file bring more than %u MiB of text", AA_BROUGHT_MAX >> 20);
    return 0;
}

static size_t bytes_of(const struct texts *texts)
{
    size_t bytes = texts->count;
    for (size_t i = 0; i < texts->count; i++)
        bytes += texts->items[i].length;
    return bytes;
}

/* Asked before they are made: a short text can stand for very many bytes. */
static int check_size(size_t bytes, struct err *err)
{
    if (bytes <= 2 * AA_PATTERN_BYTES_MAX)
        return 0;
    return err_set(err, -EINVAL, "with its variables expanded, a pattern exceeds %u KiB", AA_PATTERN_BYTES_MAX >> 10);
}

/* texts becomes each of its items with each of more behind it. */
static int multiply(struct aa_variables *variables, struct texts *texts, const struct texts *more, struct err *err)
{
    AUTO_TEXTS struct texts product = {0};
    size_t bytes = bytes_of(texts) * more->count + bytes_of(more) * texts->count;
    int rc = check_size(bytes, err);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < texts->count; i++)
        for (size_t k = 0; k < more->count; k++)
            texts_add(&product, texts->items[i].data, texts->items[i].length, more->items[k].data, more->items[k].length);
    struct texts old = *texts;
    *texts = product;
    product = old;
    return charge(variables, bytes, err);
}

static int stands_for(struct aa_variables *variables, const char *name, size_t length, unsigned depth, struct texts *ret,
                      struct err *err);

/* Each of its items gets the bytes behind it, which are charged for one of them already. */
static int append_each(struct aa_variables *variables, struct texts *texts, const char *bytes, size_t length, struct err *err)
{
    int rc = check_size(bytes_of(texts) + length * texts->count, err);
    for (size_t i = 0; rc == 0 && i < texts->count; i++)
        buf_add(&texts->items[i], bytes, length);
    return rc < 0 || texts->count < 2 ? rc : charge(variables, length * (texts->count - 1), err);
}

/* How many bytes at text are no reference; an escape is taken whole. */
static size_t plain_length(const struct aa_variables *variables, const char *text, size_t length)
{
    size_t i = 0;
    for (; i < length; i += text[i] == '\\' && length - i > 1 ? 2 : 1) {
        size_t reference = reference_length(text + i, length - i);
        if (reference > 0 && !is_kept(variables, text + i, reference))
            break;
    }
    return i < length ? i : length;
}

static int expand_value(struct aa_variables *variables, const char *value, unsigned depth, struct texts *ret, struct err *err)
{
    AUTO_TEXTS struct texts all = {0};
    const char *end = value + strlen(value);
    texts_add(&all, "", 0, "", 0);
    int rc = charge(variables, strlen(value) + 1, err);
    while (rc == 0 && value < end) {
        size_t plain = plain_length(variables, value, (size_t)(end - value));
        rc = append_each(variables, &all, value, plain, err);
        value += plain;
        size_t reference = value < end ? reference_length(value, (size_t)(end - value)) : 0;
        AUTO_TEXTS struct texts more = {0};
        if (reference > 0 && rc == 0)
            rc = stands_for(variables, value, reference, depth + 1, &more, err);
        if (reference > 0 && rc == 0)
            rc = multiply(variables, &all, &more, err);
        value += reference;
    }
    for (size_t i = 0; rc == 0 && i < all.count; i++)
        texts_add(ret, all.items[i].data, all.items[i].length, "", 0);
    return rc;
}

/* reference is "@{NAME}". */
static int stands_for(struct aa_variables *variables, const char *reference, size_t length, unsigned depth, struct texts *ret,
                      struct err *err)
{
    const struct aa_variable *variable = aa_variables_find(variables, reference + 2, length - 3);
    if (!variable && variables->otherwise)
        variable = aa_variables_find(variables->otherwise, reference + 2, length - 3);
    if (!variable)
        return err_set(err, -EINVAL, "the variable %.*s is not defined in this file", (int)length, reference);
    if (depth > EXPANSION_DEPTH_MAX)
        return err_set(err, -EINVAL, "variables are nested too deep, or one is defined by itself");
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < variable->value_count; i++) {
        rc = expand_value(variables, variable->values[i], depth, ret, err);
        if (rc == 0 && bytes_of(ret) > AA_PATTERN_BYTES_MAX)
            rc = err_set(err, -EINVAL, "with its variables expanded, a pattern exceeds %u KiB", AA_PATTERN_BYTES_MAX >> 10);
    }
    return rc;
}

/* Among several values a slash that the text around brings already is left out (apparmor_parser 3.0). */
static void trim(struct texts *texts, bool slash_before, bool slash_behind)
{
    for (size_t i = 0; i < texts->count; i++) {
        struct buf *item = &texts->items[i];
        size_t start = slash_before && item->length > 0 ? strspn(item->data, "/") : 0;
        if (start > 0)
            memmove(item->data, item->data + start, item->length + 1 - start);
        item->length -= start;
        while (slash_behind && item->length > 0 && item->data[item->length - 1] == '/')
            item->data[--item->length] = '\0';
    }
}

static void add_values(struct texts *texts, bool slash_behind, struct buf *out)
{
    size_t given = 0;
    if (texts->count == 1) {
        buf_add(out, texts->items[0].data, texts->items[0].length);
        return;
    }
    trim(texts, out->length > 0 && out->data[out->length - 1] == '/', slash_behind);
    /* Saying values twice changes nothing, but can keep apparmor_parser 3.0 busy for ever. */
    struct intern *seen = intern_new();
    buf_add_char(out, '{');
    for (size_t i = 0; i < texts->count; i++) {
        if ((size_t)intern_add(seen, buf_text(&texts->items[i]), texts->items[i].length) != given)
            continue;
        buf_add_text(out, given++ > 0 ? "," : "");
        buf_add(out, texts->items[i].data, texts->items[i].length);
    }
    intern_free(seen);
    if (given == 1) /* braces need two */
        buf_printf(out, ",%s", buf_text(&texts->items[0]));
    buf_add_char(out, '}');
}

static int expand(struct aa_variables *variables, const char *text, struct buf *out, struct err *err)
{
    const char *end = text + strlen(text);
    while (text < end) {
        size_t plain = plain_length(variables, text, (size_t)(end - text));
        buf_add(out, text, plain);
        text += plain;
        size_t reference = text < end ? reference_length(text, (size_t)(end - text)) : 0;
        if (reference == 0)
            continue;
        AUTO_TEXTS struct texts values = {0};
        int rc = stands_for(variables, text, reference, 0, &values, err);
        if (rc < 0)
            return rc;
        text += reference;
        add_values(&values, text < end && *text == '/', out);
        if (out->length > AA_PATTERN_BYTES_MAX)
            return err_set(err, -EINVAL, "with its variables expanded, a pattern exceeds %u KiB", AA_PATTERN_BYTES_MAX >> 10);
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

int aa_variables_expand(struct aa_variables *variables, const char *text, struct buf *out, struct err *err)
{
    size_t before = out->length;
    int rc = expand(variables, text, out, err);
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

/* ---- aliases ------------------------------------------------------------------------------ */

void aa_aliases_done(struct aa_aliases *aliases)
{
    for (size_t i = 0; i < aliases->count; i++) {
        free(aliases->items[i].from);
        free(aliases->items[i].to);
    }
    free(aliases->items);
    *aliases = (struct aa_aliases){0};
}

void aa_aliases_add(struct aa_aliases *aliases, char *from, char *to)
{
    MEM_GROW(aliases->items, aliases->count, aliases->capacity);
    aliases->items[aliases->count++] = (struct aa_alias){.from = from, .to = to};
}

/* ---- tunables ----------------------------------------------------------------------------- */

#define D "[1-9]"
#define N "[0-9]"
#define PIDS "{" D "," D N "," D N N "," D N N N "," D N N N N "," D N N N N N ",[1-4]" N N N N N N "}"
#define UIDS                                                                                                   \
    "{" N "," D N "," D N N "," D N N N "," D N N N N "," D N N N N N "," D N N N N N N "," D N N N N N N N "," D \
    N N N N N N N N ",[1-4]" N N N N N N N N N "}"
static const struct {
    const char *name;
    const char *values[3];
} STANDARD[] = {
    {"PROC", {"/proc/"}},
    {"sys", {"/sys/"}},
    {"securityfs", {"/sys/kernel/security/"}},
    {"HOMEDIRS", {"/home/"}},
    {"HOME", {"@{HOMEDIRS}/*/", "/root/"}},
    {"run", {"/run/", "/var/run/"}},
    {"pid", {PIDS}},
    {"pids", {PIDS}},
    {"tid", {PIDS}},
    {"uid", {UIDS}},
    {"uids", {UIDS}},
    {"multiarch", {"*-linux-gnu*"}},
    {"etc_ro", {"/etc/", "/usr/etc/"}},
    {"etc_rw", {"/etc/"}},
};

void aa_variables_standard(struct aa_variables *ret)
{
    *ret = (struct aa_variables){0};
    for (size_t i = 0; i < ARRAY_COUNT(STANDARD); i++)
        for (size_t k = 0; STANDARD[i].values[k]; k++)
            aa_variables_add(ret, STANDARD[i].name, STANDARD[i].values[k]);
}
