#include "audit/suppression.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "base/ignore.h"

static const char annotation_prefix[] = "profgen.dev/ignore.";
enum { PATTERN_MAX = 128 };

static bool matches(const char *pattern, const char *text)
{
    return text && fnmatch(pattern, text, FNM_CASEFOLD) == 0;
}

bool suppression_names_rule(const char *patterns, const struct rule_info *rule)
{
    while (*patterns) {
        char pattern[PATTERN_MAX];
        size_t length = strcspn(patterns, ", \t");
        if (length > 0 && length < sizeof(pattern)) {
            memcpy(pattern, patterns, length);
            pattern[length] = '\0';
            if (matches(pattern, rule->id) || matches(pattern, rule->name))
                return true;
        }
        patterns += length;
        patterns += strspn(patterns, ", \t");
    }
    return false;
}

static void accept(struct finding *finding, const char *reason, const char *by)
{
    finding->suppressed_reason = reason;
    finding->suppressed_by = by;
}

bool suppression_of_comment(const struct comment_suppressions *comments, const struct suppression_place *place,
                            struct finding *finding)
{
    for (size_t i = 0; i < comments->count; i++) {
        const struct comment_suppression *comment = &comments->items[i];
        bool here = comment->line == place->line || comment->target == place->line ||
                    comment->target == place->subject_line || comment->target == place->document_line;
        if (here && comment->target > 0 && comment->reason && suppression_names_rule(comment->rules, finding->rule)) {
            accept(finding, comment->reason, "comment");
            return true;
        }
    }
    return false;
}

/* An entry whose key begins as those of suppressions do; from may be NULL. */
static const struct node *next_entry(const struct node *from)
{
    while (from && !(from->key && strncmp(from->key, annotation_prefix, sizeof(annotation_prefix) - 1) == 0))
        from = from->next;
    return from;
}

void suppression_annotations(const struct subject *subject, struct annotation_suppressions *ret)
{
    const struct node *const maps[] = {
        node_get(subject->metadata, "annotations"), node_get(subject->template_metadata, "annotations"),
        node_get(subject->facts, "annotations"), node_get(subject->facts, "labels"),
        node_at(subject->facts, "pod.annotations"),
    };
    ret->count = 0;
    for (size_t i = 0; i < ARRAY_COUNT(maps); i++) {
        const struct node *entry = node_is(maps[i], NODE_MAP) ? next_entry(node_first(maps[i])) : NULL;
        for (; entry && ret->count < SUPPRESSION_ANNOTATIONS_MAX; entry = next_entry(entry->next))
            ret->entries[ret->count++] = entry;
    }
}

bool suppression_of_annotation(const struct annotation_suppressions *annotations, struct finding *finding)
{
    for (size_t i = 0; i < annotations->count; i++) {
        const struct node *entry = annotations->entries[i];
        const char *reason = node_text(entry);
        if (reason && reason[strspn(reason, " \t\r\n")] != '\0' &&
            suppression_names_rule(entry->key + sizeof(annotation_prefix) - 1, finding->rule)) {
            accept(finding, reason, "annotation");
            return true;
        }
    }
    return false;
}

static bool matches_subject(const char *pattern, const struct finding_subject *subject)
{
    char whole[1024];
    (void)snprintf(whole, sizeof(whole), "%s/%s/%s/%s", subject->kind ? subject->kind : "",
                   subject->namespace_ ? subject->namespace_ : "", subject->name ? subject->name : "",
                   subject->container ? subject->container : "");
    return matches(pattern, whole) || matches(pattern, subject->kind) || matches(pattern, subject->namespace_) ||
           matches(pattern, subject->name) || matches(pattern, subject->container);
}

bool suppression_of_project(const struct suppression *suppressions, size_t count, const char *path, const char *today,
                            struct finding *finding)
{
    while (strncmp(path, "./", 2) == 0)
        path += 2;
    for (size_t i = 0; i < count; i++) {
        const struct suppression *one = &suppressions[i];
        if (one->until && today && strcmp(today, one->until) > 0)
            continue;
        if (suppression_names_rule(one->rule, finding->rule) &&
            (!one->path || ignore_matches(one->path, path[0] == '/' ? path + 1 : path, false)) &&
            (!one->subject || matches_subject(one->subject, &finding->subject))) {
            accept(finding, one->reason, "project file");
            return true;
        }
    }
    return false;
}
