#include "audit/condition_impl.h"

/* What made a condition hold, or not. */
struct decided {
    const struct node *where;
    const struct node *item;
    bool missing; /* something that is not there decided */
};

static bool has_place(const struct node *node)
{
    return node && node_origin(node)->line > 0;
}

static bool is_settled(const struct decided *decided)
{
    return decided->where || decided->missing;
}

/* The first part that has a place decides for the whole. */
static void take_first(struct decided *whole, const struct decided *part)
{
    if (!is_settled(whole)) {
        whole->where = part->where;
        whole->missing = part->missing;
    }
    if (!whole->item)
        whole->item = part->item;
}

static bool holds(const struct condition *condition, const struct condition_scope *scope, struct decided *ret);

/* ---- the forms --------------------------------------------------------------------------------------------------- */

static const struct node *find_fact(const struct condition *condition, const struct condition_scope *scope)
{
    return fact_path_find(&condition->path, condition->path.from_top ? scope->top : scope->item);
}

static bool test_holds(const struct condition *condition, const struct condition_scope *scope, struct decided *ret)
{
    const struct node *fact = find_fact(condition, scope);
    bool outside = condition->path.from_top && scope->item != scope->top; /* what is said of an item points at the item */
    if (!outside) {
        ret->where = has_place(fact) ? fact : NULL;
        ret->missing = !fact;
    }
    return (fact && condition->test->holds(&condition->operand, fact, scope)) != condition->negated;
}

static bool all_hold(const struct condition *condition, const struct condition_scope *scope, struct decided *ret)
{
    for (const struct condition *part = condition->parts; part; part = part->next) {
        struct decided decided = {0};
        if (!holds(part, scope, &decided)) {
            *ret = decided;
            return false;
        }
        take_first(ret, &decided);
    }
    return true;
}

static bool any_holds(const struct condition *condition, const struct condition_scope *scope, struct decided *ret)
{
    for (const struct condition *part = condition->parts; part; part = part->next) {
        struct decided decided = {0};
        if (holds(part, scope, &decided)) {
            *ret = decided;
            return true;
        }
        take_first(ret, &decided);
    }
    return false;
}

/* A single value counts as a list of one; of a map the values are items only where the path ends in ".*". */
static bool has_items(const struct condition *condition, const struct node *list)
{
    return list->kind == NODE_LIST || (condition->of_values && list->kind == NODE_MAP);
}

static const struct node *first_item(const struct condition *condition, const struct node *list)
{
    return has_items(condition, list) ? list->first : list;
}

static const struct node *next_item(const struct condition *condition, const struct node *list, const struct node *item)
{
    return has_items(condition, list) ? item->next : NULL;
}

static bool item_holds(const struct condition *condition, const struct condition_scope *scope, const struct node *item,
                       struct decided *ret)
{
    struct condition_scope inner = {scope->top, item};
    struct decided decided = {0};
    if (item->kind == NODE_NULL || !holds(condition->parts, &inner, &decided))
        return false;
    if (!decided.where && has_place(item))
        decided = (struct decided){.where = item, .item = decided.item};
    if (!decided.item)
        decided.item = item;
    *ret = decided;
    return true;
}

static bool some_holds(const struct condition *condition, const struct condition_scope *scope, struct decided *ret)
{
    const struct node *list = find_fact(condition, scope);
    *ret = (struct decided){.where = has_place(list) ? list : NULL, .missing = !list};
    if (!list)
        return false;
    for (const struct node *item = first_item(condition, list); item; item = next_item(condition, list, item))
        if (item_holds(condition, scope, item, ret))
            return true;
    return false;
}

static bool every_holds(const struct condition *condition, const struct condition_scope *scope, struct decided *ret)
{
    const struct node *list = find_fact(condition, scope);
    *ret = (struct decided){.where = has_place(list) ? list : NULL, .missing = !list};
    if (!list)
        return false;
    bool any = false;
    for (const struct node *item = first_item(condition, list); item; item = next_item(condition, list, item)) {
        struct decided decided = {0};
        if (!item_holds(condition, scope, item, &decided)) {
            ret->where = has_place(item) ? item : ret->where;
            return false;
        }
        any = true;
    }
    return any;
}

static bool holds(const struct condition *condition, const struct condition_scope *scope, struct decided *ret)
{
    switch (condition->form) {
    case FORM_ALL:
        return all_hold(condition, scope, ret);
    case FORM_ANY:
        return any_holds(condition, scope, ret);
    case FORM_NONE:
    case FORM_NOT: {
        bool held = any_holds(condition, scope, ret);
        ret->item = NULL;
        return !held;
    }
    case FORM_SOME:
        return some_holds(condition, scope, ret);
    case FORM_EVERY:
        return every_holds(condition, scope, ret);
    case FORM_TEST:
        return test_holds(condition, scope, ret);
    }
    return false;
}

/* ---- all the ways in which it holds -------------------------------------------------------------------------------- */

struct matches {
    struct condition_match *items;
    size_t count, max;
};

static void add_match(struct matches *matches, const struct decided *decided)
{
    if (matches->count < matches->max)
        matches->items[matches->count] = (struct condition_match){decided->where, decided->item};
    matches->count++;
}

static void collect(const struct condition *condition, const struct condition_scope *scope, struct matches *matches);

static void collect_some(const struct condition *condition, const struct condition_scope *scope, struct matches *matches)
{
    const struct node *list = find_fact(condition, scope);
    if (!list)
        return;
    for (const struct node *item = first_item(condition, list); item; item = next_item(condition, list, item)) {
        struct decided decided = {0};
        if (!item_holds(condition, scope, item, &decided))
            continue;
        if (!decided.where && has_place(list))
            decided.where = list;
        add_match(matches, &decided);
    }
}

/* The first part with a `some` gives the matches, when all others hold. */
static void collect_all(const struct condition *condition, const struct condition_scope *scope, struct matches *matches)
{
    const struct condition *giver = NULL;
    for (const struct condition *part = condition->parts; part; part = part->next) {
        struct decided ignored = {0};
        if (part->many && !giver)
            giver = part;
        else if (!holds(part, scope, &ignored))
            return;
    }
    if (giver)
        collect(giver, scope, matches);
}

static void collect_any(const struct condition *condition, const struct condition_scope *scope, struct matches *matches)
{
    size_t before = matches->count;
    for (const struct condition *part = condition->parts; part; part = part->next)
        if (part->many || matches->count == before)
            collect(part, scope, matches);
}

static void collect(const struct condition *condition, const struct condition_scope *scope, struct matches *matches)
{
    struct decided decided = {0};
    if (condition->many && condition->form == FORM_SOME)
        collect_some(condition, scope, matches);
    else if (condition->many && condition->form == FORM_ALL)
        collect_all(condition, scope, matches);
    else if (condition->many)
        collect_any(condition, scope, matches);
    else if (holds(condition, scope, &decided))
        add_match(matches, &decided);
}

size_t condition_evaluate(const struct condition *condition, const struct node *facts, struct condition_match *ret,
                          size_t max)
{
    struct condition_scope scope = {facts, facts};
    struct matches matches = {ret, 0, max};
    collect(condition, &scope, &matches);
    return matches.count;
}

/* ---- patterns ------------------------------------------------------------------------------------------------------- */

void condition_done(const struct condition *condition)
{
    for (; condition; condition = condition->next) {
        if (condition->operand.pattern)
            pattern_done(condition->operand.pattern);
        condition_done(condition->parts);
    }
}
