#include <string.h>

#include "audit/collect.h"
#include "audit/condition_compiler.h"
#include "audit/strict.h"

/* ---- values and lists of them ------------------------------------------------------------------------------------ */

static int compile_value(struct compiler *compiler, const struct node *node, struct condition_value *ret)
{
    const char *text = node_text(node);
    if (!text)
        return strict_error(compiler->file, node, compiler->err, "a text, a number, true or false must stand here");
    enum node_kind kind = node->kind == NODE_BOOL || node->kind == NODE_INT ? (enum node_kind)node->kind : NODE_STRING;
    *ret = (struct condition_value){kind, text, node->length, kind == NODE_STRING ? 0 : node->integer};
    return 0;
}

static const struct node *find_list(const struct condition_lists *lists, const char *name)
{
    for (size_t i = 0; lists && i < lists->count; i++) {
        const struct node *list = node_get(lists->maps[i], name);
        if (list)
            return list;
    }
    return NULL;
}

static int complain_of_list(const struct compiler *compiler, const struct node *where, const char *name)
{
    enum { NAMES_MAX = 200 };
    const char *names[NAMES_MAX + 1] = {0};
    size_t count = 0;
    for (size_t i = 0; compiler->lists && i < compiler->lists->count; i++)
        for (const struct node *list = node_first(compiler->lists->maps[i]); list && count < NAMES_MAX; list = list->next)
            names[count++] = list->key;
    char quoted[STRICT_QUOTE_MAX];
    const char *nearest = strict_nearest(name, names);
    return strict_error(compiler->file, where, compiler->err, "there is no list of the name %s%s%s%s",
                        strict_quote(name, quoted), nearest ? "; did you mean @" : "", nearest ? nearest : "",
                        nearest ? "?" : "");
}

struct value_list {
    struct condition_value *items;
    size_t count, capacity;
};

/* Takes a value, a list of them, or "@NAME"; the items of a named list may name others. */
static int add_values(struct compiler *compiler, const struct node *node, const struct node *where,
                      struct value_list *list, unsigned depth)
{
    const char *text = node_text(node);
    if (depth > LIST_DEPTH_MAX)
        return strict_error(compiler->file, where, compiler->err, "lists are nested too deep, or name each other in a circle");
    if (++compiler->values > VALUES_MAX)
        return strict_error(compiler->file, where, compiler->err, "a condition may hold %d values, this one has more",
                            VALUES_MAX);
    if (text && text[0] == '@') {
        const struct node *named = find_list(compiler->lists, text + 1);
        return named ? add_values(compiler, named, where, list, depth + 1) : complain_of_list(compiler, where, text + 1);
    }
    if (node_is(node, NODE_LIST)) {
        for (const struct node *item = node->first; item; item = item->next) {
            int rc = add_values(compiler, item, depth ? where : item, list, depth + 1);
            if (rc < 0)
                return rc;
        }
        return 0;
    }
    MEM_GROW(list->items, list->count, list->capacity);
    int rc = compile_value(compiler, node, &list->items[list->count]);
    list->count += rc == 0;
    return rc;
}

static int compile_values(struct compiler *compiler, const struct node *node, struct condition_operand *ret)
{
    struct value_list list = {0};
    int rc = add_values(compiler, node, node, &list, 0);
    AUTO_FREE struct condition_value *items = list.items;
    if (rc < 0)
        return rc;
    if (node_is(node, NODE_LIST) && node_count(node) == 0) /* a named list may be empty: a project fills it */
        return strict_error(compiler->file, node, compiler->err, "an empty list: the test could never hold");
    struct condition_value *kept = arena_alloc(compiler->arena, list.count * sizeof(*kept));
    for (size_t i = 0; i < list.count; i++)
        kept[i] = items[i];
    ret->values = kept;
    ret->count = list.count;
    return 0;
}

static int compile_paths(struct compiler *compiler, const struct node *node, struct condition_operand *ret)
{
    int rc = compile_values(compiler, node, ret);
    for (size_t i = 0; rc == 0 && i < ret->count; i++)
        if (ret->values[i].text[0] != '/')
            return strict_error(compiler->file, node, compiler->err, "a file path must begin with a slash");
    return rc;
}

static int compile_one(struct compiler *compiler, const struct node *node, struct condition_operand *ret)
{
    struct condition_value *value = arena_alloc(compiler->arena, sizeof(*value));
    ret->values = value;
    ret->count = 1;
    return compile_value(compiler, node, value);
}

static int compile_pattern(struct compiler *compiler, const struct node *node, struct condition_operand *ret)
{
    int rc = strict_text(compiler->file, node, "a pattern", compiler->err);
    if (rc == 0 && node->length > PATTERN_MAX)
        return strict_error(compiler->file, node, compiler->err, "a pattern may have %d characters, this one has more",
                            PATTERN_MAX);
    if (rc == 0)
        ret->pattern = pattern_new(node, compiler->file, compiler->arena);
    return rc;
}

/* ---- numbers ------------------------------------------------------------------------------------------------------ */

static const char *trimmed(struct arena *arena, const char *text, size_t length)
{
    for (; length > 0 && *text == ' '; length--)
        text++;
    for (; length > 0 && text[length - 1] == ' ';)
        length--;
    return arena_dup(arena, text, length);
}

/* "10Mi" is bytes, as facts of memory are; "500m" is thousandths, as facts of CPU are. */
static bool read_quantity(const char *text, int64_t *ret)
{
    int64_t thousandths;
    size_t length = strlen(text);
    if (!facts_quantity(text, &thousandths))
        return false;
    if (text[length - 1] == 'm')
        *ret = thousandths;
    else if (thousandths % 1000 == 0)
        *ret = thousandths / 1000;
    else
        return false;
    return true;
}

static bool read_factor(struct compiler *compiler, const char *text, const char *star, int64_t *ret_thousandths)
{
    const char *factor = trimmed(compiler->arena, text, (size_t)(star - text));
    return factor[0] && !factor[strspn(factor, "0123456789.")] && facts_quantity(factor, ret_thousandths);
}

static int compile_number(struct compiler *compiler, const struct node *node, struct condition_operand *ret)
{
    struct condition_number *number = &ret->number;
    *number = (struct condition_number){.thousandths = 1000};
    if (node_is(node, NODE_INT)) {
        number->value = node->integer;
        return 0;
    }
    int rc = strict_text(compiler->file, node, "a number", compiler->err);
    if (rc < 0)
        return rc;
    const char *text = node->text;
    const char *star = strchr(text, '*');
    if (!star && read_quantity(text, &number->value))
        return 0;
    bool good = !star || read_factor(compiler, text, star, &number->thousandths);
    const char *fact = star ? star + 1 : text;
    fact = trimmed(compiler->arena, fact, strlen(fact));
    number->is_fact = true;
    if (good && !strchr("0123456789+-", fact[0]) &&
        fact_path_compile(fact, strlen(fact), compiler->arena, &number->fact))
        return 0;
    char quoted[STRICT_QUOTE_MAX];
    return strict_error(compiler->file, node, compiler->err,
                        "%s is no whole number, no quantity such as 10Mi or 500m, and no fact such as 2 * memory.request",
                        strict_quote(text, quoted));
}

/* ---- by the shape of the test ------------------------------------------------------------------------------------- */

static int compile_bool(struct compiler *compiler, const struct node *node, struct condition *ret)
{
    if (!node_is(node, NODE_BOOL))
        return strict_error(compiler->file, node, compiler->err, "true or false must stand here");
    ret->negated = node_is_false(node);
    return 0;
}

int compile_operand(struct compiler *compiler, const struct node *node, struct condition *ret)
{
    switch (ret->test->shape) {
    case SHAPE_BOOL:
        return compile_bool(compiler, node, ret);
    case SHAPE_VALUE:
        return compile_one(compiler, node, &ret->operand);
    case SHAPE_VALUES:
        return compile_values(compiler, node, &ret->operand);
    case SHAPE_TEXT: {
        int rc = strict_text(compiler->file, node, "what follows", compiler->err);
        return rc < 0 ? rc : compile_one(compiler, node, &ret->operand);
    }
    case SHAPE_PATTERN:
        return compile_pattern(compiler, node, &ret->operand);
    case SHAPE_NUMBER:
        return compile_number(compiler, node, &ret->operand);
    case SHAPE_PATHS:
        return compile_paths(compiler, node, &ret->operand);
    }
    return 0;
}
