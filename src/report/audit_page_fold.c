#include <ctype.h>
#include <string.h>

#include "report/audit_excerpt.h"
#include "report/audit_fold.h"
#include "report/audit_page.h"
#include "report/audit_words.h"
#include "base/human.h"

/* Of many places of one fold that many are shown, and of that many more the lines are told. */
enum { PLACES_SHOWN = 4, LINES_TOLD = 20, NAMES_TOLD = 20 };

static void page_escaped(const struct audit_page *page, const char *text)
{
    AUTO_BUF struct buf words = BUF_INIT;
    audit_escape_text(&words, text, KEEP_WORDS);
    audit_page_words(page, buf_text(&words));
}

/* "  critical  FILE:LINE:COLUMN  PG101 privileged-container", in two lines when it is too wide. */
static void page_head(const struct audit_page *page, const struct finding *finding)
{
    AUTO_BUF struct buf place = BUF_INIT;
    AUTO_BUF struct buf rule = BUF_INIT;
    audit_add_place(&place, finding->file, finding->line, finding->column);
    audit_add_rule(&rule, finding->rule);
    const char *severity = severity_name(finding->severity);
    (void)fputs("  ", page->out);
    audit_page_ink(page, (enum ink)finding->severity, severity);
    (void)fprintf(page->out, "%*s", PAGE_COLUMN - 2 - (int)strlen(severity), "");
    audit_page_ink(page, INK_BOLD, buf_text(&place));
    if (PAGE_COLUMN + place.length + 2 + rule.length > page->width)
        (void)fprintf(page->out, "\n%*s", PAGE_COLUMN, "");
    else
        (void)fputs("  ", page->out);
    (void)fprintf(page->out, "%s\n", buf_text(&rule));
}

/* Where the word first stands in text by itself; NULL when nowhere. */
static const char *find_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    for (const char *found = strstr(text, word); found && length; found = strstr(found + 1, word))
        if ((found == text || !isalnum((unsigned char)found[-1])) && !isalnum((unsigned char)found[length]))
            return found;
    return NULL;
}

/* True when the messages differ in nothing but the containers they speak of. */
static bool same_but_for_container(const struct finding *a, const struct finding *b)
{
    if (strcmp(a->message, b->message) == 0)
        return true;
    const char *x = a->subject.container ? find_word(a->message, a->subject.container) : NULL;
    const char *y = b->subject.container ? find_word(b->message, b->subject.container) : NULL;
    if (!x || !y || x - a->message != y - b->message)
        return false;
    return strncmp(a->message, b->message, (size_t)(x - a->message)) == 0 &&
           strcmp(x + strlen(a->subject.container), y + strlen(b->subject.container)) == 0;
}

/* True when the message does not say which container it is. */
static bool marks_container(const struct finding *finding)
{
    return finding->subject.container && !find_word(finding->message, finding->subject.container);
}

static void add_container(struct buf *out, const struct finding *finding)
{
    if (!marks_container(finding))
        return;
    buf_add_text(out, "container ");
    audit_escape_text(out, finding->subject.container, KEEP_WORDS);
}

/* The line with its number, the marks below it, and behind these the container. */
static void page_excerpt(const struct audit_page *page, const struct finding *finding)
{
    AUTO_BUF struct buf line = BUF_INIT;
    AUTO_BUF struct buf marks = BUF_INIT;
    AUTO_BUF struct buf container = BUF_INIT;
    char number[24];
    (void)snprintf(number, sizeof(number), "%u", finding->line);
    size_t room = page->width - PAGE_COLUMN - 2;
    audit_excerpt(finding, room, &line, &marks);
    add_container(&container, finding);
    audit_page_label(page, INK_DIM, number);
    audit_page_ink(page, INK_DIM, "|");
    (void)fprintf(page->out, " %s\n", buf_text(&line));
    if (marks.length == 0 && container.length == 0)
        return;
    audit_page_label(page, INK_PLAIN, "");
    audit_page_ink(page, INK_DIM, "|");
    (void)putc(' ', page->out);
    audit_page_ink(page, (enum ink)finding->severity, buf_text(&marks));
    if (marks.length && container.length && marks.length + 1 + container.length > room) {
        (void)putc('\n', page->out);
        audit_page_label(page, INK_PLAIN, "");
        audit_page_ink(page, INK_DIM, "|");
    }
    (void)fputs(marks.length && container.length ? " " : "", page->out);
    audit_page_ink(page, (enum ink)finding->severity, buf_text(&container));
    (void)putc('\n', page->out);
}

/* Where there is no line to show, the place in words: the first one stands in the head already. */
static void page_place(const struct audit_page *page, const struct finding *finding, bool first)
{
    AUTO_BUF struct buf place = BUF_INIT;
    AUTO_BUF struct buf container = BUF_INIT;
    if (!first)
        audit_add_place(&place, finding->file, finding->line, finding->column);
    if (finding->path && *finding->path) {
        buf_add_text(&place, place.length ? ", at " : "at ");
        audit_escape_text(&place, finding->path, KEEP_WORDS);
    }
    add_container(&container, finding);
    buf_printf(&place, "%s%s", place.length && container.length ? ", " : "", buf_text(&container));
    if (place.length)
        (void)fprintf(page->out, "%*s%s\n", PAGE_COLUMN, "", buf_text(&place));
}

/* One rule of a profile lets many things through: its line is told once. */
static bool is_on_new_line(const struct finding *const *findings, size_t index)
{
    return index == 0 || findings[index]->line != findings[index - 1]->line;
}

static void page_more(const struct audit_page *page, const struct finding *const *findings, size_t count)
{
    AUTO_BUF struct buf words = BUF_INIT;
    char text[HUMAN_MAX];
    buf_printf(&words, "and %s more", human_count(count, text));
    size_t lines = 0;
    for (size_t i = 0; i < count; i++)
        lines += is_on_new_line(findings, i);
    const char *separator = lines == 1 ? ", on line" : ", on lines";
    for (size_t i = 0, told = 0; i < count && told < LINES_TOLD && findings[i]->line; i++) {
        if (!is_on_new_line(findings, i))
            continue;
        buf_printf(&words, "%s %u", separator, findings[i]->line);
        separator = ",";
        told++;
    }
    if (lines > LINES_TOLD)
        buf_add_text(&words, ", ...");
    (void)fprintf(page->out, "%*s", PAGE_COLUMN, "");
    audit_page_words(page, buf_text(&words));
}

static void page_remedy(const struct audit_page *page, const struct finding *finding)
{
    AUTO_BUF struct buf words = BUF_INIT;
    if (finding->suppressed_reason) {
        audit_page_label(page, INK_GOOD, "accepted:");
        audit_escape_text(&words, finding->suppressed_reason, KEEP_WORDS);
        buf_add_text(&words, " (");
        audit_escape_text(&words, finding->suppressed_by, KEEP_WORDS);
        buf_add_char(&words, ')');
        audit_page_words(page, buf_text(&words));
    } else if (finding->remediation && *finding->remediation) {
        audit_page_label(page, INK_GOOD, "fix:");
        audit_escape_text(&words, finding->remediation, KEEP_LINES);
        audit_page_lines(page, buf_text(&words));
    }
}

static void page_background(const struct audit_page *page, const struct rule_info *rule)
{
    AUTO_BUF struct buf references = BUF_INIT;
    AUTO_BUF struct buf why = BUF_INIT;
    if (rule->why && *rule->why) {
        audit_page_label(page, INK_DIM, "why:");
        audit_escape_text(&why, rule->why, KEEP_LINES);
        audit_page_lines(page, buf_text(&why));
    }
    for (size_t i = 0; i < rule->reference_count; i++) {
        buf_add_text(&references, i ? ", " : "");
        audit_escape_text(&references, rule->references[i], KEEP_WORDS);
    }
    if (references.length == 0)
        return;
    audit_page_label(page, INK_DIM, "see:");
    audit_page_words(page, buf_text(&references));
}

/* The message of the first of findings, and the containers of which the others say the same. */
static void page_message(const struct audit_page *page, const struct finding *const *findings, size_t count)
{
    AUTO_BUF struct buf others = BUF_INIT;
    (void)fprintf(page->out, "%*s", PAGE_COLUMN, "");
    page_escaped(page, findings[0]->message);
    for (size_t i = 1; i < count && i <= NAMES_TOLD; i++) {
        if (strcmp(findings[i]->message, findings[i - 1]->message) == 0)
            continue;
        buf_add_text(&others, others.length ? ", " : "(likewise ");
        audit_escape_text(&others, i < NAMES_TOLD ? findings[i]->subject.container : "...", KEEP_WORDS);
    }
    if (others.length == 0)
        return;
    buf_add_char(&others, ')');
    (void)fprintf(page->out, "%*s", PAGE_COLUMN, "");
    audit_page_words(page, buf_text(&others));
}

/* How many of the findings say the same of their containers as the first. */
static size_t count_alike(const struct finding *const *findings, size_t count)
{
    size_t alike = 1;
    while (alike < count && same_but_for_container(findings[0], findings[alike]))
        alike++;
    return alike;
}

static bool same_place(const struct finding *a, const struct finding *b)
{
    return a->file == b->file && a->line == b->line && a->column == b->column && a->end_column == b->end_column;
}

/* The places of findings that say the same. */
static void page_places(const struct audit_page *page, const struct finding *const *findings, size_t count, bool first)
{
    for (size_t i = 0; i < count; i++) {
        if (!audit_line_of(findings[i]))
            page_place(page, findings[i], first && i == 0);
        else if (i == 0 || !same_place(findings[i], findings[i - 1]) || marks_container(findings[i]))
            page_excerpt(page, findings[i]);
    }
}

void audit_page_fold(const struct audit_page *page, const struct audit_folds *folds, const struct audit_fold *fold)
{
    const struct finding *const *findings = folds->findings + fold->first;
    size_t shown = page->verbose || fold->count <= PLACES_SHOWN + 1 ? fold->count : PLACES_SHOWN;
    page_head(page, findings[0]);
    for (size_t i = 0, alike; i < shown; i += alike) {
        alike = count_alike(findings + i, shown - i);
        page_message(page, findings + i, i + alike == shown ? count_alike(findings + i, fold->count - i) : alike);
        page_places(page, findings + i, alike, i == 0);
    }
    if (shown < fold->count)
        page_more(page, findings + shown, fold->count - shown);
    page_remedy(page, findings[0]);
    if (page->verbose)
        page_background(page, findings[0]->rule);
}
