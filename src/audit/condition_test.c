#include <string.h>

#include "audit/condition_impl.h"

/* ---- texts and values ------------------------------------------------------------------------------------------ */

static bool holds_exists(const struct condition_operand *operand, const struct node *fact,
                         const struct condition_scope *scope)
{
    (void)operand, (void)fact, (void)scope;
    return true;
}

static bool equals(const struct condition_value *value, const struct node *fact)
{
    if (value->kind == NODE_BOOL)
        return fact->kind == NODE_BOOL && fact->integer == value->integer;
    const char *text = node_text(fact);
    if (text && fact->length == value->length && memcmp(text, value->text, value->length) == 0)
        return true;
    int64_t integer;
    return value->kind == NODE_INT && text && node_integer(fact, &integer) && integer == value->integer;
}

static bool holds_in(const struct condition_operand *operand, const struct node *fact,
                     const struct condition_scope *scope)
{
    (void)scope;
    for (size_t i = 0; i < operand->count; i++)
        if (equals(&operand->values[i], fact))
            return true;
    return false;
}

static bool holds_matches(const struct condition_operand *operand, const struct node *fact,
                          const struct condition_scope *scope)
{
    (void)scope;
    const char *text = node_text(fact);
    return text && pattern_matches(operand->pattern, text, fact->length);
}

static bool holds_starts_with(const struct condition_operand *operand, const struct node *fact,
                              const struct condition_scope *scope)
{
    (void)scope;
    const char *text = node_text(fact);
    size_t length = operand->values->length;
    return text && fact->length >= length && memcmp(text, operand->values->text, length) == 0;
}

static bool holds_ends_with(const struct condition_operand *operand, const struct node *fact,
                            const struct condition_scope *scope)
{
    (void)scope;
    const char *text = node_text(fact);
    size_t length = operand->values->length;
    return text && fact->length >= length &&
           memcmp(text + fact->length - length, operand->values->text, length) == 0;
}

static bool holds_contains(const struct condition_operand *operand, const struct node *fact,
                           const struct condition_scope *scope)
{
    (void)scope;
    const char *text = node_text(fact);
    if (text)
        return memmem(text, fact->length, operand->values->text, operand->values->length) != NULL;
    for (const struct node *item = fact->kind == NODE_LIST ? fact->first : NULL; item; item = item->next)
        if (equals(operand->values, item))
            return true;
    return false;
}

/* ---- numbers --------------------------------------------------------------------------------------------------- */

/* Both sides in thousandths, in which factors are whole. */
struct sides {
    __int128 fact, number;
};

static bool read_sides(const struct condition_operand *operand, const struct node *fact,
                       const struct condition_scope *scope, struct sides *ret)
{
    const struct condition_number *number = &operand->number;
    int64_t left, right = number->value;
    if (!node_integer(fact, &left))
        return false;
    if (number->is_fact &&
        !node_integer(fact_path_find(&number->fact, number->fact.from_top ? scope->top : scope->item), &right))
        return false;
    *ret = (struct sides){(__int128)left * 1000, (__int128)right * (number->is_fact ? number->thousandths : 1000)};
    return true;
}

static bool holds_above(const struct condition_operand *operand, const struct node *fact,
                        const struct condition_scope *scope)
{
    struct sides sides;
    return read_sides(operand, fact, scope, &sides) && sides.fact > sides.number;
}

static bool holds_below(const struct condition_operand *operand, const struct node *fact,
                        const struct condition_scope *scope)
{
    struct sides sides;
    return read_sides(operand, fact, scope, &sides) && sides.fact < sides.number;
}

static bool holds_at_least(const struct condition_operand *operand, const struct node *fact,
                           const struct condition_scope *scope)
{
    struct sides sides;
    return read_sides(operand, fact, scope, &sides) && sides.fact >= sides.number;
}

static bool holds_at_most(const struct condition_operand *operand, const struct node *fact,
                          const struct condition_scope *scope)
{
    struct sides sides;
    return read_sides(operand, fact, scope, &sides) && sides.fact <= sides.number;
}

/* ---- file paths ------------------------------------------------------------------------------------------------ */

/* The next directory of a path, which is moved behind it; length 0 at its end. */
static size_t next_part(const char **path, const char **ret_part)
{
    *path += strspn(*path, "/");
    *ret_part = *path;
    size_t length = strcspn(*path, "/");
    *path += length;
    return length;
}

enum relation { UNRELATED, AT_OR_BELOW, PARENT };

static enum relation relate(const char *path, const char *listed)
{
    for (;;) {
        const char *part, *listed_part;
        size_t length = next_part(&path, &part);
        size_t listed_length = next_part(&listed, &listed_part);
        if (listed_length == 0)
            return AT_OR_BELOW;
        if (length == 0)
            return PARENT;
        bool any = listed_length == 1 && *listed_part == '*';
        if (!any && (length != listed_length || memcmp(part, listed_part, length) != 0))
            return UNRELATED;
    }
}

static bool is_related(const struct condition_operand *operand, const struct node *fact, bool parents)
{
    const char *path = node_text(fact);
    if (!path || path[0] != '/')
        return false;
    for (size_t i = 0; i < operand->count; i++) {
        enum relation relation = relate(path, operand->values[i].text);
        if (relation == AT_OR_BELOW || (relation == PARENT && parents))
            return true;
    }
    return false;
}

static bool holds_covers(const struct condition_operand *operand, const struct node *fact,
                         const struct condition_scope *scope)
{
    (void)scope;
    return is_related(operand, fact, true);
}

static bool holds_under(const struct condition_operand *operand, const struct node *fact,
                        const struct condition_scope *scope)
{
    (void)scope;
    return is_related(operand, fact, false);
}

const struct condition_test condition_tests[] = {
    {"exists", SHAPE_BOOL, false, holds_exists},
    {"is", SHAPE_VALUE, false, holds_in},
    {"is-not", SHAPE_VALUE, true, holds_in},
    {"in", SHAPE_VALUES, false, holds_in},
    {"not-in", SHAPE_VALUES, true, holds_in},
    {"matches", SHAPE_PATTERN, false, holds_matches},
    {"not-matches", SHAPE_PATTERN, true, holds_matches},
    {"starts-with", SHAPE_TEXT, false, holds_starts_with},
    {"ends-with", SHAPE_TEXT, false, holds_ends_with},
    {"contains", SHAPE_VALUE, false, holds_contains},
    {"lacks", SHAPE_VALUE, true, holds_contains},
    {"above", SHAPE_NUMBER, false, holds_above},
    {"below", SHAPE_NUMBER, false, holds_below},
    {"at-least", SHAPE_NUMBER, false, holds_at_least},
    {"at-most", SHAPE_NUMBER, false, holds_at_most},
    {"covers", SHAPE_PATHS, false, holds_covers},
    {"under", SHAPE_PATHS, false, holds_under},
    {0},
};
