#include <ctype.h>
#include <string.h>

#include "audit/rule_impl.h"
#include "audit/strict.h"

const char *const rule_keys[] = {
    "id",     "name", "title", "severity", "layer",   "subjects", "formats", "when",       "check", "with",     "at",
    "unless", "only-with", "message", "why", "fix", "references", "pss", "examples", "replaces",
    "conceal", "weakened-by", "fix-from", NULL,
};

/* ---- what it is called --------------------------------------------------------------------------------------------- */

static bool is_name(const char *name)
{
    if (!islower((unsigned char)name[0]))
        return false;
    for (; *name; name++)
        if (!isalnum((unsigned char)*name) && *name != '-' && *name != '_')
            return false;
    return true;
}

static bool is_id(const char *id)
{
    if (!isupper((unsigned char)id[0]))
        return false;
    for (; *id; id++)
        if (!isalnum((unsigned char)*id) && !strchr("-._", *id))
            return false;
    return true;
}

static int read_names(const struct rule_reading *reading, struct rule_info *info)
{
    int rc = rule_read_line(reading, "id", &info->id);
    if (rc == 0 && !is_id(info->id))
        return strict_error(reading->file, node_find(reading->root, "id"), reading->err,
                            "an id is letters and digits, the first a capital, such as PG101 or ACME-7");
    rc = rc < 0 ? rc : rule_read_line(reading, "name", &info->name);
    if (rc == 0 && !is_name(info->name))
        return strict_error(reading->file, node_find(reading->root, "name"), reading->err,
                            "a name is words with dashes between, such as privileged-container");
    return rc < 0 ? rc : rule_read_line(reading, "title", &info->title);
}

static int read_grades(const struct rule_reading *reading, struct rule_info *info)
{
    const char *severity, *layer;
    int rc = rule_read_line(reading, "severity", &severity);
    if (rc == 0 && !severity_parse(severity, &info->severity))
        return strict_error(reading->file, node_find(reading->root, "severity"), reading->err,
                            "a severity is info, low, medium, high or critical");
    rc = rc < 0 ? rc : rule_read_line(reading, "layer", &layer);
    if (rc == 0 && !layer_parse(layer, &info->layer))
        return strict_error(reading->file, node_find(reading->root, "layer"), reading->err,
                            "a layer is kernel, container or orchestration");
    return rc;
}

/* ---- whom it judges --------------------------------------------------------------------------------------------- */

static int complain_of_word(const struct rule_reading *reading, const struct node *word, const char *what,
                            const char *const *words)
{
    char quoted[STRICT_QUOTE_MAX];
    const char *text = node_text(word) ? node_text(word) : "";
    const char *nearest = strict_nearest(text, words);
    return strict_error(reading->file, word, reading->err, "there is no %s %s%s%s%s", what, strict_quote(text, quoted),
                        nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
}

static int complain_of_subject(const struct rule_reading *reading, const struct node *word)
{
    const char *kinds[SUBJECT_KIND_COUNT + 1] = {0};
    for (size_t i = 0; i < SUBJECT_KIND_COUNT; i++)
        kinds[i] = subject_kind_name((enum subject_kind)i);
    return complain_of_word(reading, word, "kind of subject", kinds);
}

static int read_subjects(const struct rule_reading *reading, struct rule *rule)
{
    const struct node *list = node_find(reading->root, "subjects");
    int rc = strict_list(reading->file, list, "subjects", reading->err);
    for (const struct node *item = node_first(list); item && rc == 0; item = item->next) {
        enum subject_kind kind;
        if (!node_text(item) || !subject_kind_parse(node_text(item), &kind))
            return complain_of_subject(reading, item);
        rule->subjects |= 1U << kind;
    }
    return rc;
}

static int read_formats(const struct rule_reading *reading, struct rule *rule)
{
    rule->formats = node_find(reading->root, "formats");
    int rc = rule->formats ? strict_list(reading->file, rule->formats, "formats", reading->err) : 0;
    for (const struct node *item = node_first(rule->formats); item && rc == 0; item = item->next)
        if (!node_text(item) || rule_format_index(node_text(item)) == RULE_FORMAT_OTHER)
            return complain_of_word(reading, item, "format", rule_formats);
    return rc;
}

/* ---- when it objects ------------------------------------------------------------------------------------------- */

static int complain_of_check(const struct rule_reading *reading, const struct node *word)
{
    enum { NAMES_MAX = 100 };
    const char *names[NAMES_MAX + 1] = {0};
    for (size_t i = 0; i < NAMES_MAX && checks[i].name; i++)
        names[i] = checks[i].name;
    return complain_of_word(reading, word, "built-in check", names);
}

static int read_check(const struct rule_reading *reading, const struct node *check, struct rule *rule)
{
    static const char *const none[] = {NULL};
    int rc = strict_text(reading->file, check, "check", reading->err);
    if (rc < 0)
        return rc;
    rule->check = check_find(node_text(check));
    if (!rule->check)
        return complain_of_check(reading, check);
    rule->with = node_find(reading->root, "with");
    if (!rule->with)
        return 0;
    rc = strict_map(reading->file, rule->with, "with", reading->err);
    return rc < 0 ? rc
                  : strict_keys(reading->file, rule->with, rule->check->parameters ? rule->check->parameters : none,
                                reading->err);
}

static int read_when(const struct rule_reading *reading, struct rule *rule)
{
    const struct node *when = node_find(reading->root, "when");
    const struct node *check = node_find(reading->root, "check");
    if (!when == !check)
        return strict_error(reading->file, when, reading->err, "a rule has either a `when` or a `check`");
    if (check)
        return read_check(reading, check, rule);
    if (node_find(reading->root, "with"))
        return strict_error(reading->file, node_find(reading->root, "with"), reading->err,
                            "`with` goes with a `check`, not with a `when`");
    return condition_compile(reading->file, when, reading->lists, reading->arena, &rule->when, reading->err);
}

static int read_path(const struct rule_reading *reading, const char *key, const struct fact_path **ret)
{
    const struct node *text = node_find(reading->root, key);
    if (!text)
        return 0;
    struct fact_path *path = arena_alloc(reading->arena, sizeof(*path));
    int rc = strict_text(reading->file, text, key, reading->err);
    if (rc == 0 && !fact_path_compile(text->text, text->length, reading->arena, path))
        return strict_error(reading->file, text, reading->err, "%s is no path: it is keys with single dots between", key);
    *ret = path;
    return rc;
}

static int read_provisos(const struct rule_reading *reading, struct rule *rule)
{
    const struct node *only_with = node_find(reading->root, "only-with");
    rule->unless = node_find(reading->root, "unless");
    if (rule->unless) {
        int rc = strict_map(reading->file, rule->unless, "unless", reading->err);
        rc = rc < 0 ? rc : strict_keys(reading->file, rule->unless, proviso_names, reading->err);
        rc = rc < 0 ? rc : strict_text(reading->file, rule->unless->first, rule->unless->first->key, reading->err);
        if (rc == 0 && node_count(rule->unless) != 1)
            rc = strict_error(reading->file, rule->unless, reading->err, "unless asks for one thing");
        if (rc < 0)
            return rc;
    }
    if (!only_with)
        return 0;
    rule->only_with = node_text(only_with);
    if (rule->only_with && proviso_fact(rule->only_with) >= 0)
        return 0;
    return complain_of_word(reading, only_with, "thing that other files tell,", proviso_names);
}

static int read_conceal(const struct rule_reading *reading, struct rule_info *info)
{
    const struct node *conceal = node_find(reading->root, "conceal");
    info->conceal = node_is_true(conceal);
    if (!conceal || info->conceal || node_is_false(conceal))
        return 0;
    return strict_error(reading->file, conceal, reading->err, "conceal is true or false");
}

static int read_judgement(const struct rule_reading *reading, struct rule *rule)
{
    int rc = read_subjects(reading, rule);
    rc = rc < 0 ? rc : read_conceal(reading, &rule->info);
    rc = rc < 0 ? rc : read_formats(reading, rule);
    rc = rc < 0 ? rc : read_path(reading, "at", &rule->at);
    rc = rc < 0 ? rc : read_path(reading, "weakened-by", &rule->weakened_by);
    rc = rc < 0 ? rc : read_path(reading, "fix-from", &rule->fix_from);
    rc = rc < 0 ? rc : read_provisos(reading, rule);
    return rc < 0 ? rc : read_when(reading, rule);
}

int rule_compile(const char *file, const struct node *root, const struct condition_lists *lists, struct arena *arena,
                 struct rule **ret, const struct node **ret_replaces, struct err *err)
{
    const struct rule_reading reading = {file, root, lists, arena, err};
    struct rule *rule = arena_alloc(arena, sizeof(*rule));
    rule->origin = file;
    int rc = strict_map(file, root, "a rule file", err);
    rc = rc < 0 ? rc : strict_keys(file, root, rule_keys, err);
    rc = rc < 0 ? rc : read_names(&reading, &rule->info);
    rc = rc < 0 ? rc : read_grades(&reading, &rule->info);
    rc = rc < 0 ? rc : rule_read_words(&reading, rule);
    rc = rc < 0 ? rc : read_judgement(&reading, rule);
    if (rc < 0)
        return rc;
    *ret_replaces = node_find(root, "replaces");
    *ret = rule;
    return 0;
}
