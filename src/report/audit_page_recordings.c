#include "base/mem.h"
#include "report/audit_page.h"

/* "  web.json  Deployment shop/web, container web in deploy.yaml (the only container)" */
static void page_recording(const struct audit_page *page, const struct audit_recording *recording)
{
    (void)fprintf(page->out, "  %s  ", recording->name);
    if (!recording->container) {
        audit_page_ink(page, INK_HIGH, "nothing");
        (void)fprintf(page->out, ": %s\n", recording->why);
        return;
    }
    (void)fputs(recording->container, page->out);
    if (recording->containers > 1)
        (void)fprintf(page->out, " and %zu more", recording->containers - 1);
    (void)fprintf(page->out, " (%s)\n", recording->tie);
}

void audit_page_recordings(const struct audit_page *page)
{
    const struct audit_result *result = page->result;
    if (result->recording_count == 0)
        return;
    audit_page_ink(page, INK_BOLD, "Held against recordings:");
    (void)putc('\n', page->out);
    for (size_t i = 0; i < result->recording_count; i++)
        page_recording(page, &result->recordings[i]);
    (void)putc('\n', page->out);
}
