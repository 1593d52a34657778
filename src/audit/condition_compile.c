#include <string.h>

#include "audit/condition_compiler.h"
#include "audit/strict.h"

static int compile_part(struct compiler *compiler, const struct node *text, struct condition **ret);

/* ---- tests --------------------------------------------------------------------------------------------------------- */

static int compile_path(struct compiler *compiler, const struct node *node, struct fact_path *ret)
{
    int rc = strict_text(compiler->file, node, "a path to a fact", compiler->err);
    if (rc < 0)
        return rc;
    if (fact_path_compile(node->text, node->length, compiler->arena, ret))
        return 0;
    char quoted[STRICT_QUOTE_MAX];
    return strict_error(compiler->file, node, compiler->err, "%s is no path: it is keys with single dots between",
                        strict_quote(node->text, quoted));
}

static const struct condition_test *find_test(const char *name)
{
    for (const struct condition_test *test = condition_tests; test->name; test++)
        if (strcmp(test->name, name) == 0)
            return test;
    return NULL;
}

static int compile_test(struct compiler *compiler, const struct node *text, struct condition *ret)
{
    const struct node *operand = NULL;
    for (const struct node *entry = text->first; entry; entry = entry->next) {
        const struct condition_test *test = find_test(entry->key);
        if (!test)
            continue;
        if (operand)
            return strict_error(compiler->file, entry, compiler->err, "a path has one test; several stand in an `all`");
        operand = entry;
        ret->test = test;
        ret->negated = test->negated;
    }
    if (!operand)
        return strict_error(compiler->file, text, compiler->err, "a path needs a test, such as exists: true");
    int rc = compile_path(compiler, node_find(text, "path"), &ret->path);
    return rc < 0 ? rc : compile_operand(compiler, operand, ret);
}

/* ---- forms ---------------------------------------------------------------------------------------------------------- */

static int compile_list(struct compiler *compiler, const struct node *list, struct condition *ret)
{
    int rc = strict_list(compiler->file, list, list->key, compiler->err);
    struct condition *last = NULL;
    for (const struct node *item = node_first(list); item && rc == 0; item = item->next) {
        struct condition *part = NULL;
        rc = compile_part(compiler, item, &part);
        if (rc < 0 || !part)
            break;
        if (last)
            last->next = part;
        else
            ret->parts = part;
        ret->many |= part->many && ret->form != FORM_NONE;
        last = part;
    }
    return rc;
}

static int compile_not(struct compiler *compiler, const struct node *node, struct condition *ret)
{
    struct condition *part = NULL;
    int rc = compile_part(compiler, node, &part);
    ret->parts = part;
    return rc;
}

/* "labels.*": the values of the map labels. */
static int compile_items_path(struct compiler *compiler, const struct node *list, struct condition *ret)
{
    const char *text = node_text(list);
    ret->of_values = text && list->length > 2 && strcmp(text + list->length - 2, ".*") == 0;
    if (!ret->of_values)
        return compile_path(compiler, list, &ret->path);
    struct node whole = *list;
    whole.text = arena_dup(compiler->arena, text, list->length - 2);
    whole.length -= 2;
    return compile_path(compiler, &whole, &ret->path);
}

static int compile_items(struct compiler *compiler, const struct node *text, const struct node *list,
                         struct condition *ret)
{
    const struct node *where = node_find(text, "where");
    if (!where)
        return strict_error(compiler->file, text, compiler->err, "%s needs a `where`", list->key);
    if (++compiler->some_depth > SOME_DEPTH_MAX)
        return strict_error(compiler->file, text, compiler->err, "some and every may be nested %d deep", SOME_DEPTH_MAX);
    int rc = compile_items_path(compiler, list, ret);
    if (rc == 0)
        rc = compile_not(compiler, where, ret);
    compiler->some_depth--;
    ret->many = ret->form == FORM_SOME;
    return rc;
}

/* The key that says which form a condition has. */
static const struct form_row {
    const char *key;
    enum condition_form form;
} forms[] = {
    {"all", FORM_ALL}, {"any", FORM_ANY},     {"none", FORM_NONE}, {"not", FORM_NOT},
    {"some", FORM_SOME}, {"every", FORM_EVERY}, {"path", FORM_TEST},
};

static const char *const keys_of_list[] = {"all", "any", "none", "not", NULL};
static const char *const keys_of_items[] = {"some", "every", "where", NULL};
static const char *const keys_of_all[] = {
    "all", "any", "none", "not", "some", "every", "where", "path", "exists", "is", "is-not", "in", "not-in", "matches",
    "not-matches", "starts-with", "ends-with", "contains", "lacks", "above", "below", "at-least", "at-most", "covers",
    "under", NULL,
};

static const char *const *keys_of(enum condition_form form)
{
    bool items = form == FORM_SOME || form == FORM_EVERY;
    return form == FORM_TEST ? keys_of_all + 7 : items ? keys_of_items : keys_of_list;
}

/* The entry that says the form; NULL with an error when there is none, several, or a key that does not belong. */
static const struct node *read_form(const struct compiler *compiler, const struct node *text, enum condition_form *ret)
{
    const struct node *found = NULL;
    if (strict_map(compiler->file, text, "a condition", compiler->err) < 0 ||
        strict_keys(compiler->file, text, keys_of_all, compiler->err) < 0)
        return NULL;
    for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
        const struct node *entry = node_find(text, forms[i].key);
        if (entry && found) {
            (void)strict_error(compiler->file, entry, compiler->err, "%s and %s cannot stand in one condition; put both in an `all`",
                               found->key, entry->key);
            return NULL;
        }
        if (entry) {
            found = entry;
            *ret = forms[i].form;
        }
    }
    if (!found)
        (void)strict_error(compiler->file, text, compiler->err,
                           "a condition needs one of path, all, any, none, not, some and every");
    return found && strict_keys(compiler->file, text, keys_of(*ret), compiler->err) == 0 ? found : NULL;
}

static int compile_form(struct compiler *compiler, const struct node *text, const struct node *entry,
                        struct condition *ret)
{
    switch (ret->form) {
    case FORM_ALL:
    case FORM_ANY:
    case FORM_NONE:
        return compile_list(compiler, entry, ret);
    case FORM_NOT:
        return compile_not(compiler, entry, ret);
    case FORM_SOME:
    case FORM_EVERY:
        return compile_items(compiler, text, entry, ret);
    case FORM_TEST:
        return compile_test(compiler, text, ret);
    }
    return 0;
}

static int compile_part(struct compiler *compiler, const struct node *text, struct condition **ret)
{
    struct condition *condition = arena_alloc(compiler->arena, sizeof(*condition));
    const struct node *entry = read_form(compiler, text, &condition->form);
    if (!entry)
        return -EINVAL;
    if (++compiler->parts > PARTS_MAX)
        return strict_error(compiler->file, text, compiler->err, "a condition may have %d parts, this one has more", PARTS_MAX);
    *ret = condition;
    return compile_form(compiler, text, entry, condition);
}

int condition_compile(const char *file, const struct node *text, const struct condition_lists *lists, struct arena *arena,
                      const struct condition **ret, struct err *err)
{
    struct compiler compiler = {.file = file, .lists = lists, .arena = arena, .err = err};
    struct condition *condition = NULL;
    int rc = compile_part(&compiler, text, &condition);
    if (rc == 0)
        *ret = condition;
    return rc;
}

int condition_compile_patterns(const struct condition *condition, struct err *err)
{
    for (; condition; condition = condition->next) {
        int rc = condition->operand.pattern ? pattern_compile(condition->operand.pattern, err) : 0;
        if (rc == 0)
            rc = condition_compile_patterns(condition->parts, err);
        if (rc < 0)
            return rc;
    }
    return 0;
}
