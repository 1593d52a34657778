#include <string.h>

#include "base/mem.h"
#include "report/audit_page.h"
#include "report/audit_words.h"
#include "base/human.h"

/* Up to that many pods are listed one by one. */
enum { PODS_LISTED = 12 };
/* Of the column of levels. */
enum { LEVEL_WIDTH = 12 };

static const char *const levels[] = {"privileged", "baseline", "restricted"};
static const enum ink level_inks[] = {INK_HIGH, INK_MEDIUM, INK_GOOD};

static void page_errors(const struct audit_page *page, size_t count)
{
    if (count == 0)
        return;
    audit_page_ink(page, INK_HIGH, "Not read, or only in part:");
    (void)putc('\n', page->out);
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(page->result);
    for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));)
        if (entry->file.status == FILE_ERROR)
            audit_page_reason(page, &entry->file);
    (void)putc('\n', page->out);
}

static void page_clean_file(const struct audit_page *page, const struct audit_file *file)
{
    AUTO_BUF struct buf words = BUF_INIT;
    char count[HUMAN_MAX];
    audit_add_file(&words, file);
    buf_printf(&words, "  %s%s", file->kind ? file->kind : "", file->kind && *file->kind ? ", " : "");
    buf_printf(&words, "%s", human_plural(file->documents, "document", "documents", count));
    buf_printf(&words, ", %s", human_plural(file->subjects, "subject", "subjects", count));
    (void)fprintf(page->out, "  %s\n", buf_text(&words));
}

/* Files that were read and have no finding, suppressed or not. */
static void page_clean(const struct audit_page *page)
{
    bool heading = false;
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(page->result);
    for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));) {
        if (entry->finding_count > 0 || entry->file.status != FILE_READ)
            continue;
        if (!heading)
            audit_page_ink(page, INK_GOOD, "Without findings:");
        (void)fputs(heading ? "" : "\n", page->out);
        heading = true;
        page_clean_file(page, &entry->file);
    }
    if (heading)
        (void)putc('\n', page->out);
}

struct pod_counts {
    size_t of_level[ARRAY_COUNT(levels)];
    char version[16]; /* "" when they differ */
};

static void count_pods(const struct audit_result *result, struct pod_counts *counts)
{
    bool first = true;
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(result);
    for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));)
        for (size_t i = 0; i < entry->pod_count; i++) {
            const struct audit_pod *pod = &entry->pods[i];
            for (size_t level = 0; level < ARRAY_COUNT(levels); level++)
                counts->of_level[level] += strcmp(pod->level, levels[level]) == 0;
            if (first)
                (void)snprintf(counts->version, sizeof(counts->version), "%s", pod->version);
            else if (strcmp(counts->version, pod->version) != 0)
                counts->version[0] = '\0';
            first = false;
        }
}

/* "  baseline    Deployment shop/api  FILE:LINE", in two lines when it is too wide. */
static void page_pod(const struct audit_page *page, const struct audit_pod *pod, enum ink ink)
{
    AUTO_BUF struct buf subject = BUF_INIT;
    AUTO_BUF struct buf place = BUF_INIT;
    audit_add_subject(&subject, &pod->subject);
    audit_add_place(&place, pod->file, pod->line, 0);
    (void)fputs("  ", page->out);
    audit_page_ink(page, ink, pod->level);
    (void)fprintf(page->out, "%*s%s", (int)(LEVEL_WIDTH - strlen(pod->level)), "", buf_text(&subject));
    bool fits = 2 + LEVEL_WIDTH + subject.length + 2 + place.length <= page->width;
    (void)fprintf(page->out, "%s%*s%s\n", fits ? "" : "\n", fits ? 2 : 2 + LEVEL_WIDTH, "", buf_text(&place));
}

static void list_pods(const struct audit_page *page, size_t level)
{
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(page->result);
    for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));)
        for (size_t i = 0; i < entry->pod_count; i++)
            if (strcmp(entry->pods[i].level, levels[level]) == 0)
                page_pod(page, &entry->pods[i], level_inks[level]);
}

/* "Pod Security v1.37: 1 pod restricted, 2 pods privileged"; the pods themselves when they are few and differ. */
static void page_pods(const struct audit_page *page, size_t all)
{
    if (all == 0)
        return;
    struct pod_counts counts = {0};
    const char *separator = ":";
    count_pods(page->result, &counts);
    audit_page_ink(page, INK_BOLD, "Pod Security");
    (void)fprintf(page->out, "%s%s", counts.version[0] ? " " : "", counts.version);
    for (size_t i = ARRAY_COUNT(levels); i-- > 0;) {
        size_t count = counts.of_level[i];
        char text[HUMAN_MAX];
        if (count)
            (void)fprintf(page->out, "%s %s %s", separator, human_plural(count, "pod", "pods", text), levels[i]);
        separator = count ? "," : separator;
    }
    (void)putc('\n', page->out);
    bool differ = counts.of_level[ARRAY_COUNT(levels) - 1] < all;
    if ((!differ || all > PODS_LISTED) && !page->verbose)
        return;
    for (size_t level = 0; level < ARRAY_COUNT(levels); level++)
        if (counts.of_level[level])
            list_pods(page, level);
    (void)putc('\n', page->out);
}

/* How wide it is; the severities in their colours. */
static size_t page_counts(const struct audit_page *page, const struct audit_summary *summary)
{
    const char *separator = "";
    size_t width = 0;
    for (size_t i = SEVERITY_COUNT; i-- > 0;) {
        if (summary->by_severity[i] == 0)
            continue;
        char number[HUMAN_MAX];
        AUTO_BUF struct buf words = BUF_INIT;
        buf_printf(&words, "%s %s", human_count(summary->by_severity[i], number), severity_name((enum severity)i));
        (void)fputs(separator, page->out);
        audit_page_ink(page, (enum ink)i, buf_text(&words));
        width += strlen(separator) + words.length;
        separator = ", ";
    }
    if (width)
        return width;
    const char *nothing = summary->subjects ? "No findings" : "Nothing to audit";
    audit_page_ink(page, summary->subjects ? INK_GOOD : INK_BOLD, nothing);
    return strlen(nothing);
}

void audit_page_summary(const struct audit_page *page)
{
    const struct audit_summary *summary = &page->result->summary;
    if (page->verbose)
        page_clean(page);
    audit_page_skipped(page, summary->files_skipped);
    page_errors(page, summary->files_error);
    audit_page_recordings(page);
    page_pods(page, summary->pods);
    AUTO_BUF struct buf extent = BUF_INIT;
    buf_add_text(&extent, "in ");
    audit_add_extent(&extent, summary);
    if (summary->suppressed)
        buf_printf(&extent, "; %zu suppressed", summary->suppressed);
    size_t width = page_counts(page, summary);
    (void)fprintf(page->out, "%c%s\n", width + 1 + extent.length > page->width ? '\n' : ' ', buf_text(&extent));
}
