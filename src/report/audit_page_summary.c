#include <string.h>

#include "base/mem.h"
#include "report/audit_page.h"
#include "report/audit_words.h"
#include "report/human.h"

/* Up to that many pods, and skipped files, are listed one by one. */
enum { PODS_LISTED = 12, SKIPPED_LISTED = 10 };
/* Of the column of levels. */
enum { LEVEL_WIDTH = 12 };

static const char *const levels[] = {"privileged", "baseline", "restricted"};
static const enum ink level_inks[] = {INK_HIGH, INK_MEDIUM, INK_GOOD};

/* "  FILE:LINE  the reason": not wrapped while it fits, so that the reason stands with its file. */
static void page_reason(const struct audit_page *page, const struct audit_file *file)
{
    AUTO_BUF struct buf words = BUF_INIT;
    AUTO_BUF struct buf reason = BUF_INIT;
    audit_add_place(&words, file, file->reason_line, file->reason_column);
    audit_escape_text(&reason, file->reason ? file->reason : "no reason is known", KEEP_WORDS);
    (void)fprintf(page->out, "  %s", buf_text(&words));
    if (2 + words.length + 2 + reason.length <= page->width) {
        (void)fprintf(page->out, "  %s\n", buf_text(&reason));
        return;
    }
    (void)fprintf(page->out, "\n%*s", PAGE_COLUMN, "");
    audit_page_words(page, buf_text(&reason));
}

static void page_errors(const struct audit_page *page, size_t count)
{
    if (count == 0)
        return;
    audit_page_ink(page, INK_HIGH, "Not read, or only in part:");
    (void)putc('\n', page->out);
    for (size_t i = 0; i < page->result->file_count; i++)
        if (page->result->files[i].status == FILE_ERROR)
            page_reason(page, &page->result->files[i]);
    (void)putc('\n', page->out);
}

static int by_reason(const void *a, const void *b)
{
    const struct audit_file *x = *(const struct audit_file *const *)a;
    const struct audit_file *y = *(const struct audit_file *const *)b;
    int order = strcmp(x->reason ? x->reason : "", y->reason ? y->reason : "");
    return order ? order : (x > y) - (x < y);
}

/* One line for each reason. */
static void page_reasons(const struct audit_page *page, const struct audit_file **files, size_t count)
{
    qsort(files, count, sizeof(*files), by_reason);
    for (size_t first = 0, next; first < count; first = next) {
        next = first + 1;
        const char *reason = files[first]->reason ? files[first]->reason : "";
        while (next < count && strcmp(reason, files[next]->reason ? files[next]->reason : "") == 0)
            next++;
        if (next - first == 1) {
            page_reason(page, files[first]);
            continue;
        }
        AUTO_BUF struct buf words = BUF_INIT;
        char number[HUMAN_MAX];
        audit_add_file(&words, files[first]);
        buf_printf(&words, " and %s more: ", human_count(next - first - 1, number));
        audit_escape_text(&words, *reason ? reason : "no reason is known", KEEP_WORDS);
        (void)fprintf(page->out, "  %s\n", buf_text(&words));
    }
}

static void page_skipped(const struct audit_page *page, size_t count)
{
    if (count == 0)
        return;
    AUTO_FREE const struct audit_file **files = mem_zero(count, sizeof(const struct audit_file *));
    size_t found = 0;
    for (size_t i = 0; i < page->result->file_count; i++)
        if (page->result->files[i].status == FILE_SKIPPED)
            files[found++] = &page->result->files[i];
    audit_page_ink(page, INK_BOLD, "Skipped:");
    (void)putc('\n', page->out);
    if (found > SKIPPED_LISTED && !page->verbose)
        page_reasons(page, files, found);
    else
        for (size_t i = 0; i < found; i++)
            page_reason(page, files[i]);
    (void)putc('\n', page->out);
}

/* Files that were read and have no finding, suppressed or not. */
static void page_clean(const struct audit_page *page)
{
    const struct audit_result *result = page->result;
    AUTO_FREE bool *found = mem_zero(result->file_count, sizeof(*found));
    for (size_t i = 0; i < result->finding_count; i++)
        found[result->findings[i].file] = true;
    bool heading = false;
    for (size_t i = 0; i < result->file_count; i++) {
        const struct audit_file *file = &result->files[i];
        if (found[i] || file->status != FILE_READ)
            continue;
        if (!heading)
            audit_page_ink(page, INK_GOOD, "Without findings:");
        (void)fputs(heading ? "" : "\n", page->out);
        heading = true;
        AUTO_BUF struct buf words = BUF_INIT;
        char count[HUMAN_MAX];
        audit_add_file(&words, file);
        buf_printf(&words, "  %s%s", file->kind ? file->kind : "", file->kind && *file->kind ? ", " : "");
        buf_printf(&words, "%s", human_plural(file->documents, "document", "documents", count));
        buf_printf(&words, ", %s", human_plural(file->subjects, "subject", "subjects", count));
        (void)fprintf(page->out, "  %s\n", buf_text(&words));
    }
    if (heading)
        (void)putc('\n', page->out);
}

static bool same_version(const struct audit_result *result)
{
    for (size_t i = 1; i < result->pod_count; i++)
        if (strcmp(result->pods[i].version, result->pods[0].version) != 0)
            return false;
    return true;
}

/* "  baseline    Deployment shop/api  FILE:LINE", in two lines when it is too wide. */
static void page_pod(const struct audit_page *page, const struct audit_pod *pod, enum ink ink)
{
    AUTO_BUF struct buf subject = BUF_INIT;
    AUTO_BUF struct buf place = BUF_INIT;
    audit_add_subject(&subject, &pod->subject);
    audit_add_place(&place, &page->result->files[pod->file], pod->line, 0);
    (void)fputs("  ", page->out);
    audit_page_ink(page, ink, pod->level);
    (void)fprintf(page->out, "%*s%s", (int)(LEVEL_WIDTH - strlen(pod->level)), "", buf_text(&subject));
    bool fits = 2 + LEVEL_WIDTH + subject.length + 2 + place.length <= page->width;
    (void)fprintf(page->out, "%s%*s%s\n", fits ? "" : "\n", fits ? 2 : 2 + LEVEL_WIDTH, "", buf_text(&place));
}

/* "Pod Security v1.37: 1 pod restricted, 2 pods privileged"; the pods themselves when they are few and differ. */
static void page_pods(const struct audit_page *page)
{
    const struct audit_result *result = page->result;
    if (result->pod_count == 0)
        return;
    size_t counts[ARRAY_COUNT(levels)];
    const char *separator = ":";
    audit_page_ink(page, INK_BOLD, "Pod Security");
    if (same_version(result))
        (void)fprintf(page->out, " %s", result->pods[0].version);
    for (size_t i = ARRAY_COUNT(levels); i-- > 0;) {
        counts[i] = audit_count_pods(result, levels[i]);
        char text[HUMAN_MAX];
        if (counts[i])
            (void)fprintf(page->out, "%s %s %s", separator, human_plural(counts[i], "pod", "pods", text), levels[i]);
        separator = counts[i] ? "," : separator;
    }
    (void)putc('\n', page->out);
    bool differ = counts[ARRAY_COUNT(levels) - 1] < result->pod_count;
    if ((!differ || result->pod_count > PODS_LISTED) && !page->verbose)
        return;
    for (size_t level = 0; level < ARRAY_COUNT(levels); level++)
        for (size_t i = 0; i < result->pod_count; i++)
            if (strcmp(result->pods[i].level, levels[level]) == 0)
                page_pod(page, &result->pods[i], level_inks[level]);
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
    struct audit_summary summary;
    audit_result_summarise(page->result, &summary);
    if (page->verbose)
        page_clean(page);
    page_skipped(page, summary.files_skipped);
    page_errors(page, summary.files_error);
    page_pods(page);
    AUTO_BUF struct buf extent = BUF_INIT;
    buf_add_text(&extent, "in ");
    audit_add_extent(&extent, &summary);
    if (summary.suppressed)
        buf_printf(&extent, "; %zu suppressed", summary.suppressed);
    size_t width = page_counts(page, &summary);
    (void)fprintf(page->out, "%c%s\n", width + 1 + extent.length > page->width ? '\n' : ' ', buf_text(&extent));
}
