#include "report/audit_page.h"

#include <string.h>

#include "base/wrap.h"
#include "report/audit_words.h"

static const char *const inks[] = {
    [INK_INFO] = "\033[34m",       [INK_LOW] = "\033[36m", [INK_MEDIUM] = "\033[33m",
    [INK_HIGH] = "\033[31m",       [INK_CRITICAL] = "\033[1;31m",
    [INK_PLAIN] = "",              [INK_BOLD] = "\033[1m", [INK_DIM] = "\033[2m",
    [INK_GOOD] = "\033[32m",
};

void audit_page_ink(const struct audit_page *page, enum ink ink, const char *text)
{
    bool plain = !page->color || ink == INK_PLAIN || *text == '\0';
    (void)fprintf(page->out, "%s%s%s", plain ? "" : inks[ink], text, plain ? "" : "\033[0m");
}

void audit_page_label(const struct audit_page *page, enum ink ink, const char *label)
{
    size_t length = strlen(label);
    (void)fprintf(page->out, "%*s", length + 1 < PAGE_COLUMN ? (int)(PAGE_COLUMN - 1 - length) : 0, "");
    audit_page_ink(page, ink, label);
    (void)putc(' ', page->out);
}

/* Lines of prose that are longer are hard to read. */
enum { PROSE_MAX = 100 };

static unsigned prose_width(const struct audit_page *page)
{
    return page->width < PROSE_MAX ? page->width : PROSE_MAX;
}

void audit_page_words(const struct audit_page *page, const char *text)
{
    wrap_words(page->out, text, strlen(text), PAGE_COLUMN, PAGE_COLUMN, prose_width(page));
    (void)putc('\n', page->out);
}

void audit_page_lines(const struct audit_page *page, const char *text)
{
    wrap_lines(page->out, text, PAGE_COLUMN, prose_width(page));
}
