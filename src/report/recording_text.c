#include "report/recording_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "report/call_list.h"
#include "report/path_list.h"
#include "report/recording_text_parts.h"

void summary_string(struct buf *out, const struct recording *recording, uint32_t string)
{
    if (string == STRING_NONE)
        return;
    size_t length;
    const char *bytes = intern_get(recording->strings, string, &length);
    text_escape(out, bytes, length);
}

void summary_more(const struct sheet *sheet, size_t total, size_t shown, const char *hint)
{
    if (total > shown)
        sheet_line(sheet, "and %zu more%s%s", total - shown, hint ? ": " : "", hint ? hint : "");
}

void recording_text_summary(const struct recording *recording, const struct sheet *sheet)
{
    summary_runs(recording, sheet);
    summary_losses(recording, sheet);
    summary_resources(recording, sheet);
    summary_programs(recording, sheet);
    summary_calls(recording, sheet);
    summary_capabilities(recording, sheet);
    summary_facts(recording, sheet);
    summary_paths(recording, sheet);
}

static int compare_lines(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

void recording_text_syscalls(const struct recording *recording, FILE *out)
{
    AUTO_CALL_LIST struct call_list list;
    call_list_init(&list, recording);
    char **lines = mem_zero(list.count, sizeof(*lines));
    for (size_t i = 0; i < list.count; i++)
        lines[i] = mem_printf("%s %s", arch_get(list.calls[i].abi)->name, list.calls[i].name);
    qsort(lines, list.count, sizeof(*lines), compare_lines);
    for (size_t i = 0; i < list.count; i++) {
        (void)fprintf(out, "%s\n", lines[i]);
        free(lines[i]);
    }
    free(lines);
}

void recording_text_paths(const struct recording *recording, FILE *out)
{
    AUTO_PATH_LIST struct path_list list;
    path_list_init(&list, recording);
    AUTO_BUF struct buf line = BUF_INIT;
    for (size_t i = 0; i < list.count; i++) {
        buf_clear(&line);
        path_list_access(&line, list.paths[i].did);
        buf_add_char(&line, ' ');
        text_escape(&line, list.paths[i].bytes, list.paths[i].length);
        (void)fprintf(out, "%s\n", buf_text(&line));
    }
}
