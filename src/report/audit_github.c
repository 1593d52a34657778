#include <string.h>

#include "report/audit_words.h"
#include "report/audit_writers.h"

/* In the data of a workflow command three bytes are written %HH, in a property two more (actions/toolkit, command.ts:
 * escapeData, escapeProperty). */
static void add_encoded(struct buf *out, const struct buf *text, const char *encoded)
{
    for (size_t i = 0; i < text->length; i++) {
        if (strchr(encoded, text->data[i]))
            buf_printf(out, "%%%02X", (unsigned char)text->data[i]);
        else
            buf_add_char(out, text->data[i]);
    }
}

static void add_data(struct buf *out, const struct buf *text)
{
    add_encoded(out, text, "%\r\n");
}

static void add_property(struct buf *out, const struct buf *text)
{
    add_encoded(out, text, "%\r\n:,");
}

/* "file=PATH,line=N,", or nothing for standard input. */
static void add_file(struct buf *out, const struct audit_file *file, uint32_t line)
{
    if (strcmp(file->path, "-") == 0)
        return;
    AUTO_BUF struct buf path = BUF_INIT;
    audit_escape_text(&path, strncmp(file->path, "./", 2) == 0 ? file->path + 2 : file->path, KEEP_PATH);
    buf_add_text(out, "file=");
    add_property(out, &path);
    buf_add_char(out, ',');
    if (line)
        buf_printf(out, "line=%u,", line);
}

/* GitHub counts characters, and endColumn is the last one, for it is as col when it is not given. */
static void add_columns(struct buf *out, const struct finding *finding)
{
    if (finding->line == 0 || finding->column == 0)
        return;
    const char *line = audit_line_of(finding);
    uint32_t column = line ? audit_utf16_column(line, finding->column) : finding->column;
    uint32_t end = line ? audit_utf16_column(line, finding->end_column) : finding->end_column;
    buf_printf(out, "col=%u,", column);
    if (finding->end_column > finding->column && end > column + 1)
        buf_printf(out, "endColumn=%u,", end - 1);
}

static void write_finding(struct buf *out, const struct finding *finding)
{
    AUTO_BUF struct buf title = BUF_INIT;
    AUTO_BUF struct buf message = BUF_INIT;
    audit_add_rule(&title, finding->rule);
    audit_add_subject_whole(&message, &finding->subject);
    buf_add_text(&message, ": ");
    audit_escape_text(&message, finding->message, KEEP_WORDS);
    if (finding->remediation && *finding->remediation) {
        buf_add_text(&message, strchr(finding->remediation, '\n') ? "\nFix:\n" : "\nFix: ");
        audit_escape_text(&message, finding->remediation, KEEP_LINES);
    }
    buf_printf(out, "::%s ", audit_level(finding->severity, "notice"));
    add_file(out, finding->file, finding->line);
    if (strcmp(finding->file->path, "-") != 0)
        add_columns(out, finding);
    buf_add_text(out, "title=");
    add_property(out, &title);
    buf_add_text(out, "::");
    add_data(out, &message);
    buf_add_char(out, '\n');
}

static void write_file(struct buf *out, const struct audit_file *file)
{
    AUTO_BUF struct buf reason = BUF_INIT;
    audit_add_reason(&reason, file);
    buf_add_text(out, "::warning ");
    add_file(out, file, file->reason_line);
    buf_add_text(out, "title=not audited::");
    add_data(out, &reason);
    buf_add_char(out, '\n');
}

static void write_files(const struct audit_result *result, struct sink *out)
{
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(result);
    for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));) {
        if (entry->file.status == FILE_ERROR)
            write_file(&out->buf, &entry->file);
        sink_ease(out);
    }
}

static void write_findings(const struct audit_result *result, enum severity severity, struct sink *out)
{
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(result);
    for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));)
        for (size_t i = 0; i < entry->finding_count; i++) {
            const struct finding *finding = &entry->findings[i];
            if (finding->severity == severity && !finding->suppressed_reason)
                write_finding(&out->buf, finding);
            sink_ease(out);
        }
}

/* GitHub shows only the first ten annotations of a level and step, so the worst come first. */
void audit_write_github(const struct audit_result *result, const struct audit_report_options *options,
                        struct sink *out)
{
    const struct audit_summary *summary = &result->summary;
    (void)options;
    if (summary->files_error)
        write_files(result, out);
    for (size_t severity = SEVERITY_COUNT; severity-- > 0;)
        if (summary->by_severity[severity])
            write_findings(result, (enum severity)severity, out);
    buf_add_text(&out->buf, "profgen audit: ");
    audit_add_counts(&out->buf, summary);
    buf_add_text(&out->buf, " in ");
    audit_add_extent(&out->buf, summary);
    if (summary->suppressed)
        buf_printf(&out->buf, "; %zu suppressed", summary->suppressed);
    buf_add_char(&out->buf, '\n');
}
