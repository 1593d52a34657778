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
    summary->documents += file->documents;
    summary->documents_other += file->documents_other;
    summary->subjects += file->subjects;
}

void audit_result_summarise(const struct audit_result *result, struct audit_summary *ret)
{
    struct audit_summary summary = {.files = result->file_count, .pods = result->pod_count};
    for (size_t i = 0; i < result->file_count; i++)
        count_file(&result->files[i], &summary);
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct finding *finding = &result->findings[i];
        if (finding->suppressed_reason)
            summary.suppressed++;
        else
            summary.by_severity[finding->severity]++;
    }
    *ret = summary;
}

bool audit_result_fails(const struct audit_result *result, enum severity severity)
{
    for (size_t i = 0; i < result->finding_count; i++)
        if (!result->findings[i].suppressed_reason && result->findings[i].severity >= severity)
            return true;
    return false;
}
