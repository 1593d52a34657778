#include "audit/finding_make.h"

#include <string.h>

/* A minified file is one line: what is shown of it would not be read. */
enum { EXCERPT_MAX = 1024 };

static const char *keep(struct finding_maker *maker, const char *text)
{
    return text ? arena_strdup(maker->kept, text) : NULL;
}

struct finding_subject finding_keep_subject(struct finding_maker *maker, const struct finding_subject *subject)
{
    return (struct finding_subject){
        .kind = keep(maker, subject->kind),
        .namespace_ = keep(maker, subject->namespace_),
        .name = keep(maker, subject->name),
        .container = keep(maker, subject->container),
    };
}

/* The column behind the entry, as far as it stands on its first line. */
static uint32_t end_column(const struct node *node, size_t line_length)
{
    size_t end = node->column;
    bool scalar = node->kind != NODE_LIST && node->kind != NODE_MAP;
    if (scalar && node->value_line == node->line && node->value_column >= node->column)
        end = node->value_column + node->length + (node->quoted ? 2 : 0);
    else if (node->key)
        end = node->column + node->key_length;
    if (end > line_length + 1)
        end = line_length + 1;
    return end > node->column ? (uint32_t)end : node->column + 1;
}

static void set_place(struct finding_maker *maker, const struct node *where, struct finding *finding)
{
    AUTO_BUF struct buf path = BUF_INIT;
    const struct node *origin = node_origin(where);
    size_t length = 0;
    const char *line = origin->line > 0 ? source_line(maker->source, origin->line, &length) : NULL;
    node_path(origin, &path);
    finding->path = arena_strdup(maker->kept, buf_text(&path));
    finding->line = origin->line;
    finding->column = origin->column;
    if (line && origin->column > 0 && origin->column <= length + 1)
        finding->end_column = end_column(origin, length);
    if (line && length <= EXCERPT_MAX)
        finding->excerpt = arena_dup(maker->kept, line, length);
}

/* Most findings say what the rule says, and need not keep it. */
static void set_remediation(struct finding_maker *maker, const struct subject *subject, const struct verdict *verdict,
                            struct open_finding *open)
{
    const char *of_rule = rule_fix_for(verdict->rule, subject->format);
    if (verdict->remediation && verdict->remediation != of_rule) {
        open->finding.remediation = keep(maker, verdict->remediation);
    } else {
        open->finding.remediation = of_rule;
        open->fix_format = keep(maker, subject->format);
    }
}

static void suppress(struct finding_maker *maker, const struct subject *subject, struct finding *finding)
{
    const struct audit_request *request = maker->request;
    const struct suppression_place place = {
        .line = finding->line,
        .subject_line = node_origin(subject->where)->line,
        .document_line = maker->document_line,
        .path = maker->path,
    };
    if (suppression_of_comment(&maker->comments, &place, finding) || suppression_of_annotation(&maker->annotations, finding))
        finding->suppressed_reason = keep(maker, finding->suppressed_reason);
    else
        (void)suppression_of_project(request->suppressions, request->suppression_count, maker->path, request->today,
                                     finding);
}

/* What other files gave to a service of Compose (an override, an include, extends) stands at the line that brought it. */
static bool is_from_elsewhere(const struct subject *subject, const struct node *where)
{
    const struct node *origin = where ? node_origin(where) : NULL;
    return origin && (origin == node_origin(subject->where) || (origin->key && strcmp(origin->key, "extends") == 0));
}

static void tell_from(struct finding_maker *maker, const struct subject *subject, const struct verdict *verdict,
                      struct finding *finding)
{
    const char *from = node_text_at(subject->facts, "from");
    if (from && is_from_elsewhere(subject, verdict->where))
        finding->message = arena_printf(maker->kept, "%s (see %s)", finding->message, from);
}

void finding_make(struct finding_maker *maker, const struct subject *subject, const struct verdict *verdict,
                  struct finding_list *list)
{
    enum severity severity = verdict->rule->info.severity;
    if (verdict->weaker && severity > SEVERITY_INFO)
        severity--;
    if (severity < maker->request->least)
        return;
    MEM_GROW(list->items, list->count, list->capacity);
    struct open_finding *open = &list->items[list->count++];
    *open = (struct open_finding){
        .finding = {.rule = &verdict->rule->info, .severity = severity,
                    .message = keep(maker, verdict->message),
                    .subject = finding_keep_subject(maker, &subject->names)},
        .proviso = {.fact = verdict->proviso_fact, .wants = verdict->proviso_wants, .only_with = verdict->only_with,
                    .namespace_ = keep(maker, verdict->proviso_namespace), .name = keep(maker, verdict->proviso_name),
                    .value = keep(maker, verdict->proviso_value)},
    };
    set_remediation(maker, subject, verdict, open);
    set_place(maker, verdict->where ? verdict->where : subject->where, &open->finding);
    suppress(maker, subject, &open->finding);
    open->finding.fingerprint = finding_fingerprint(&open->finding, maker->path);
    /* After the fingerprint, which is to stay when lines of the other file move. */
    tell_from(maker, subject, verdict, &open->finding);
    if (open->finding.rule->conceal)
        open->finding.excerpt = NULL;
}
