/* man/profgen-rules.5 has every word that a rule file may use. */
#include <criterion/criterion.h>
#include <string.h>

#include "audit/condition_impl.h"
#include "audit/rule_impl.h"
#include "base/file.h"
#include "rule_files.h"

/* As a word of its own, whatever macros and punctuation stand around it. */
static bool has_word(const char *page, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = page; (at = strstr(at, word)); at++)
        if (strchr(" \n", at[-1]) && (strchr(" \n,.:", at[length])))
            return true;
    return false;
}

static void expect_words(const char *page, const char *const *words)
{
    for (; *words; words++)
        cr_expect(has_word(page, *words), "the manual does not name %s", *words);
}

Test(rules_manual, names_every_word)
{
    AUTO_BUF struct buf page = BUF_INIT;
    struct err err = ERR_INIT;
    cr_assert_eq(file_read(SOURCE_DIR "/man/profgen-rules.5", 1 << 20, &page, &err), 0, "%s", err.sentence);
    const char *text = buf_text(&page);
    cr_expect(!has_word(text, "no-such-word"));
    for (const struct condition_test *test = condition_tests; test->name; test++)
        cr_expect(has_word(text, test->name), "the manual does not name the test %s", test->name);
    for (const struct check *check = checks; check->name; check++) {
        cr_expect(has_word(text, check->name), "the manual does not name the check %s", check->name);
        if (check->parameters)
            expect_words(text, check->parameters);
    }
    for (int kind = 0; kind < SUBJECT_KIND_COUNT; kind++)
        cr_expect(has_word(text, subject_kind_name((enum subject_kind)kind)), "the manual does not name the subject %s",
                  subject_kind_name((enum subject_kind)kind));
    expect_words(text, rule_formats);
    expect_words(text, proviso_names);
    expect_words(text, rule_keys);
}

/* The first key of a path, or NULL when it is ".". */
static char *first_key(const char *path)
{
    path += strncmp(path, "$.", 2) == 0 ? 2 : 0;
    return path[0] == '.' ? NULL : strndup(path, strcspn(path, "."));
}

/* What lies below raw and object is not profgen's to promise. */
static void expect_facts(const char *page, const struct node *condition, const char *file)
{
    static const char *const forms[] = {"path", "some", "every"};
    for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
        const char *path = node_text(node_get(condition, forms[i]));
        AUTO_FREE char *key = path ? first_key(path) : NULL;
        cr_expect(!key || has_word(page, key), "%s: the manual does not name the fact %s", file, key);
        if (key && (strcmp(key, "raw") == 0 || strcmp(key, "object") == 0))
            return;
    }
    for (const struct node *entry = node_first(condition); entry; entry = entry->next)
        expect_facts(page, entry, file);
}

/* The facts of a daemon are the keys of its file, those of other objects their own. */
static bool has_own_keys(const struct node *rule)
{
    for (const struct node *item = node_first(node_get(rule, "subjects")); item; item = item->next)
        if (node_is_text(item, "daemon") || node_is_text(item, "object"))
            return true;
    return false;
}

/* Facts that the rules of the project ask for are facts that the manual promises. */
Test(rules_manual, names_every_fact_that_rules_ask_for)
{
    AUTO_BUF struct buf page = BUF_INIT;
    struct err err = ERR_INIT;
    cr_assert_eq(file_read(SOURCE_DIR "/man/profgen-rules.5", 1 << 20, &page, &err), 0, "%s", err.sentence);
    for (size_t i = 0; i < rule_files_count; i++)
        if (!has_own_keys(rule_files[i].root))
            expect_facts(buf_text(&page), node_get(rule_files[i].root, "when"), rule_files[i].path);
}
