#include <string.h>

#include "report/audit_words.h"
#include "report/audit_writers.h"

/* So much of the offending line is in a failure. */
enum { EXCERPT_MAX = 400 };

/* Escaped text holds no byte that XML 1.0 forbids, only some that mean something in it. */
static void add_xml(struct buf *out, const struct buf *text, const char *encoded)
{
    for (size_t i = 0; i < text->length; i++) {
        char c = text->data[i];
        if (strchr(encoded, c))
            buf_printf(out, "&#%d;", c);
        else
            buf_add_char(out, c);
    }
}

/* A line end or tab in an attribute would be read back as a blank (section 3.3.3). */
static void add_attribute(struct buf *out, const char *name, const struct buf *value)
{
    buf_printf(out, " %s=\"", name);
    add_xml(out, value, "&<>\"\n\t");
    buf_add_char(out, '"');
}

static void add_words(struct buf *out, const char *name, const char *value, const char *keep)
{
    AUTO_BUF struct buf escaped = BUF_INIT;
    audit_escape_text(&escaped, value, keep);
    add_attribute(out, name, &escaped);
}

/* What stays the same while lines move, so that a CI server knows the case again. */
static void add_case_name(struct buf *out, const struct finding *finding)
{
    audit_add_rule(out, finding->rule);
    buf_add_text(out, ": ");
    audit_add_subject_whole(out, &finding->subject);
    if (!finding->path || *finding->path == '\0')
        return;
    buf_add_text(out, ": ");
    audit_escape_text(out, finding->path, KEEP_WORDS);
}

static void open_case(struct buf *out, const struct audit_file *file, const struct buf *name, uint32_t line)
{
    AUTO_BUF struct buf path = BUF_INIT;
    audit_add_file(&path, file);
    buf_add_text(out, "  <testcase");
    add_attribute(out, "classname", &path);
    add_attribute(out, "name", name);
    add_attribute(out, "file", &path);
    if (line)
        buf_printf(out, " line=\"%u\"", line);
    buf_add_char(out, '>');
}

static void write_failure(struct buf *out, const struct audit_file *file, const struct finding *finding)
{
    AUTO_BUF struct buf body = BUF_INIT;
    buf_printf(&body, "%s: ", severity_name(finding->severity));
    audit_add_place(&body, file, finding->line, finding->column);
    buf_add_char(&body, '\n');
    const char *line = audit_line_of(finding);
    if (line) {
        audit_escape(&body, line, strnlen(line, EXCERPT_MAX), KEEP_LINES);
        buf_add_char(&body, '\n');
    }
    if (finding->remediation && *finding->remediation) {
        buf_add_text(&body, strchr(finding->remediation, '\n') ? "fix:\n" : "fix: ");
        audit_escape_text(&body, finding->remediation, KEEP_LINES);
    }
    buf_add_text(out, "<failure");
    add_words(out, "type", severity_name(finding->severity), KEEP_WORDS);
    add_words(out, "message", finding->message, KEEP_WORDS);
    buf_add_char(out, '>');
    add_xml(out, &body, "&<>");
    buf_add_text(out, "</failure>");
}

static void write_finding(struct buf *out, const struct audit_file *file, const struct finding *finding)
{
    AUTO_BUF struct buf name = BUF_INIT;
    add_case_name(&name, finding);
    open_case(out, file, &name, finding->line);
    if (finding->suppressed_reason) {
        AUTO_BUF struct buf reason = BUF_INIT;
        buf_add_text(&reason, "suppressed by ");
        audit_escape_text(&reason, finding->suppressed_by, KEEP_WORDS);
        buf_add_text(&reason, ": ");
        audit_escape_text(&reason, finding->suppressed_reason, KEEP_WORDS);
        buf_add_text(out, "<skipped");
        add_attribute(out, "message", &reason);
        buf_add_text(out, "/>");
    } else {
        write_failure(out, file, finding);
    }
    buf_add_text(out, "</testcase>\n");
}

/* The case of the file itself: an error, a skip, or for a file without findings a pass. */
static void write_own_case(struct buf *out, const struct audit_file *file)
{
    static const char *const elements[] = {
        [FILE_READ] = NULL, [FILE_SKIPPED] = "skipped", [FILE_ERROR] = "error"};
    AUTO_BUF struct buf name = BUF_INIT;
    buf_add_text(&name, file->status == FILE_READ ? "no findings" : "read");
    open_case(out, file, &name, file->reason_line);
    if (elements[file->status]) {
        AUTO_BUF struct buf reason = BUF_INIT;
        audit_add_reason(&reason, file);
        buf_printf(out, "<%s", elements[file->status]);
        add_attribute(out, "message", &reason);
        buf_add_text(out, "/>");
    }
    buf_add_text(out, "</testcase>\n");
}

struct tally {
    size_t tests, failures, errors, skipped;
};

static void tally_entry(struct tally *tally, const struct audit_entry *entry)
{
    const struct audit_file *file = &entry->file;
    tally->tests += entry->finding_count + (file->status != FILE_READ || entry->finding_count == 0);
    tally->errors += file->status == FILE_ERROR;
    tally->skipped += file->status == FILE_SKIPPED;
    for (size_t i = 0; i < entry->finding_count; i++)
        if (entry->findings[i].suppressed_reason)
            tally->skipped++;
        else
            tally->failures++;
}

static void add_tally(struct buf *out, const struct tally *tally)
{
    buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n", tally->tests,
               tally->failures, tally->errors, tally->skipped);
}

static void write_suite(struct sink *out, const struct audit_entry *entry)
{
    const struct audit_file *file = &entry->file;
    AUTO_BUF struct buf name = BUF_INIT;
    struct tally tally = {0};
    audit_add_file(&name, file);
    tally_entry(&tally, entry);
    buf_add_text(&out->buf, " <testsuite");
    add_attribute(&out->buf, "name", &name);
    add_tally(&out->buf, &tally);
    if (file->status != FILE_READ || entry->finding_count == 0)
        write_own_case(&out->buf, file);
    for (size_t i = 0; i < entry->finding_count; i++) {
        write_finding(&out->buf, file, &entry->findings[i]);
        sink_ease(out);
    }
    buf_add_text(&out->buf, " </testsuite>\n");
    sink_ease(out);
}

/* The sums stand in front. */
static void write_head(const struct audit_result *result, struct buf *out)
{
    struct tally total = {0};
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(result);
    for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));)
        tally_entry(&total, entry);
    buf_add_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"profgen audit\"");
    add_tally(out, &total);
}

void audit_write_junit(const struct audit_result *result, const struct audit_report_options *options,
                       struct sink *out)
{
    (void)options;
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(result);
    write_head(result, &out->buf);
    for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));)
        write_suite(out, entry);
    buf_add_text(&out->buf, "</testsuites>\n");
}
