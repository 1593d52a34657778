#include <string.h>

#include "audit/suppression.h"

static const char mark[] = "profgen:ignore";

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

/* What stands before the mark on its line: nothing but blanks and the comment's sign, content too, or no comment at all. */
enum before { BEFORE_NOTHING, BEFORE_CONTENT, BEFORE_NO_COMMENT };

static enum before what_is_before(const char *line, const char *at)
{
    const char *end = at;
    while (end > line && (is_blank(end[-1])))
        end--;
    if (end == line || end[-1] != '#')
        return BEFORE_NO_COMMENT;
    while (end > line && end[-1] == '#')
        end--;
    if (end > line && !is_blank(end[-1]))
        return BEFORE_NO_COMMENT;
    while (end > line && is_blank(end[-1]))
        end--;
    return end == line ? BEFORE_NOTHING : BEFORE_CONTENT;
}

/* The next line that is not empty, no comment and no document mark; 0 when there is none. */
static uint32_t next_content(struct source *source, uint32_t line)
{
    size_t length = 0;
    for (const char *text; (text = source_line(source, ++line, &length));) {
        size_t at = 0;
        while (at < length && is_blank(text[at]))
            at++;
        if (at < length && text[at] != '#' && !(length - at >= 3 && memcmp(text + at, "---", 3) == 0))
            return line;
    }
    return 0;
}

static char *trimmed(struct arena *arena, const char *text, const char *end)
{
    while (text < end && is_blank(*text))
        text++;
    while (end > text && is_blank(end[-1]))
        end--;
    return arena_dup(arena, text, (size_t)(end - text));
}

static void cut(struct arena *arena, const char *text, const char *end, struct comment_suppression *ret)
{
    const char *dashes = memmem(text, (size_t)(end - text), "--", 2);
    ret->rules = trimmed(arena, text, dashes ? dashes : end);
    char *reason = dashes ? trimmed(arena, dashes + 2, end) : NULL;
    ret->reason = reason && reason[0] != '\0' ? reason : NULL;
}

static uint32_t count_lines(const char *from, const char *to)
{
    uint32_t lines = 0;
    while (from < to && (from = memchr(from, '\n', (size_t)(to - from)))) {
        lines++;
        from++;
    }
    return lines;
}

static const char *line_begin(const char *bytes, const char *at)
{
    const char *newline = memrchr(bytes, '\n', (size_t)(at - bytes));
    return newline ? newline + 1 : bytes;
}

void suppression_comments(struct source *source, struct arena *arena, struct comment_suppressions *ret)
{
    const char *bytes = buf_text(&source->bytes);
    const char *end = bytes + source->bytes.length;
    const char *from = bytes;
    uint32_t line = 1;
    const char *counted = bytes;
    size_t capacity = 0;
    *ret = (struct comment_suppressions){0};
    if (strcmp(source->syntax, "json") == 0)
        return;
    for (const char *at; ret->count < SUPPRESSION_COMMENTS_MAX && (at = memmem(from, (size_t)(end - from), mark, sizeof(mark) - 1));) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        enum before before = what_is_before(line_begin(bytes, at), at);
        line += count_lines(counted, at);
        counted = at;
        from = newline ? newline : end;
        if (before == BEFORE_NO_COMMENT)
            continue;
        ARENA_GROW(arena, ret->items, ret->count, capacity);
        struct comment_suppression *comment = &ret->items[ret->count++];
        *comment = (struct comment_suppression){.line = line};
        comment->target = before == BEFORE_CONTENT ? line : next_content(source, line);
        cut(arena, at + sizeof(mark) - 1, from, comment);
    }
}
