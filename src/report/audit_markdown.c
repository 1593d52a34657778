#include <string.h>

#include "report/audit_markup.h"
#include "report/audit_words.h"
#include "report/audit_writers.h"
#include "base/human.h"

/* GitHub refuses a comment of more than 65,536 characters; the rest is for what ends the report. */
enum { COMMENT_MAX = 60000 };

struct comment {
    const struct audit_result *result;
    struct buf *out;
    size_t start;
    size_t left_out; /* rows for which there was no room */
};

/* The row, unless the comment would become too long. */
static void add_row(struct comment *comment, const struct buf *row)
{
    if (comment->left_out || comment->out->length - comment->start + row->length > COMMENT_MAX)
        comment->left_out++;
    else
        buf_add(comment->out, row->data, row->length);
}

static void add_place_code(struct buf *row, const struct audit_file *file, uint32_t line, uint32_t column)
{
    AUTO_BUF struct buf place = BUF_INIT;
    audit_add_place(&place, file, line, column);
    audit_add_code(row, buf_text(&place));
}

static void add_remedy(struct buf *row, const struct finding *finding)
{
    if (finding->suppressed_reason) {
        buf_add_text(row, "<br>accepted (");
        audit_add_markdown(row, finding->suppressed_by);
        buf_add_text(row, "): ");
        audit_add_markdown(row, finding->suppressed_reason);
    } else if (finding->remediation && *finding->remediation) {
        buf_add_text(row, "<details><summary>Fix</summary><pre>");
        audit_add_markdown(row, finding->remediation);
        buf_add_text(row, "</pre></details>");
    }
}

static void add_finding(struct comment *comment, const struct finding *finding)
{
    AUTO_BUF struct buf row = BUF_INIT;
    AUTO_BUF struct buf rule = BUF_INIT;
    AUTO_BUF struct buf subject = BUF_INIT;
    audit_add_subject_whole(&subject, &finding->subject);
    buf_add_text(&row, "| ");
    add_place_code(&row, finding->file, finding->line, finding->column);
    buf_add_text(&row, " | ");
    audit_add_rule(&rule, finding->rule);
    audit_add_markdown(&row, buf_text(&rule));
    buf_add_text(&row, " | ");
    audit_add_markdown(&row, buf_text(&subject));
    buf_add_text(&row, ": ");
    audit_add_markdown(&row, finding->message);
    add_remedy(&row, finding);
    buf_add_text(&row, " |\n");
    add_row(comment, &row);
}

/* An empty line after the summary, else GitHub takes the table for HTML. */
static void open_details(struct comment *comment, const char *summary, size_t count, bool open)
{
    char number[HUMAN_MAX];
    buf_printf(comment->out, "\n<details%s><summary>%s: %s</summary>\n\n", open ? " open" : "", summary,
               human_count(count, number));
}

static void close_details(struct comment *comment)
{
    buf_add_text(comment->out, "\n</details>\n");
}

static bool belongs(const struct finding *finding, enum severity severity, bool suppressed)
{
    return (finding->suppressed_reason != NULL) == suppressed && (suppressed || finding->severity == severity);
}

/* The findings of one severity, or the suppressed ones of all; the worst two kinds are not folded away. */
static void add_findings(struct comment *comment, const char *name, size_t count, enum severity severity,
                         bool suppressed)
{
    if (count == 0)
        return;
    open_details(comment, name, count, !suppressed && severity >= SEVERITY_HIGH);
    buf_add_text(comment->out, "| Where | Rule | Finding |\n| --- | --- | --- |\n");
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(comment->result);
    for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));)
        for (size_t i = 0; i < entry->finding_count; i++)
            if (belongs(&entry->findings[i], severity, suppressed))
                add_finding(comment, &entry->findings[i]);
    close_details(comment);
}

static void add_file(struct comment *comment, const struct audit_file *file)
{
    AUTO_BUF struct buf row = BUF_INIT;
    buf_add_text(&row, "- ");
    add_place_code(&row, file, file->reason_line, file->reason_column);
    buf_add_char(&row, ' ');
    audit_add_markdown(&row, file->reason ? file->reason : "no reason is known");
    buf_add_char(&row, '\n');
    add_row(comment, &row);
}

static void add_files(struct comment *comment, const char *name, size_t count, enum file_status status)
{
    if (count == 0)
        return;
    open_details(comment, name, count, status == FILE_ERROR);
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(comment->result);
    for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));)
        if (entry->file.status == status)
            add_file(comment, &entry->file);
    close_details(comment);
}

static void add_pod(struct comment *comment, const struct audit_pod *pod)
{
    AUTO_BUF struct buf row = BUF_INIT;
    AUTO_BUF struct buf subject = BUF_INIT;
    audit_add_subject(&subject, &pod->subject);
    buf_add_text(&row, "| ");
    add_place_code(&row, pod->file, pod->line, 0);
    buf_add_text(&row, " | ");
    audit_add_markdown(&row, buf_text(&subject));
    buf_printf(&row, " | %s %s |\n", pod->level, pod->version);
    add_row(comment, &row);
}

static void add_pods(struct comment *comment)
{
    size_t count = comment->result->summary.pods;
    if (count == 0)
        return;
    open_details(comment, "Pod Security levels", count, false);
    buf_add_text(comment->out, "| Where | Pod | Level |\n| --- | --- | --- |\n");
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(comment->result);
    for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));)
        for (size_t i = 0; i < entry->pod_count; i++)
            add_pod(comment, &entry->pods[i]);
    close_details(comment);
}

static void add_recordings(struct comment *comment)
{
    const struct audit_result *result = comment->result;
    if (result->recording_count == 0)
        return;
    open_details(comment, "recordings", result->recording_count, false);
    buf_add_text(comment->out, "| Recording | Held against | By |\n| --- | --- | --- |\n");
    for (size_t i = 0; i < result->recording_count; i++) {
        const struct audit_recording *recording = &result->recordings[i];
        AUTO_BUF struct buf row = BUF_INIT;
        buf_add_text(&row, "| ");
        audit_add_markdown(&row, recording->name);
        buf_add_text(&row, " | ");
        audit_add_markdown(&row, recording->container ? recording->container : "nothing");
        buf_add_text(&row, " | ");
        audit_add_markdown(&row, recording->container ? recording->tie : recording->why);
        buf_add_text(&row, " |\n");
        add_row(comment, &row);
    }
    close_details(comment);
}

/* So short that it need not leave in pieces. */
void audit_write_markdown(const struct audit_result *result, const struct audit_report_options *options,
                          struct sink *sink)
{
    const struct audit_summary *summary = &result->summary;
    struct buf *out = &sink->buf;
    (void)options;
    struct comment comment = {.result = result, .out = out, .start = out->length};
    buf_add_text(out, "**profgen audit**: ");
    audit_add_counts(out, summary);
    buf_add_text(out, " in ");
    audit_add_extent(out, summary);
    buf_add_char(out, '\n');
    add_files(&comment, "not read, or only in part", summary->files_error, FILE_ERROR);
    for (size_t i = SEVERITY_COUNT; i-- > 0;)
        add_findings(&comment, severity_name((enum severity)i), summary->by_severity[i], (enum severity)i, false);
    add_findings(&comment, "suppressed", summary->suppressed, SEVERITY_INFO, true);
    add_recordings(&comment);
    add_pods(&comment);
    add_files(&comment, "skipped", summary->files_skipped, FILE_SKIPPED);
    char number[HUMAN_MAX];
    if (comment.left_out)
        buf_printf(out, "\n%s left out here, where a comment has no room for more.\n",
                   human_plural(comment.left_out, "row was", "rows were", number));
}
