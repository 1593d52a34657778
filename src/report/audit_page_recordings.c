#include "base/mem.h"
#include "report/audit_page.h"
#include "report/audit_words.h"

/* "  web.json  Deployment shop/web, container web in deploy.yaml (the only container)" */
static void page_recording(const struct audit_page *page, const struct audit_recording *recording)
{
    AUTO_BUF struct buf name = BUF_INIT;
    AUTO_BUF struct buf words = BUF_INIT;
    audit_escape_text(&name, recording->name, KEEP_WORDS);
    audit_escape_text(&words, recording->container ? recording->container : recording->why, KEEP_WORDS);
    (void)fprintf(page->out, "  %s  ", buf_text(&name));
    if (!recording->container) {
        audit_page_ink(page, INK_HIGH, "nothing");
        (void)fprintf(page->out, ": %s\n", buf_text(&words));
        return;
    }
    (void)fputs(buf_text(&words), page->out);
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
