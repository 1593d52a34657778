#include "audit/apparmor_rules.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "audit/apparmor_include.h"
#include "model/apparmor_file.h"

enum { INCLUDES_DEEP = 12, INCLUDES_MAX = 400, BYTES_SPENT_MAX = 64 << 20 };

static bool is_variable(const char *text)
{
    const char *close = strncmp(text, "@{", 2) == 0 ? strchr(text, '}') : NULL;
    close = close ? close + 1 + strspn(close + 1, " \t") : NULL;
    return close && (*close == '=' || strncmp(close, "+=", 2) == 0);
}

/* ---- includes -------------------------------------------------------------------------------------- */

/* Where the next statements come from. */
struct level {
    const struct node *where; /* the include in the profile that brought them in; NULL: the profile itself */
    const char *before;       /* qualifiers of the blocks around them, each with a blank behind it */
    unsigned depth;
};

static void note_include(struct arena *arena, struct node *includes, const struct apparmor_include *include, bool found,
                         const struct node *where)
{
    struct node *item = node_new_map(arena, where);
    node_put(arena, item, "name", node_new_text(arena, include->name, where));
    node_put(arena, item, "found", node_new_bool(arena, found, where));
    node_put(arena, item, "optional", node_new_bool(arena, include->optional, where));
    node_append(includes, item);
}

static bool is_noted(const struct node *includes, const char *name)
{
    for (const struct node *item = node_first(includes); item; item = item->next)
        if (node_is_text(node_get(item, "name"), name))
            return true;
    return false;
}

/* Each file is read once; NULL when it is not there. */
static const struct node *load(struct apparmor_source *file, const struct apparmor_include *include)
{
    const struct node *known = node_find(file->loaded, include->name);
    if (known)
        return node_is(known, NODE_LIST) ? known : NULL;
    struct node *list = node_new_list(file->arena, NULL);
    bool found = node_count(file->loaded) < INCLUDES_MAX && apparmor_include_statements(file->arena, file->path, include, list);
    node_put(file->arena, file->loaded, include->name, found ? list : node_new_bool(file->arena, false, NULL));
    return found ? list : NULL;
}

/* False when the statement is no include. ret: what it brings, NULL when that is nothing (more). */
static bool read_include(struct apparmor_source *file, struct node *includes, const struct node *statement, const struct level *level,
                         const struct node **ret)
{
    struct apparmor_include include;
    const char *text = node_text(statement);
    *ret = NULL;
    if (!text || !apparmor_include_read(file->arena, text, &include))
        return false;
    if (is_noted(includes, include.name))
        return true;
    *ret = level->depth < INCLUDES_DEEP ? load(file, &include) : NULL;
    note_include(file->arena, includes, &include, *ret != NULL, level->where ? level->where : node_origin(statement));
    return true;
}

/* ---- variables ------------------------------------------------------------------------------------- */

static void collect_variables(struct apparmor_source *file, struct node *includes, const struct node *statements, struct buf *out,
                              unsigned depth)
{
    for (const struct node *one = node_first(statements); one; one = one->next) {
        const struct node *more;
        const char *text = node_text(one);
        if (read_include(file, includes, one, &(struct level){.depth = depth}, &more))
            collect_variables(file, includes, more, out, depth + 1);
        else if (text && is_variable(text))
            buf_printf(out, "%s\n", text);
    }
}

void apparmor_source_start(struct apparmor_source *file, struct arena *arena, const char *path, const struct node *statements)
{
    AUTO_BUF struct buf variables = BUF_INIT;
    *file = (struct apparmor_source){.arena = arena, .path = path, .loaded = node_new_map(arena, NULL)};
    collect_variables(file, node_new_list(arena, NULL), statements, &variables, 0);
    file->variables = arena_strdup(arena, buf_text(&variables));
}

/* ---- rules ------------------------------------------------------------------------------------------- */

/* A sentence of the model without the place in front, which is not one of the file. */
static const char *plain(struct arena *arena, const char *sentence)
{
    const char *behind = strstr(sentence, ": ");
    return arena_strdup(arena, behind ? behind + 2 : sentence);
}

static bool is_everything(const char *text)
{
    return strcmp(text, "all") == 0 || strcmp(text, "allow all") == 0 || strcmp(text, "audit all") == 0;
}

static struct apparmor_rule *push(struct apparmor_rules *rules, const struct node *statement, const struct level *level)
{
    MEM_GROW(rules->items, rules->count, rules->capacity);
    struct apparmor_rule *rule = &rules->items[rules->count++];
    const struct node *where = level->where ? level->where : node_origin(statement);
    const char *text = node_text(where);
    *rule = (struct apparmor_rule){.where = where, .text = text ? text : node_text_at(where, "head")};
    return rule;
}

static void add_to_all(struct apparmor_policy *all, const struct apparmor_rule *rule)
{
    static const char *const kinds[] = {"mount", "remount", "umount", "pivot_root", "ptrace", "signal", "unix", "dbus", "change_profile", "userns",
                                        "io_uring", "mqueue"};
    aa_mask files = AA_READ | AA_WRITE | AA_LINK | AA_LOCK | AA_MAP_EXEC | AA_EXEC;
    const struct apparmor_policy *policy = rule->policy;
    struct err err = ERR_INIT; /* the pattern was accepted before */
    if (rule->everything) {
        (void)apparmor_policy_add_file(all, false, "/{**,}", files, "ix", NULL, &err);
        apparmor_policy_add_capability(all, false, "", NULL);
        apparmor_policy_add_network(all, false, "", NULL);
        for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
            apparmor_policy_add_other(all, false, kinds[i], "", NULL);
    }
    if (!policy)
        return;
    for (size_t i = 0; i < policy->file_count; i++) {
        const struct aa_file_rule *one = &policy->files[i];
        if (apparmor_policy_add_file(all, one->deny, one->pattern, one->permissions, one->exec_mode, NULL, &err) == 0)
            all->files[all->file_count - 1].owner = one->owner;
    }
    for (size_t i = 0; i < policy->capability_count; i++)
        apparmor_policy_add_capability(all, policy->capabilities[i].deny, policy->capabilities[i].words, NULL);
    for (size_t i = 0; i < policy->network_count; i++)
        apparmor_policy_add_network(all, policy->networks[i].deny, policy->networks[i].words, NULL);
    for (size_t i = 0; i < policy->other_count; i++)
        apparmor_policy_add_other(all, policy->others[i].deny, policy->others[i].kind, policy->others[i].text, NULL);
}

/* The one profile of text, with AppArmor's standard variables where it does not define them. */
static int read_profile(const struct buf *text, struct apparmor_policy **ret, struct err *err)
{
    static const struct apparmor_file_options options = {.standard_tunables = true};
    AUTO(apparmor_file_free_cleanup) struct apparmor_file *file = NULL;
    int rc = apparmor_file_parse("rule", buf_text(text), text->length, &options, &file, err);
    return rc < 0 ? rc : apparmor_file_take(file, NULL, ret, err);
}

/* What an included file says is not told, only that it said it. */
static void add_rule(struct apparmor_rules *rules, const struct node *statement, const struct level *level)
{
    AUTO_BUF struct buf profile = BUF_INIT;
    struct err err = ERR_INIT;
    struct apparmor_rule *rule = push(rules, statement, level);
    AUTO_FREE char *text = mem_printf("%s%s", level->before, node_text(statement));
    rule->everything = is_everything(text);
    buf_printf(&profile, "%sprofile x {\n%s,\n}\n", strstr(text, "@{") ? rules->file->variables : "", text);
    rules->file->spent += profile.length;
    if (rules->file->spent > BYTES_SPENT_MAX)
        rule->why = "the profile has more rules than are judged";
    else if (!rule->everything && read_profile(&profile, &rule->policy, &err) < 0)
        rule->why = level->where ? "the file it includes has a rule that is not understood" : plain(rules->file->arena, err.sentence);
    add_to_all(rules->all, rule);
}

static bool is_qualifiers(const char *head)
{
    static const char *const words[] = {"audit", "allow", "deny", "owner"};
    for (const char *at = head + strspn(head, " "); *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " "), i = 0;
        while (i < ARRAY_COUNT(words) && (strlen(words[i]) != length || memcmp(words[i], at, length) != 0))
            i++;
        if (i == ARRAY_COUNT(words))
            return false;
        at += length;
    }
    return true;
}

static void add_body(struct apparmor_rules *rules, const struct node *body, const struct level *level);

static void add_block(struct apparmor_rules *rules, const struct node *block, const struct level *level)
{
    struct apparmor_head head;
    struct level inner = *level;
    const char *text = node_text_at(block, "head");
    if (apparmor_head_read(rules->file->arena, block, &head))
        return;
    if (!text || !is_qualifiers(text) || level->depth >= APPARMOR_NESTING_MAX) {
        push(rules, block, level)->why = "whether its condition holds is not known";
        return;
    }
    inner.before = arena_printf(rules->file->arena, "%s%s ", level->before, text);
    inner.depth++;
    add_body(rules, node_get(block, "body"), &inner);
}

static void add_body(struct apparmor_rules *rules, const struct node *body, const struct level *level)
{
    for (const struct node *one = node_first(body); one; one = one->next) {
        const struct node *more;
        if (read_include(rules->file, rules->includes, one, level, &more)) {
            struct level inner = *level;
            inner.where = level->where ? level->where : node_origin(one);
            inner.depth++;
            add_body(rules, more, &inner);
        } else if (node_text(one)) {
            add_rule(rules, one, level);
        } else {
            add_block(rules, one, level);
        }
    }
}

void apparmor_rules_start(struct apparmor_rules *rules, struct apparmor_source *file, const struct node *body)
{
    *rules = (struct apparmor_rules){
        .file = file, .all = apparmor_policy_new("x"), .includes = node_new_list(file->arena, body)};
    add_body(rules, body, &(struct level){.before = ""});
}

void apparmor_rules_done(struct apparmor_rules *rules)
{
    for (size_t i = 0; i < rules->count; i++)
        apparmor_policy_free(rules->items[i].policy);
    free(rules->items);
    apparmor_policy_free(rules->all);
    *rules = (struct apparmor_rules){0};
}

bool apparmor_rules_are_partial(const struct apparmor_rules *rules)
{
    bool partial = false;
    for (size_t i = 0; i < rules->count; i++)
        partial |= rules->items[i].why != NULL;
    for (const struct node *one = node_first(rules->includes); one; one = one->next)
        partial |= node_is_false(node_get(one, "found")) && node_is_false(node_get(one, "optional"));
    return partial;
}

struct apparmor_policy *apparmor_rules_policy(struct apparmor_rules *rules, const char *name, bool *ret_partial)
{
    struct apparmor_policy *all = rules->all;
    rules->all = NULL;
    free(all->name);
    all->name = mem_strdup(name);
    *ret_partial = apparmor_rules_are_partial(rules);
    return all;
}

/* ---- asking -------------------------------------------------------------------------------------------- */

bool apparmor_rules_allow(const struct apparmor_rules *rules, const char *path, aa_mask wanted)
{
    return apparmor_policy_evaluate(rules->all, path, strlen(path), wanted, true, NULL) == 0;
}

const struct apparmor_rule *apparmor_rules_find(const struct apparmor_rules *rules, const char *path, aa_mask wanted)
{
    for (size_t i = 0; i < rules->count; i++) {
        const struct apparmor_rule *rule = &rules->items[i];
        bool files = rule->policy && rule->policy->file_count > 0;
        if (rule->everything || (files && apparmor_policy_evaluate(rule->policy, path, strlen(path), wanted, true, NULL) != wanted))
            return rule;
    }
    return NULL;
}

bool apparmor_rules_words_name(const char *words, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = words + strspn(words, " \t"); *at; at += strspn(at, " \t")) {
        size_t here = strcspn(at, " \t");
        if (here == length && strncasecmp(at, name, length) == 0)
            return true;
        at += here;
    }
    return *words == '\0';
}

const struct apparmor_rule *apparmor_rules_capability(const struct apparmor_rules *rules, const char *name)
{
    const struct apparmor_rule *allowing = NULL;
    for (size_t i = 0; i < rules->count; i++) {
        const struct apparmor_rule *rule = &rules->items[i];
        bool about = rule->policy && rule->policy->capability_count > 0 && apparmor_rules_words_name(rule->policy->capabilities[0].words, name);
        if (about && rule->policy->capabilities[0].deny)
            return NULL;
        if (!allowing && (about || rule->everything))
            allowing = rule;
    }
    return allowing;
}

/* Does the rule speak of all of a kind? ret_deny: what it says. */
static bool is_bare(const struct apparmor_policy *policy, const char *kind, bool *ret_deny)
{
    if (!policy)
        return false;
    if (policy->file_count > 0 && strcmp(kind, "file") == 0) {
        *ret_deny = policy->files[0].deny;
        return strcmp(policy->files[0].pattern, "/{**,}") == 0 && policy->files[0].permissions & AA_EXEC;
    }
    const struct aa_word_rule *word = policy->capability_count > 0 && strcmp(kind, "capability") == 0 ? &policy->capabilities[0]
                                      : policy->network_count > 0 && strcmp(kind, "network") == 0     ? &policy->networks[0]
                                                                                                      : NULL;
    if (word) {
        *ret_deny = word->deny;
        return word->words[0] == '\0';
    }
    if (policy->other_count == 0 || strcmp(policy->others[0].kind, kind) != 0)
        return false;
    *ret_deny = policy->others[0].deny;
    return policy->others[0].text[0] == '\0';
}

const struct apparmor_rule *apparmor_rules_bare(const struct apparmor_rules *rules, const char *kind)
{
    const struct apparmor_rule *allowing = NULL;
    for (size_t i = 0; i < rules->count; i++) {
        const struct apparmor_rule *rule = &rules->items[i];
        bool deny = false;
        if (!is_bare(rule->policy, kind, &deny) && !rule->everything)
            continue;
        if (deny)
            return NULL;
        allowing = allowing ? allowing : rule;
    }
    return allowing;
}
