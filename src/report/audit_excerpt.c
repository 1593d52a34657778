#include "report/audit_excerpt.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "report/audit_words.h"

enum { TAB_WIDTH = 4 };
static const char dots[] = "...";
enum { DOTS_WIDTH = sizeof(dots) - 1 };

/* Ranges of characters that take no column or two, coarsely: what is met in comments and names (Unicode 15,
 * EastAsianWidth.txt W and F; combining marks and variation selectors). */
static const struct {
    uint32_t first, last;
    unsigned width;
} widths[] = {
    {0x0300, 0x036f, 0},   {0x1100, 0x115f, 2},   {0x200b, 0x200d, 0},   {0x20d0, 0x20ff, 0},   {0x2e80, 0x303e, 2},
    {0x3041, 0x33ff, 2},   {0x3400, 0x4dbf, 2},   {0x4e00, 0xa4cf, 2},   {0xa960, 0xa97f, 2},   {0xac00, 0xd7a3, 2},
    {0xf900, 0xfaff, 2},   {0xfe00, 0xfe0f, 0},   {0xfe30, 0xfe6f, 2},   {0xff00, 0xff60, 2},   {0xffe0, 0xffe6, 2},
    {0x1f300, 0x1f64f, 2}, {0x1f680, 0x1f6ff, 2}, {0x1f900, 0x1f9ff, 2}, {0x20000, 0x3fffd, 2},
};

static uint32_t code_point(const char *character, size_t length)
{
    static const unsigned char first_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t point = (unsigned char)character[0] & first_bits[length];
    for (size_t i = 1; i < length; i++)
        point = point << 6 | ((unsigned char)character[i] & 0x3f);
    return point;
}

static size_t character_width(const char *character, size_t length)
{
    uint32_t point = code_point(character, length);
    for (size_t i = 0; i < ARRAY_COUNT(widths); i++)
        if (point >= widths[i].first && point <= widths[i].last)
            return widths[i].width;
    return 1;
}

/* Appends to out what is shown for the character at text; how many bytes it has, and how many columns it takes. */
static size_t add_cell(struct buf *out, const char *text, size_t length, size_t *ret_width)
{
    if (*text >= ' ' && *text < 0x7f) {
        buf_add_char(out, *text);
        *ret_width = 1;
        return 1;
    }
    if (*text == '\t') {
        buf_printf(out, "%*s", TAB_WIDTH, "");
        *ret_width = TAB_WIDTH;
        return 1;
    }
    size_t step = text_utf8_length(text, length);
    step = step ? step : 1;
    size_t before = out->length;
    audit_escape(out, text, step, KEEP_WORDS);
    size_t added = out->length - before;
    *ret_width = added == step && (unsigned char)*text >= 0x80 ? character_width(text, step) : added;
    return step;
}

/* How many columns the bytes take; something above limit as soon as it is exceeded. */
static size_t measure(const char *text, size_t length, size_t limit)
{
    AUTO_BUF struct buf scratch = BUF_INIT;
    size_t total = 0;
    for (size_t i = 0; i < length && total <= limit;) {
        size_t width;
        i += add_cell(&scratch, text + i, length - i, &width);
        total += width;
    }
    return total;
}

/* The first byte of which there are at most that many columns to the byte at start. */
static size_t walk_back(const char *text, size_t start, size_t columns)
{
    size_t at = start;
    for (;;) {
        size_t step = 1;
        while (step < 4 && step < at && ((unsigned char)text[at - step] & 0xc0) == 0x80)
            step++;
        step = at && text_utf8_length(text + at - step, step) == step ? step : 1;
        if (at == 0 || measure(text + at - step, start - at + step, columns) > columns)
            return at;
        at -= step;
    }
}

struct span {
    size_t start, end; /* the offending bytes */
    size_t length;     /* of the line, without blanks at its end */
};

static struct span span_of(const struct finding *finding)
{
    const char *text = finding->excerpt;
    struct span span = {.length = strlen(text)};
    while (span.length > 0 && strchr(" \t\r\n", text[span.length - 1]))
        span.length--;
    span.start = finding->column ? finding->column - 1 : 0;
    if (span.start > span.length)
        span.start = span.length;
    span.end = finding->end_column > finding->column ? finding->end_column - 1 : span.start + 1;
    if (span.end > span.length)
        span.end = span.length;
    if (span.end < span.start)
        span.end = span.start;
    return span;
}

/* Where to begin so that the whole of the offending part is seen if possible, and some of what is in front of it; no
 * column is left empty behind the end of the line. */
static size_t first_byte(const char *text, const struct span *span, size_t width)
{
    size_t before = measure(text, span->start, width);
    size_t part = measure(text + span->start, span->end - span->start, width);
    bool whole = measure(text, span->length, width) <= width;
    if (whole || before + part + DOTS_WIDTH <= width)
        return 0;
    size_t rest = measure(text + span->start, span->length - span->start, width) + DOTS_WIDTH;
    size_t room = part + 2 * DOTS_WIDTH < width ? width - part - 2 * DOTS_WIDTH : 0;
    size_t context = room < width / 4 ? room : width / 4;
    size_t spare = rest < width ? width - rest : 0;
    return walk_back(text, span->start, spare > context ? spare : context);
}

void audit_excerpt(const struct finding *finding, size_t width, struct buf *line, struct buf *marks)
{
    const char *text = finding->excerpt;
    struct span span = span_of(finding);
    width = width < 20 ? 20 : width;
    size_t at = first_byte(text, &span, width);
    size_t used = at ? DOTS_WIDTH : 0;
    size_t mark_from = used;
    size_t mark_to = used;
    buf_add_text(line, at ? dots : "");
    while (at < span.length) {
        size_t cell;
        size_t before = line->length;
        size_t step = add_cell(line, text + at, span.length - at, &cell);
        if (used + cell + DOTS_WIDTH > width && measure(text + at, span.length - at, width - used) > width - used) {
            line->length = before;
            buf_add_text(line, dots);
            break;
        }
        mark_from = at < span.start ? used + cell : mark_from;
        used += cell;
        mark_to = at < span.end ? used : mark_to;
        at += step;
    }
    if (finding->column == 0)
        return;
    buf_printf(marks, "%*s", (int)mark_from, "");
    do
        buf_add_char(marks, '^');
    while (++mark_from < mark_to);
}
