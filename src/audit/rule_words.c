/* What a rule says to people. */
#include <ctype.h>
#include <string.h>

#include "audit/rule_impl.h"
#include "audit/strict.h"

/* A block's text without the line break at its end. */
static const char *trimmed(struct arena *arena, const struct node *node)
{
    size_t length = node->length;
    while (length > 0 && isspace((unsigned char)node->text[length - 1]))
        length--;
    return length == node->length ? node->text : arena_dup(arena, node->text, length);
}

int rule_read_text(const struct rule_reading *reading, const char *key, const char **ret)
{
    const struct node *node = node_find(reading->root, key);
    if (!node)
        return strict_error(reading->file, NULL, reading->err, "the rule has no %s", key);
    int rc = strict_text(reading->file, node, key, reading->err);
    if (rc == 0)
        *ret = trimmed(reading->arena, node);
    return rc;
}

int rule_read_line(const struct rule_reading *reading, const char *key, const char **ret)
{
    int rc = rule_read_text(reading, key, ret);
    if (rc == 0 && strchr(*ret, '\n'))
        return strict_error(reading->file, node_find(reading->root, key), reading->err, "%s must be one line", key);
    return rc;
}

static int read_fixes(const struct rule_reading *reading, const struct node *map, struct rule *rule)
{
    struct node *fixes = node_new_map(reading->arena, NULL);
    if (strict_keys(reading->file, map, rule_fix_keys, reading->err) < 0)
        return -EINVAL;
    for (const struct node *entry = map->first; entry; entry = entry->next) {
        int rc = strict_text(reading->file, entry, entry->key, reading->err);
        if (rc < 0)
            return rc;
        node_put(reading->arena, fixes, entry->key, node_new_text(reading->arena, trimmed(reading->arena, entry), entry));
    }
    const struct node *other = node_get(fixes, "default");
    rule->fix = fixes;
    rule->info.fix = node_text(other ? other : fixes->first);
    return 0;
}

static int read_fix(const struct rule_reading *reading, struct rule *rule)
{
    const struct node *fix = node_find(reading->root, "fix");
    if (node_is(fix, NODE_MAP) && node_count(fix) > 0)
        return read_fixes(reading, fix, rule);
    int rc = rule_read_text(reading, "fix", &rule->info.fix);
    rule->fix = fix;
    return rc;
}

static int read_references(const struct rule_reading *reading, struct rule_info *info)
{
    const struct node *list = node_find(reading->root, "references");
    if (!list)
        return 0;
    if (!node_is(list, NODE_LIST))
        return strict_error(reading->file, list, reading->err, "references must be a list");
    int rc = 0;
    const char **references = arena_alloc(reading->arena, node_count(list) * sizeof(*references));
    for (const struct node *item = node_first(list); item && rc == 0; item = item->next) {
        rc = strict_text(reading->file, item, "a reference", reading->err);
        references[info->reference_count++] = node_text(item);
    }
    info->references = references;
    return rc;
}

static int read_pss(const struct rule_reading *reading, struct rule_info *info)
{
    static const char *const pss_keys[] = {"level", "check", NULL};
    const struct node *pss = node_find(reading->root, "pss");
    if (!pss)
        return 0;
    int rc = strict_map(reading->file, pss, "pss", reading->err);
    rc = rc < 0 ? rc : strict_keys(reading->file, pss, pss_keys, reading->err);
    if (rc < 0)
        return rc;
    info->pss_level = node_text(node_get(pss, "level"));
    info->pss_check = node_text(node_get(pss, "check"));
    if (!info->pss_check || !info->pss_level ||
        (strcmp(info->pss_level, "baseline") != 0 && strcmp(info->pss_level, "restricted") != 0))
        return strict_error(reading->file, pss, reading->err,
                            "pss needs a level, baseline or restricted, and the check's name");
    return 0;
}

static int read_examples(const struct rule_reading *reading, struct rule *rule)
{
    static const char *const example_keys[] = {"bad", "good", "recording", NULL};
    rule->examples = node_find(reading->root, "examples");
    if (!rule->examples)
        return 0;
    int rc = strict_map(reading->file, rule->examples, "examples", reading->err);
    return rc < 0 ? rc : strict_keys(reading->file, rule->examples, example_keys, reading->err);
}

int rule_read_words(const struct rule_reading *reading, struct rule *rule)
{
    int rc = rule_read_line(reading, "message", &rule->message);
    rc = rc < 0 ? rc : rule_read_text(reading, "why", &rule->info.why);
    rc = rc < 0 ? rc : read_fix(reading, rule);
    rc = rc < 0 ? rc : read_references(reading, &rule->info);
    rc = rc < 0 ? rc : read_pss(reading, &rule->info);
    return rc < 0 ? rc : read_examples(reading, rule);
}
