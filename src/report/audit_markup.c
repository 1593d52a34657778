#include "report/audit_markup.h"

#include <ctype.h>
#include <string.h>

#include "report/audit_words.h"

/* An underscore within a word begins no emphasis (CommonMark 6.2). */
static bool is_within_word(const char *text, const char *at)
{
    return *at == '_' && at > text && isalnum((unsigned char)at[-1]) && isalnum((unsigned char)at[1]);
}

void audit_add_markdown(struct buf *out, const char *text)
{
    AUTO_BUF struct buf escaped = BUF_INIT;
    audit_escape_text(&escaped, text, KEEP_LINES);
    for (const char *c = buf_text(&escaped); *c; c++) {
        if (*c == '\n')
            buf_add_text(out, "<br>");
        else if (*c == '@')
            buf_add_text(out, "@<!-- -->");
        else if (strchr("&<>|`*_[]\\#~", *c) && !is_within_word(escaped.data, c))
            buf_printf(out, "&#%d;", *c);
        else
            buf_add_char(out, *c);
    }
}

void audit_add_code(struct buf *out, const char *text)
{
    buf_add_text(out, "<code>");
    audit_add_markdown(out, text);
    buf_add_text(out, "</code>");
}

/* A fence is longer than any run of backticks in the block. */
static size_t fence_length(const char *text)
{
    size_t longest = 2;
    while (*text) {
        size_t run = strspn(text, "`");
        longest = run > longest ? run : longest;
        text += run ? run : 1;
    }
    return longest + 1;
}

void audit_add_code_block(struct buf *out, const char *text)
{
    size_t fence = fence_length(text);
    for (size_t i = 0; i < fence; i++)
        buf_add_char(out, '`');
    buf_add_char(out, '\n');
    audit_escape_text(out, text, KEEP_LINES);
    if (out->data[out->length - 1] != '\n')
        buf_add_char(out, '\n');
    for (size_t i = 0; i < fence; i++)
        buf_add_char(out, '`');
    buf_add_char(out, '\n');
}
