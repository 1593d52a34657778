#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "audit/rule_impl.h"
#include "audit/strict.h"

struct rule_set *rule_set_new(void)
{
    struct rule_set *set = mem_zero(1, sizeof(*set));
    set->arena = arena_new();
    return set;
}

static void free_buckets(struct rule_set *set)
{
    for (size_t kind = 0; kind < SUBJECT_KIND_COUNT; kind++)
        for (size_t format = 0; format <= RULE_FORMAT_COUNT; format++)
            free(set->buckets[kind][format].rules);
    memset(set->buckets, 0, sizeof(set->buckets));
}

void rule_set_free(struct rule_set *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < set->count; i++)
        rule_done(set->rules[i]);
    free(set->rules);
    free_buckets(set);
    arena_free(set->arena);
    free(set);
}

void rule_set_add_lists(struct rule_set *set, const struct node *lists)
{
    if (set->lists.count < ARRAY_COUNT(set->lists.maps))
        set->lists.maps[set->lists.count++] = lists;
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

size_t rule_set_count(const struct rule_set *set)
{
    return set->count;
}

const struct rule *rule_set_get(const struct rule_set *set, size_t index)
{
    return set->rules[index];
}

static int by_id(const void *id, const void *rule)
{
    return strcmp(id, (*(const struct rule *const *)rule)->info.id);
}

size_t rule_set_place(const struct rule_set *set, const char *id)
{
    struct rule *const *found = bsearch(id, set->rules, set->count, sizeof(*set->rules), by_id);
    assert(found);
    return (size_t)(found - set->rules);
}

static bool is_called(const struct rule *rule, const char *name)
{
    return strcasecmp(rule->info.id, name) == 0 || strcasecmp(rule->info.name, name) == 0;
}

static struct rule **find_slot(const struct rule_set *set, const char *name)
{
    for (size_t i = 0; i < set->count; i++)
        if (is_called(set->rules[i], name))
            return &set->rules[i];
    return NULL;
}

const struct rule *rule_set_find(const struct rule_set *set, const char *name)
{
    struct rule **slot = find_slot(set, name);
    return slot ? *slot : NULL;
}

/* ---- the index --------------------------------------------------------------------------------------------------- */

static bool speaks_of(const struct rule *rule, size_t format)
{
    if (!rule->formats)
        return true;
    for (const struct node *item = node_first(rule->formats); item; item = item->next)
        if (rule_format_index(node_text(item)) == format)
            return true;
    return false;
}

void rule_set_index(struct rule_set *set)
{
    free_buckets(set);
    for (size_t i = 0; i < set->count; i++) {
        for (size_t format = 0; format <= RULE_FORMAT_COUNT; format++) {
            bool speaks = speaks_of(set->rules[i], format);
            for (size_t kind = 0; speaks && kind < SUBJECT_KIND_COUNT; kind++) {
                struct rule_bucket *bucket = &set->buckets[kind][format];
                if (!(set->rules[i]->subjects >> kind & 1))
                    continue;
                MEM_GROW(bucket->rules, bucket->count, bucket->capacity);
                bucket->rules[bucket->count++] = set->rules[i];
            }
        }
    }
}

/* ---- choosing ------------------------------------------------------------------------------------------------------ */

static bool is_among(const struct rule *rule, char *const *patterns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rule_matches_name(rule, patterns[i]))
            return true;
    return false;
}

static bool matches_any(const struct rule_set *set, const char *pattern)
{
    for (size_t i = 0; i < set->count; i++)
        if (rule_matches_name(set->rules[i], pattern))
            return true;
    return false;
}

/* Keeps the rules of which being among the patterns is `wanted`. */
static void sieve(struct rule_set *set, char *const *patterns, size_t count, bool wanted)
{
    size_t kept = 0;
    for (size_t i = 0; i < set->count; i++) {
        if (is_among(set->rules[i], patterns, count) == wanted)
            set->rules[kept++] = set->rules[i];
        else
            rule_done(set->rules[i]);
    }
    set->count = kept;
    rule_set_index(set);
}

bool rule_set_keep_only(struct rule_set *set, char *const *patterns, size_t count, const char **ret_unknown)
{
    for (size_t i = 0; i < count; i++) {
        if (!matches_any(set, patterns[i])) {
            *ret_unknown = patterns[i];
            return false;
        }
    }
    sieve(set, patterns, count, true);
    return true;
}

bool rule_set_skip(struct rule_set *set, const char *pattern)
{
    if (!matches_any(set, pattern))
        return false;
    AUTO_FREE char *copy = mem_strdup(pattern);
    sieve(set, &copy, 1, false);
    return true;
}

bool rule_set_grade(struct rule_set *set, const char *pattern, enum severity severity)
{
    bool any = false;
    for (size_t i = 0; i < set->count; i++) {
        if (rule_matches_name(set->rules[i], pattern)) {
            set->rules[i]->info.severity = severity;
            any = true;
        }
    }
    return any;
}

/* ---- adding ---------------------------------------------------------------------------------------------------------- */

static void remove_slot(struct rule_set *set, struct rule **slot)
{
    rule_done(*slot);
    size_t behind = set->count - (size_t)(slot + 1 - set->rules);
    memmove(slot, slot + 1, behind * sizeof(*slot));
    set->count--;
}

static void insert(struct rule_set *set, struct rule *rule)
{
    MEM_GROW(set->rules, set->count, set->capacity);
    size_t at = set->count++;
    for (; at > 0 && strcmp(set->rules[at - 1]->info.id, rule->info.id) > 0; at--)
        set->rules[at] = set->rules[at - 1];
    set->rules[at] = rule;
}

static int replace(struct rule_set *set, const char *file, const struct node *replaces, struct err *err)
{
    int rc = strict_text(file, replaces, "replaces", err);
    if (rc < 0)
        return rc;
    struct rule **slot = find_slot(set, replaces->text);
    char quoted[STRICT_QUOTE_MAX];
    if (!slot)
        return strict_error(file, replaces, err, "there is no rule %s to replace", strict_quote(replaces->text, quoted));
    remove_slot(set, slot);
    return 0;
}

static int refuse_double(const struct rule_set *set, const struct rule *rule, const struct node *root, const char *key,
                         const char *name, struct err *err)
{
    const struct rule *other = rule_set_find(set, name);
    if (!other)
        return 0;
    return strict_error(rule->origin, node_find(root, key), err,
                        "there is a rule %s already (%s); to take its place, say replaces: %s", name, other->origin,
                        other->info.id);
}

static int compile_and_check(struct rule_set *set, const char *file, const struct node *root, bool built_in,
                              struct rule **ret, struct err *err)
{
    const struct node *replaces = NULL;
    int rc = rule_compile(file, root, &set->lists, set->arena, ret, &replaces, err);
    if (rc < 0)
        return rc;
    /* That the patterns of the built-in rules are good and their names unique is seen by a test: here it would be most of the
     * time it takes to start. */
    if (built_in)
        return 0;
    rc = (*ret)->when ? condition_compile_patterns((*ret)->when, err) : 0;
    rc = rc < 0 || !replaces ? rc : replace(set, file, replaces, err);
    rc = rc < 0 ? rc : refuse_double(set, *ret, root, "id", (*ret)->info.id, err);
    return rc < 0 ? rc : refuse_double(set, *ret, root, "name", (*ret)->info.name, err);
}

int rule_set_add(struct rule_set *set, const char *file, const struct node *root, bool built_in, struct err *err)
{
    struct rule *rule = NULL;
    int rc = compile_and_check(set, file, root, built_in, &rule, err);
    if (rc == 0)
        insert(set, rule);
    else if (rule)
        rule_done(rule);
    return rc;
}
