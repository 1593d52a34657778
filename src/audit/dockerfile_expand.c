#include "audit/dockerfile_expand.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"

struct expansion {
    struct expander *expander;
    const struct variables *variables;
    struct buf out;
    bool open;
    unsigned depth;
};

static void expand(struct expansion *to, const char *text, size_t length);

const struct variable *variables_find(struct expander *expander, const struct variables *variables, const char *name)
{
    if (expander->lookups >= VARIABLE_LOOKUPS_MAX)
        return NULL;
    expander->lookups++;
    for (size_t i = variables->count; i > 0; i--)
        if (strcmp(variables->items[i - 1].name, name) == 0)
            return &variables->items[i - 1];
    return NULL;
}

void variables_set(struct expander *expander, struct variables *variables, const struct variable *variable)
{
    const struct variable *known = variables_find(expander, variables, variable->name);
    if (known) {
        struct variable *slot = &variables->items[known - variables->items];
        if (variable->environment || !slot->environment)
            *slot = *variable;
        return;
    }
    if (variables->count >= VARIABLES_MAX)
        return;
    ARENA_GROW(expander->arena, variables->items, variables->count, variables->capacity);
    variables->items[variables->count++] = *variable;
}

static size_t name_length(const char *text, size_t length)
{
    size_t i = 0;
    while (i < length && (isalnum((unsigned char)text[i]) || text[i] == '_') && !(i == 0 && isdigit((unsigned char)text[i])))
        i++;
    return i;
}

/* The value, or NULL. */
static const char *value_of(struct expansion *to, const char *name, size_t length)
{
    char copy[128];
    if (length >= sizeof(copy))
        return NULL;
    memcpy(copy, name, length);
    copy[length] = '\0';
    const struct variable *variable = variables_find(to->expander, to->variables, copy);
    return variable ? variable->value : NULL;
}

/* What stands between the braces of ${…}: a name, and perhaps an operator with a word. False when it cannot be said. */
static bool expand_braces(struct expansion *to, const char *text, size_t length)
{
    size_t name = name_length(text, length);
    const char *value = value_of(to, text, name);
    if (name == length && value)
        buf_add_text(&to->out, value);
    if (name == length)
        return value != NULL;
    bool colon = text[name] == ':';
    size_t at = name + colon;
    bool set = value && (!colon || *value);
    char operator= at < length ? text[at] : '\0';
    if (operator== '-' && set)
        buf_add_text(&to->out, value);
    else if ((operator== '-' && !set) || (operator== '+' && set))
        expand(to, text + at + 1, length - at - 1);
    else if (operator== '?' && set)
        buf_add_text(&to->out, value);
    else
        return operator== '+';
    return true;
}

/* The length up to the brace that closes; length when none does. */
static size_t closing_brace(const char *text, size_t length)
{
    size_t depth = 0, i = 0;
    for (; i < length; i++) {
        if (text[i] == '{')
            depth++;
        else if (text[i] == '}' && depth-- == 0)
            break;
    }
    return i;
}

/* text begins with "$"; returns how much of it was taken. */
static size_t expand_variable(struct expansion *to, const char *text, size_t length)
{
    if (length > 1 && text[1] == '{') {
        size_t inner = closing_brace(text + 2, length - 2);
        size_t taken = inner + 3 <= length ? inner + 3 : length;
        if (!expand_braces(to, text + 2, inner)) {
            to->open = true;
            buf_add(&to->out, text, taken);
        }
        return taken;
    }
    size_t name = name_length(text + 1, length - 1);
    const char *value = name ? value_of(to, text + 1, name) : NULL;
    to->open |= name && !value;
    if (value)
        buf_add_text(&to->out, value);
    else
        buf_add(&to->out, text, name + 1);
    return name + 1;
}

static void expand(struct expansion *to, const char *text, size_t length)
{
    char quote = '\0';
    if (to->depth >= EXPAND_DEPTH_MAX) {
        to->open = true;
        return;
    }
    to->depth++;
    for (size_t i = 0; i < length && to->out.length <= EXPANDED_BYTES_MAX;) {
        char c = text[i];
        if (c == to->expander->escape && quote != '\'' && i + 1 < length) {
            buf_add_char(&to->out, text[i + 1]);
            i += 2;
        } else if ((c == '"' || c == '\'') && (!quote || quote == c)) {
            quote = quote ? '\0' : c;
            i++;
        } else if (c == '$' && quote != '\'') {
            i += expand_variable(to, text + i, length - i);
        } else {
            buf_add_char(&to->out, c);
            i++;
        }
    }
    to->depth--;
}

const char *variables_expand(struct expander *expander, const struct variables *variables, const char *text,
                             bool *ret_open)
{
    size_t length = strlen(text);
    struct expansion to = {.expander = expander, .variables = variables};
    *ret_open = length > EXPANDED_BYTES_MAX || expander->bytes > EXPANDED_TOTAL_MAX;
    if (*ret_open)
        return text;
    expand(&to, text, length);
    *ret_open = to.open || to.out.length > EXPANDED_BYTES_MAX;
    expander->bytes += to.out.length;
    const char *result = arena_dup(expander->arena, buf_text(&to.out), to.out.length);
    buf_done(&to.out);
    return result;
}
