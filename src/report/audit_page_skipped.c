#include <string.h>

#include "base/mem.h"
#include "report/audit_page.h"
#include "report/audit_words.h"
#include "base/human.h"

/* Up to that many skipped files are listed one by one; so many reasons are gathered in one walk over the files. */
enum { SKIPPED_LISTED = 10, REASONS_AT_ONCE = 1000 };

/* "  FILE:LINE  the reason": not wrapped while it fits, so that the reason stands with its file. */
void audit_page_reason(const struct audit_page *page, const struct audit_file *file)
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

/* Files that were skipped for one reason. */
struct reason_group {
    char *reason;
    char *path; /* of the first of them, and the place that its reason is of */
    uint32_t line, column;
    size_t count;
};

/* The first reasons, in the order of their bytes, behind those that were told already: a walk gathers so many at most. */
struct reason_groups {
    struct reason_group items[REASONS_AT_ONCE];
    size_t count;
    char *told; /* NULL, or the last one */
    bool more;
};

static void group_done(struct reason_group *group)
{
    free(group->reason);
    free(group->path);
}

/* The place of the reason among the groups, or where it belongs. */
static size_t find_group(const struct reason_groups *groups, const char *reason)
{
    size_t low = 0;
    size_t high = groups->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(groups->items[middle].reason, reason) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void insert_group(struct reason_groups *groups, size_t at, const struct audit_file *file, const char *reason)
{
    if (groups->count == REASONS_AT_ONCE) {
        group_done(&groups->items[--groups->count]);
        groups->more = true;
    }
    memmove(&groups->items[at + 1], &groups->items[at], (groups->count - at) * sizeof(*groups->items));
    groups->items[at] = (struct reason_group){.reason = mem_strdup(reason), .path = mem_strdup(file->path),
                                              .line = file->reason_line, .column = file->reason_column, .count = 1};
    groups->count++;
}

static void add_skipped(struct reason_groups *groups, const struct audit_file *file)
{
    const char *reason = file->reason ? file->reason : "";
    if (groups->told && strcmp(reason, groups->told) <= 0)
        return;
    size_t at = find_group(groups, reason);
    if (at < groups->count && strcmp(groups->items[at].reason, reason) == 0)
        groups->items[at].count++;
    else if (at < REASONS_AT_ONCE)
        insert_group(groups, at, file, reason);
    else
        groups->more = true;
}

static void page_group(const struct audit_page *page, const struct reason_group *group)
{
    const struct audit_file first = {.path = group->path, .reason = *group->reason ? group->reason : NULL,
                                     .reason_line = group->line, .reason_column = group->column};
    if (group->count == 1) {
        audit_page_reason(page, &first);
        return;
    }
    AUTO_BUF struct buf words = BUF_INIT;
    char number[HUMAN_MAX];
    audit_add_file(&words, &first);
    buf_printf(&words, " and %s more: ", human_count(group->count - 1, number));
    audit_escape_text(&words, *group->reason ? group->reason : "no reason is known", KEEP_WORDS);
    (void)fprintf(page->out, "  %s\n", buf_text(&words));
}

/* One line for each of the groups, which are emptied. */
static void page_groups(const struct audit_page *page, struct reason_groups *groups)
{
    for (size_t i = 0; i < groups->count; i++) {
        page_group(page, &groups->items[i]);
        if (i + 1 == groups->count) {
            free(groups->told);
            groups->told = TAKE(groups->items[i].reason);
        }
        group_done(&groups->items[i]);
    }
    groups->count = 0;
}

static void page_reasons(const struct audit_page *page)
{
    AUTO_FREE struct reason_groups *groups = mem_zero(1, sizeof(*groups));
    do {
        AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(page->result);
        groups->more = false;
        for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));)
            if (entry->file.status == FILE_SKIPPED)
                add_skipped(groups, &entry->file);
        page_groups(page, groups);
    } while (groups->more);
    free(groups->told);
}

static void list_skipped(const struct audit_page *page)
{
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(page->result);
    for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));)
        if (entry->file.status == FILE_SKIPPED)
            audit_page_reason(page, &entry->file);
}

void audit_page_skipped(const struct audit_page *page, size_t count)
{
    if (count == 0)
        return;
    audit_page_ink(page, INK_BOLD, "Skipped:");
    (void)putc('\n', page->out);
    if (count > SKIPPED_LISTED && !page->verbose)
        page_reasons(page);
    else
        list_skipped(page);
    (void)putc('\n', page->out);
}
