#include "report/audit_words.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/human.h"

enum { LINE_MAX_SHOWN = 16 << 10 };

/* Valid characters that must not stand in a report: marks and overrides of direction (Unicode 15, Bidi_Control), line
 * and paragraph separators, the byte order mark, and what XML 1.0 forbids. */
static bool is_deceptive(const char *character, size_t length)
{
    if (length == 2)
        return memcmp(character, "\xd8\x9c", 2) == 0;
    if (length != 3)
        return false;
    const unsigned char *c = (const unsigned char *)character;
    if (c[0] == 0xe2 && c[1] == 0x80)
        return c[2] == 0x8e || c[2] == 0x8f || (c[2] >= 0xa8 && c[2] <= 0xae);
    if (c[0] == 0xe2 && c[1] == 0x81)
        return c[2] >= 0xa6 && c[2] <= 0xa9;
    return c[0] == 0xef && ((c[1] == 0xbb && c[2] == 0xbf) || (c[1] == 0xbf && c[2] >= 0xbe));
}

static size_t printable_run(const char *text, size_t length)
{
    size_t run = 0;
    while (run < length && text[run] >= ' ' && text[run] < 0x7f && text[run] != '\\')
        run++;
    return run;
}

void audit_escape(struct buf *out, const char *text, size_t length, const char *keep)
{
    for (size_t i = 0; i < length;) {
        size_t run = printable_run(text + i, length - i);
        buf_add(out, text + i, run);
        i += run;
        if (i == length)
            return;
        size_t step = text_utf8_length(text + i, length - i);
        if (text[i] && strchr(keep, text[i]))
            buf_add_char(out, text[i]);
        else if (is_deceptive(text + i, step))
            for (size_t k = 0; k < step; k++)
                buf_printf(out, "\\x%02x", (unsigned char)text[i + k]);
        else
            text_escape(out, text + i, step ? step : 1);
        i += step ? step : 1;
    }
}

void audit_escape_text(struct buf *out, const char *text, const char *keep)
{
    if (text)
        audit_escape(out, text, strlen(text), keep);
}

void audit_add_file(struct buf *out, const struct audit_file *file)
{
    if (strcmp(file->path, "-") == 0)
        buf_add_text(out, "<stdin>");
    else
        audit_escape_text(out, file->path, KEEP_PATH);
}

void audit_add_place(struct buf *out, const struct audit_file *file, uint32_t line, uint32_t column)
{
    audit_add_file(out, file);
    if (line)
        buf_printf(out, ":%u", line);
    if (line && column)
        buf_printf(out, ":%u", column);
}

void audit_add_subject(struct buf *out, const struct finding_subject *subject)
{
    audit_escape_text(out, subject->kind ? subject->kind : "document", KEEP_WORDS);
    if (!subject->name && !subject->namespace_)
        return;
    buf_add_char(out, ' ');
    if (subject->namespace_) {
        audit_escape_text(out, subject->namespace_, KEEP_WORDS);
        buf_add_char(out, '/');
    }
    audit_escape_text(out, subject->name, KEEP_WORDS);
}

void audit_add_subject_whole(struct buf *out, const struct finding_subject *subject)
{
    audit_add_subject(out, subject);
    if (!subject->container)
        return;
    buf_add_text(out, ", container ");
    audit_escape_text(out, subject->container, KEEP_WORDS);
}

void audit_add_rule(struct buf *out, const struct rule_info *rule)
{
    size_t id = strlen(rule->id), name = strlen(rule->name);
    audit_escape_text(out, rule->id, KEEP_WORDS);
    if (id >= name && strcmp(rule->id + id - name, rule->name) == 0)
        return;
    buf_add_char(out, ' ');
    audit_escape_text(out, rule->name, KEEP_WORDS);
}

const char *audit_level(enum severity severity, const char *least)
{
    switch (severity) {
    case SEVERITY_CRITICAL:
    case SEVERITY_HIGH:
        return "error";
    case SEVERITY_MEDIUM:
        return "warning";
    case SEVERITY_LOW:
    case SEVERITY_INFO:
    case SEVERITY_COUNT:
        break;
    }
    return least;
}

void audit_add_reason(struct buf *out, const struct audit_file *file)
{
    if (file->reason_line)
        buf_printf(out, "line %u", file->reason_line);
    if (file->reason_line && file->reason_column)
        buf_printf(out, ", column %u", file->reason_column);
    if (file->reason_line)
        buf_add_text(out, ": ");
    audit_escape_text(out, file->reason ? file->reason : "no reason is known", KEEP_WORDS);
}

void audit_add_counts(struct buf *out, const struct audit_summary *summary)
{
    char count[HUMAN_MAX];
    const char *separator = "";
    for (size_t i = SEVERITY_COUNT; i-- > 0;) {
        if (summary->by_severity[i] == 0)
            continue;
        buf_printf(out, "%s%s %s", separator, human_count(summary->by_severity[i], count),
                   severity_name((enum severity)i));
        separator = ", ";
    }
    if (*separator == '\0')
        buf_add_text(out, "no findings");
}

void audit_add_extent(struct buf *out, const struct audit_summary *summary)
{
    char count[HUMAN_MAX];
    buf_add_text(out, human_plural(summary->files, "file", "files", count));
    const char *separator = " (";
    if (summary->files_skipped) {
        buf_printf(out, "%s%s skipped", separator, human_count(summary->files_skipped, count));
        separator = ", ";
    }
    if (summary->files_error) {
        buf_printf(out, "%s%s with errors", separator, human_count(summary->files_error, count));
        separator = ", ";
    }
    if (*separator == ',')
        buf_add_char(out, ')');
    buf_printf(out, ", %s", human_plural(summary->documents, "document", "documents", count));
    if (summary->documents_other)
        buf_printf(out, " (%s of no audited kind)", human_count(summary->documents_other, count));
    buf_printf(out, ", %s", human_plural(summary->subjects, "subject", "subjects", count));
}

const char *audit_line_of(const struct finding *finding)
{
    const char *line = finding->line ? finding->excerpt : NULL;
    return line && strnlen(line, LINE_MAX_SHOWN + 1) <= LINE_MAX_SHOWN ? line : NULL;
}

uint32_t audit_utf16_column(const char *line, uint32_t column)
{
    size_t length = strnlen(line, column ? column - 1 : 0);
    uint32_t units = 1;
    for (size_t i = 0; i < length;) {
        /* The character may end behind the column: then it is counted, being begun before it. */
        size_t step = text_utf8_length(line + i, strnlen(line + i, 4));
        units += step == 4 ? 2 : 1;
        i += step ? step : 1;
    }
    return units;
}
