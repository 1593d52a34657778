#include "model/audit_result.h"

const char *file_status_name(enum file_status status)
{
    switch (status) {
    case FILE_READ:
        return "read";
    case FILE_SKIPPED:
        return "skipped";
    case FILE_ERROR:
        return "error";
    }
    return "error";
}

static void count_file(const struct audit_file *file, struct audit_summary *summary)
{
    switch (file->status) {
    case FILE_READ:
        summary->files_read++;
        break;
    case FILE_SKIPPED:
        summary->files_skipped++;
        break;
    case FILE_ERROR:
        summary->files_error++;
        break;
    }
    summary->files++;
    summary->files_unseen += file->status == FILE_ERROR && file->named && file->documents == 0;
    summary->documents += file->documents;
    summary->documents_other += file->documents_other;
    summary->subjects += file->subjects;
}

void audit_summary_add(struct audit_summary *summary, const struct audit_entry *entry)
{
    count_file(&entry->file, summary);
    summary->pods += entry->pod_count;
    for (size_t i = 0; i < entry->finding_count; i++) {
        const struct finding *finding = &entry->findings[i];
        if (finding->suppressed_reason)
            summary->suppressed++;
        else
            summary->by_severity[finding->severity]++;
    }
}

bool audit_result_fails(const struct audit_result *result, enum severity severity)
{
    for (size_t i = severity; i < SEVERITY_COUNT; i++)
        if (result->summary.by_severity[i] > 0)
            return true;
    return false;
}

struct audit_cursor audit_cursor_init(const struct audit_result *result)
{
    return (struct audit_cursor){.result = result, .walk = result->open ? result->open(result->store) : NULL};
}

void audit_cursor_done(struct audit_cursor *cursor)
{
    if (cursor->walk)
        cursor->result->close(cursor->walk);
    cursor->walk = NULL;
}

const struct audit_entry *audit_cursor_next(struct audit_cursor *cursor)
{
    const struct audit_result *result = cursor->result;
    struct audit_entry *entry = cursor->walk ? result->next(cursor->walk) : NULL;
    for (size_t i = 0; entry && result->accept && i < entry->finding_count; i++)
        result->accept(result->acceptance, &entry->findings[i]);
    return entry;
}
