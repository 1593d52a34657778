/* Every Pod Security check has its rule file, and the examples there fail and pass it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "audit/pss.h"
#include "base/file.h"
#include "base/node_in.h"

/* Reads one document; what it holds borrows bytes. */
static const struct node *read_one(const char *name, const char *bytes, size_t length, struct arena *arena)
{
    struct node_stream stream;
    struct err err = ERR_INIT;
    cr_assert_eq(yaml_read(name, bytes, length, arena, &stream, &err), 0, "%s", err.sentence);
    cr_assert_eq(stream.count, 1, "%s", name);
    return stream.documents[0];
}

static bool fails(const struct node *rule, const char *which, const struct pss_check_row *check, struct arena *arena)
{
    const struct node *text = node_get(node_get(rule, "examples"), which);
    cr_assert(node_is(text, NODE_STRING), "%s has no example that is %s", check->id, which);
    const struct node *object = read_one(check->id, text->text, text->length, arena);
    cr_expect(node_is_text(node_get(object, "kind"), "Pod"), "%s", check->id);
    struct pss_pod pod = {.metadata = node_get(object, "metadata"), .spec = node_get(object, "spec")};
    const struct pss_violation *violations;
    size_t count = pss_check(&pod, check->level, check->last_minor, arena, &violations);
    for (size_t i = 0; i < count; i++)
        if (strcmp(violations[i].check, check->id) == 0)
            return true;
    return false;
}

Test(pss_rules, one_for_each_check)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    const struct pss_check_row *checks;
    size_t count = pss_checks(&checks);
    for (size_t i = 0; i < count; i++) {
        AUTO_BUF struct buf bytes = BUF_INIT;
        struct err err = ERR_INIT;
        const char *path = arena_printf(arena, "%s/rules/pss/%s.yaml", SOURCE_DIR, checks[i].id);
        cr_assert_eq(file_read(path, 1 << 20, &bytes, &err), 0, "%s", err.sentence);
        const struct node *rule = read_one(path, bytes.data, bytes.length, arena);
        const char *id = arena_printf(arena, "PSS-%s", checks[i].id);
        cr_expect(node_is_text(node_get(rule, "id"), id), "%s", path);
        cr_expect(node_is_text(node_get(rule, "name"), checks[i].id), "%s", path);
        cr_expect(node_is_text(node_get(rule, "check"), "pss"), "%s", path);
        cr_expect(node_is_text(node_at(rule, "with.check"), checks[i].id), "%s", path);
        cr_expect(node_is_text(node_at(rule, "pss.check"), checks[i].id), "%s", path);
        cr_expect(node_is_text(node_at(rule, "pss.level"), pss_level_name(checks[i].level)), "%s", path);
        cr_expect(fails(rule, "bad", &checks[i], arena), "%s: the bad example passes", path);
        cr_expect(!fails(rule, "good", &checks[i], arena), "%s: the good example fails", path);
    }
}
