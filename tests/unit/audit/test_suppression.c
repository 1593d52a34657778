#include "audit/suppression.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/node_in.h"

static const char manifest[] = "# profgen:ignore PG1* -- the whole document\n"            /* 1 */
                               "apiVersion: v1\n"                                          /* 2 */
                               "spec:\n"                                                   /* 3 */
                               "  hostNetwork: true # profgen:ignore host-network -- a CNI\r\n" /* 4 */
                               "  # profgen:ignore PG104,host-pid --\n"                    /* 5: no reason */
                               "  hostPID: true\n"                                         /* 6 */
                               "  containers:\n"                                           /* 7 */
                               "\n"                                                        /* 8 */
                               "  # profgen:ignore PG401 -- batch -- at night\n"           /* 9 */
                               "  # another comment\n"                                     /* 10 */
                               "  - name: app\n"                                           /* 11 */
                               "    note: \"no comment: profgen:ignore PG1 -- x\"\n"       /* 12 */
                               "# profgen:ignore PG9 -- nothing comes\n";                  /* 13 */

static void read_comments(const char *text, struct arena *arena, struct source *source, struct comment_suppressions *ret)
{
    *source = SOURCE_INIT;
    source->path = "a.yaml";
    source->syntax = "yaml";
    buf_add_text(&source->bytes, text);
    suppression_comments(source, arena, ret);
}

Test(suppression, comments_are_found_with_what_they_speak_of)
{
    static const struct {
        const char *rules, *reason;
        uint32_t line, target;
    } rows[] = {
        {"PG1*", "the whole document", 1, 2},  {"host-network", "a CNI", 4, 4}, {"PG104,host-pid", NULL, 5, 6},
        {"PG401", "batch -- at night", 9, 11}, {"PG9", "nothing comes", 13, 0},
    };
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    AUTO_SOURCE struct source source;
    struct comment_suppressions comments;
    read_comments(manifest, arena, &source, &comments);
    cr_assert_eq(comments.count, ARRAY_COUNT(rows));
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        cr_expect_str_eq(comments.items[i].rules, rows[i].rules);
        cr_expect_eq(comments.items[i].reason != NULL, rows[i].reason != NULL, "%zu", i);
        if (rows[i].reason && comments.items[i].reason)
            cr_expect_str_eq(comments.items[i].reason, rows[i].reason);
        cr_expect_eq(comments.items[i].line, rows[i].line, "line of %zu is %u", i, comments.items[i].line);
        cr_expect_eq(comments.items[i].target, rows[i].target, "target of %zu is %u", i, comments.items[i].target);
    }
}

Test(suppression, a_comment_holds_for_its_line_its_block_or_its_document)
{
    static const struct rule_info network = {.id = "PG104", .name = "host-network"};
    static const struct rule_info memory = {.id = "PG401", .name = "no-memory-limit"};
    static const struct {
        const struct rule_info *rule;
        struct suppression_place place;
        const char *reason;
    } rows[] = {
        {&memory, {.line = 14, .subject_line = 11, .document_line = 2}, "batch -- at night"},
        {&memory, {.line = 14, .subject_line = 13, .document_line = 2}, NULL},
        {&memory, {.line = 11, .subject_line = 7, .document_line = 2}, "batch -- at night"},
        {&network, {.line = 4, .subject_line = 3, .document_line = 99}, "a CNI"},
        {&network, {.line = 6, .subject_line = 3, .document_line = 99}, NULL},
        {&network, {.line = 50, .subject_line = 50, .document_line = 2}, "the whole document"},
    };
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    AUTO_SOURCE struct source source;
    struct comment_suppressions comments;
    read_comments(manifest, arena, &source, &comments);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct finding finding = {.rule = rows[i].rule};
        cr_expect_eq(suppression_of_comment(&comments, &rows[i].place, &finding), rows[i].reason != NULL, "row %zu", i);
        if (rows[i].reason)
            cr_expect_str_eq(finding.suppressed_reason, rows[i].reason);
    }
}

Test(suppression, annotations_need_a_reason)
{
    static const struct rule_info rule = {.id = "PG104", .name = "host-network"};
    static const struct {
        const char *metadata;
        bool suppressed;
    } rows[] = {
        {"annotations: {profgen.dev/ignore.PG104: it is a CNI}", true},
        {"annotations: {profgen.dev/ignore.host-*: it is a CNI}", true},
        {"annotations: {profgen.dev/ignore.PG104: ' '}", false},
        {"annotations: {profgen.dev/ignore.PG105: it is a CNI}", false},
        {"annotations: [profgen.dev/ignore.PG104]", false},
        {"labels: {profgen.dev/ignore.PG104: it is a CNI}", false},
    };
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct node_stream stream;
        struct err err = ERR_INIT;
        cr_assert_eq(yaml_read("a", rows[i].metadata, strlen(rows[i].metadata), arena, &stream, &err), 0);
        struct subject subject = {.metadata = stream.documents[0]};
        struct finding finding = {.rule = &rule};
        struct annotation_suppressions annotations;
        suppression_annotations(&subject, &annotations);
        cr_expect_eq(suppression_of_annotation(&annotations, &finding), rows[i].suppressed, "%s", rows[i].metadata);
    }
}

Test(suppression, the_project_file_names_path_subject_and_last_day)
{
    static const struct rule_info rule = {.id = "PG104", .name = "host-network"};
    static const struct {
        struct suppression one;
        bool suppressed;
    } rows[] = {
        {{.rule = "PG104", .reason = "r"}, true},
        {{.rule = "host-n*", .reason = "r"}, true},
        {{.rule = "PG105", .reason = "r"}, false},
        {{.rule = "*", .path = "deploy/", .reason = "r"}, false},
        {{.rule = "*", .path = "deploy/**", .reason = "r"}, true},
        {{.rule = "*", .path = "*.yml", .reason = "r"}, false},
        {{.rule = "*", .subject = "shop", .reason = "r"}, true},
        {{.rule = "*", .subject = "Deployment/shop/*", .reason = "r"}, true},
        {{.rule = "*", .subject = "Pod/*", .reason = "r"}, false},
        {{.rule = "*", .until = "2026-11-22", .reason = "r"}, true},
        {{.rule = "*", .until = "2026-11-21", .reason = "r"}, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct finding finding = {
            .rule = &rule, .subject = {.kind = "Deployment", .namespace_ = "shop", .name = "api", .container = "app"}};
        cr_expect_eq(suppression_of_project(&rows[i].one, 1, "./deploy/api.yaml", "2026-11-22", &finding),
                     rows[i].suppressed, "row %zu", i);
    }
}
