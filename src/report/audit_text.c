#include <stdio_ext.h>

#include "base/mem.h"
#include "report/audit_fold.h"
#include "report/audit_page.h"
#include "report/audit_words.h"
#include "report/audit_writers.h"

enum { WIDTH_DEFAULT = 80, WIDTH_MIN = 40, WIDTH_MAX = 1000 };

static ssize_t append(void *cookie, const char *bytes, size_t length)
{
    struct sink *sink = cookie;
    buf_add(&sink->buf, bytes, length);
    sink_ease(sink);
    return (ssize_t)length;
}

/* What is written to the stream goes to the sink. */
static FILE *stream_into(struct sink *sink)
{
    FILE *stream = fopencookie(sink, "w", (cookie_io_functions_t){.write = append});
    if (!stream)
        abort();
    /* It is written to by one thread alone. */
    (void)__fsetlocking(stream, FSETLOCKING_BYCALLER);
    return stream;
}

static unsigned usable_width(unsigned width)
{
    if (width == 0)
        return WIDTH_DEFAULT;
    return width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
}

static void page_subject(const struct audit_page *page, const struct finding *finding)
{
    AUTO_BUF struct buf heading = BUF_INIT;
    audit_add_file(&heading, finding->file);
    buf_add_text(&heading, ": ");
    audit_add_subject(&heading, &finding->subject);
    audit_page_ink(page, INK_BOLD, buf_text(&heading));
    (void)fputs("\n\n", page->out);
}

static void page_entry(const struct audit_page *page, const struct audit_entry *entry)
{
    AUTO_AUDIT_FOLDS struct audit_folds folds;
    audit_folds_init(&folds, entry, page->verbose);
    for (size_t i = 0; i < folds.fold_count; i++) {
        if (folds.folds[i].new_subject)
            page_subject(page, folds.findings[folds.folds[i].first]);
        audit_page_fold(page, &folds, &folds.folds[i]);
        (void)putc('\n', page->out);
    }
}

void audit_write_text(const struct audit_result *result, const struct audit_report_options *options,
                      struct sink *out)
{
    AUTO_FCLOSE FILE *stream = stream_into(out);
    struct audit_page page = {
        .out = stream,
        .color = options->color,
        .verbose = options->verbose,
        .width = usable_width(options->width),
        .result = result,
    };
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(result);
    for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));)
        if (entry->finding_count > 0)
            page_entry(&page, entry);
    audit_page_summary(&page);
}
