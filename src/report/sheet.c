#include "report/sheet.h"

#include <stdarg.h>
#include <string.h>

#include "base/mem.h"
#include "base/wrap.h"

static const char *const escapes[] = {
    [PAINT_NONE] = "", [PAINT_BOLD] = "\033[1m", [PAINT_RED] = "\033[1;31m",
    [PAINT_YELLOW] = "\033[33m", [PAINT_GREEN] = "\033[32m",
};

static void paint_text(const struct sheet *sheet, enum paint paint, const char *text)
{
    bool plain = !sheet->color || paint == PAINT_NONE;
    (void)fprintf(sheet->out, "%s%s%s", plain ? "" : escapes[paint], text, plain ? "" : "\033[0m");
}

static char *format_text(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));

static char *format_text(const char *format, va_list arguments)
{
    char *text = NULL;
    if (vasprintf(&text, format, arguments) < 0)
        abort();
    return text;
}

void sheet_heading(const struct sheet *sheet, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AUTO_FREE char *text = format_text(format, arguments);
    va_end(arguments);
    (void)putc('\n', sheet->out);
    paint_text(sheet, PAINT_BOLD, text);
    (void)putc('\n', sheet->out);
}

void sheet_row(const struct sheet *sheet, enum paint paint, const char *label, size_t column, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AUTO_FREE char *text = format_text(format, arguments);
    va_end(arguments);
    size_t at = 2 + strlen(label);
    (void)fputs("  ", sheet->out);
    paint_text(sheet, paint, label);
    size_t gap = at < column ? column - at : 1;
    (void)fprintf(sheet->out, "%*s", (int)gap, "");
    wrap_words(sheet->out, text, strlen(text), at + gap, column, sheet->width);
    (void)putc('\n', sheet->out);
}

void sheet_line(const struct sheet *sheet, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AUTO_FREE char *text = format_text(format, arguments);
    va_end(arguments);
    (void)fprintf(sheet->out, "  %s\n", text);
}
