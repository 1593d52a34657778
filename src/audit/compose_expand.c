/* $NAME and ${NAME…} in scalars, section "Interpolation" of the specification. */
#include <ctype.h>
#include <string.h>

#include "audit/compose.h"

enum { NESTING_MAX = 16 };

struct expansion {
    const struct compose_env *env;
    struct buf out;
    bool open; /* a variable without a value, or a form that nobody knows */
};

struct span {
    const char *text;
    size_t length;
};

static void expand_span(struct expansion *expansion, struct span span, unsigned nesting);

/* What the shell of whoever runs Compose is certain to say. */
static const char *value_of(const struct expansion *expansion, struct span name)
{
    char bare[256];
    if (name.length >= sizeof(bare))
        return NULL;
    memcpy(bare, name.text, name.length);
    bare[name.length] = '\0';
    const char *value = compose_env_get(expansion->env, bare);
    if (value)
        return value;
    return strcmp(bare, "PWD") == 0 ? "." : strcmp(bare, "HOME") == 0 ? "~" : NULL;
}

static size_t name_length(struct span span)
{
    size_t length = 0;
    while (length < span.length && (isalpha((unsigned char)span.text[length]) || span.text[length] == '_' ||
                                    (length > 0 && isdigit((unsigned char)span.text[length]))))
        length++;
    return length;
}

static void put_or_open(struct expansion *expansion, const char *value)
{
    if (value)
        buf_add_text(&expansion->out, value);
    else
        expansion->open = true;
}

/* What stands between the braces: NAME, NAME:-default, NAME-default, NAME:?error, NAME?error, NAME:+instead,
 * NAME+instead. */
static void expand_braced(struct expansion *expansion, struct span inside, unsigned nesting)
{
    struct span name = {inside.text, name_length(inside)};
    const char *value = value_of(expansion, name);
    if (name.length == inside.length && name.length > 0)
        return put_or_open(expansion, value);
    bool colon = name.length < inside.length && inside.text[name.length] == ':';
    size_t skipped = name.length + colon + 1;
    if (name.length == 0 || skipped > inside.length) {
        expansion->open = true;
        return;
    }
    struct span rest = {inside.text + skipped, inside.length - skipped};
    bool set = value && (!colon || *value);
    char form = inside.text[skipped - 1];
    if (form == '-' && !set)
        expand_span(expansion, rest, nesting + 1);
    else if (form == '+' && set)
        expand_span(expansion, rest, nesting + 1);
    else if (form == '-' || form == '?')
        put_or_open(expansion, set ? value : NULL);
    else if (form != '+')
        expansion->open = true;
}

/* The length up to the brace that closes the one before span; span.length when there is none. */
static size_t closing_brace(struct span span)
{
    size_t depth = 0;
    for (size_t i = 0; i < span.length; i++) {
        if (span.text[i] == '}' && depth-- == 0)
            return i;
        if (span.text[i] == '$' && i + 1 < span.length && span.text[i + 1] == '{') {
            depth++;
            i++;
        }
    }
    return span.length;
}

/* Takes what stands behind a dollar sign; returns how much of it. */
static size_t expand_dollar(struct expansion *expansion, struct span behind, unsigned nesting)
{
    if (behind.length > 0 && behind.text[0] == '$') {
        buf_add_char(&expansion->out, '$');
        return 1;
    }
    if (behind.length > 0 && behind.text[0] == '{') {
        struct span inside = {behind.text + 1, behind.length - 1};
        size_t length = closing_brace(inside);
        if (length == inside.length) {
            expansion->open = true;
            return behind.length;
        }
        expand_braced(expansion, (struct span){inside.text, length}, nesting);
        return length + 2;
    }
    struct span name = {behind.text, name_length(behind)};
    if (name.length > 0)
        put_or_open(expansion, value_of(expansion, name));
    else
        buf_add_char(&expansion->out, '$');
    return name.length;
}

static void expand_span(struct expansion *expansion, struct span span, unsigned nesting)
{
    expansion->open |= nesting > NESTING_MAX;
    for (size_t i = 0; i < span.length && !expansion->open;) {
        const char *dollar = memchr(span.text + i, '$', span.length - i);
        size_t plain = dollar ? (size_t)(dollar - span.text) - i : span.length - i;
        buf_add(&expansion->out, span.text + i, plain);
        i += plain;
        if (dollar)
            i += 1 + expand_dollar(expansion, (struct span){dollar + 1, span.length - i - 1}, nesting);
        expansion->open |= expansion->out.length > COMPOSE_TEXT_MAX;
    }
}

const char *compose_expand(struct compose_reader *reader, const struct compose_env *env, const char *text,
                           bool *ret_open)
{
    size_t length = strlen(text);
    if (!memchr(text, '$', length))
        return text;
    struct expansion expansion = {.env = env};
    expand_span(&expansion, (struct span){text, length}, 0);
    AUTO_BUF struct buf out = expansion.out;
    if (expansion.open || !compose_spend(reader, out.length + COMPOSE_COPY)) {
        *ret_open = true;
        return text;
    }
    return arena_dup(reader->arena, buf_text(&out), out.length);
}

static const struct node *expand_scalar(struct compose_reader *reader, const struct compose_env *env,
                                        const struct node *node)
{
    if (!node_is(node, NODE_STRING) || !memchr(node->text, '$', node->length) || !compose_spend(reader, COMPOSE_COPY))
        return node;
    bool open = false;
    const char *text = compose_expand(reader, env, node->text, &open);
    struct node *copy = node_copy(reader->arena, node);
    copy->text = text;
    copy->length = strlen(text);
    if (open)
        copy->tag = NODE_TAG_OPEN;
    return copy;
}

static void hang(struct arena *arena, struct node *into, const struct node *entry, const struct node *value)
{
    struct node *copy = node_copy(arena, value);
    if (entry->key)
        node_put(arena, into, entry->key, copy);
    else
        node_append(into, copy);
}

/* Only what holds a variable somewhere below is copied. */
const struct node *compose_expand_tree(struct compose_reader *reader, const struct compose_env *env,
                                       const struct node *node)
{
    if (!node_is(node, NODE_LIST) && !node_is(node, NODE_MAP))
        return expand_scalar(reader, env, node);
    struct node *changed = NULL;
    for (const struct node *entry = node_first(node); entry; entry = entry->next) {
        const struct node *value = compose_expand_tree(reader, env, entry);
        if (value != entry && !changed) {
            if (!compose_spend(reader, node_count(node) * COMPOSE_COPY))
                return node;
            changed = node_is(node, NODE_MAP) ? node_new_map(reader->arena, node) : node_new_list(reader->arena, node);
            changed->tag = node->tag;
            for (const struct node *before = node_first(node); before != entry; before = before->next)
                hang(reader->arena, changed, before, before);
        }
        if (changed)
            hang(reader->arena, changed, entry, value);
    }
    return changed ? changed : node;
}
