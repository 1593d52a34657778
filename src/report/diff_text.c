#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/wrap.h"
#include "report/diff_report.h"
#include "base/human.h"

enum { LABEL_COLUMN = 12, INDENT = 4, CVES_SHOWN = 3, LINES_MAX = 20 };

/* ---- the verdict --------------------------------------------------------------------------------- */

static const struct {
    const char *sentence;
    enum paint paint;
} verdicts[] = {
    [DIFF_IS_EQUAL] = {"B and A are equal.", PAINT_GREEN},
    [DIFF_IS_WIDER] = {"B is wider than A.", PAINT_RED},
    [DIFF_IS_NARROWER] = {"B is narrower than A.", PAINT_GREEN},
    [DIFF_IS_BOTH] = {"B is wider than A in some ways and narrower in others.", PAINT_RED},
    [DIFF_IS_CHANGED] = {"B is as wide as A, but answers differently.", PAINT_YELLOW},
};

static void print_file(const struct sheet *sheet, const struct diff_report *report, size_t side)
{
    AUTO_BUF struct buf name = BUF_INIT;
    text_escape(&name, report->names[side], strlen(report->names[side]));
    sheet_row(sheet, PAINT_NONE, side == 0 ? "A" : "B", LABEL_COLUMN, "%s (%s)", buf_text(&name), report->kinds[side]);
}

static size_t count_risk(const struct diff *diff, enum diff_side side, enum risk_level level)
{
    size_t count = 0;
    for (size_t i = 0; i < diff->count; i++)
        count += diff->rows[i].side == side && diff->rows[i].risk == level;
    return count;
}

static void print_counts(const struct sheet *sheet, const struct diff *diff)
{
    char number[HUMAN_MAX];
    for (unsigned side = 0; side < DIFF_SIDE_COUNT; side++) {
        size_t count = diff_count(diff, (enum diff_side)side);
        size_t high = count_risk(diff, (enum diff_side)side, RISK_HIGH);
        size_t medium = count_risk(diff, (enum diff_side)side, RISK_MEDIUM);
        AUTO_BUF struct buf risks = BUF_INIT;
        if (count == 0)
            continue;
        if (high || medium)
            buf_printf(&risks, " (risk: %zu high, %zu medium)", high, medium);
        sheet_row(sheet, high && side == DIFF_WIDER ? PAINT_RED : PAINT_NONE, diff_side_name((enum diff_side)side), LABEL_COLUMN,
                  "%s%s", human_plural(count, "difference", "differences", number), buf_text(&risks));
    }
}

static void add_abis(struct buf *out, unsigned abis)
{
    const char *gap = "";
    for (unsigned abi = 0; abi < ABI_COUNT; abi++)
        if (abis >> abi & 1) {
            buf_printf(out, "%s%s", gap, arch_get((enum abi)abi)->name);
            gap = ", ";
        }
}

static void print_verdict(const struct sheet *sheet, const struct diff_report *report)
{
    enum diff_verdict verdict = diff_verdict(report->diff);
    static const char *const escapes[] = {
        [PAINT_RED] = "\033[1;31m", [PAINT_YELLOW] = "\033[33m", [PAINT_GREEN] = "\033[32m"};
    bool color = sheet->color;
    (void)fprintf(sheet->out, "%s%s%s\n", color ? escapes[verdicts[verdict].paint] : "", verdicts[verdict].sentence,
                  color ? "\033[0m" : "");
    print_file(sheet, report, 0);
    print_file(sheet, report, 1);
    AUTO_BUF struct buf abis = BUF_INIT;
    add_abis(&abis, report->diff->abis);
    if (abis.length)
        sheet_row(sheet, PAINT_NONE, "ABIs", LABEL_COLUMN, "%s", buf_text(&abis));
    print_counts(sheet, report->diff);
}

/* ---- differences --------------------------------------------------------------------------------- */

/* "A: errno EPERM, B: allow (i386), with CAP_BPF, when argument 0 is 5"; ABIs are named when they are not all. */
static void add_terms(struct buf *out, const struct diff *diff, const struct diff_row *row)
{
    buf_printf(out, "A: %s, B: %s", row->a, row->b);
    if (row->abis && row->abis != diff->abis && row->kind != DIFF_ABI) {
        buf_add_text(out, " (");
        add_abis(out, row->abis);
        buf_add_char(out, ')');
    }
    if (row->context)
        buf_printf(out, ", %s", row->context);
    if (row->when)
        buf_printf(out, ", when %s", row->when);
}

static void print_indented(const struct sheet *sheet, const char *text)
{
    (void)fprintf(sheet->out, "%*s", INDENT, "");
    wrap_words(sheet->out, text, strlen(text), INDENT, INDENT + 2, sheet->width);
    (void)putc('\n', sheet->out);
}

/* The newest, which stand last. */
static void print_cves(const struct sheet *sheet, const char *cves)
{
    size_t count = 1;
    const char *last[CVES_SHOWN] = {cves};
    for (const char *blank = cves; (blank = strchr(blank, ' ')); count++)
        last[count % CVES_SHOWN] = ++blank;
    AUTO_BUF struct buf text = BUF_INIT;
    buf_add_text(&text, count > 1 ? "bugs reached through it: " : "a bug reached through it: ");
    for (size_t i = 0; i < CVES_SHOWN && i < count; i++) {
        const char *cve = last[(count - 1 - i) % CVES_SHOWN];
        buf_printf(&text, "%s%.*s", i ? ", " : "", (int)strcspn(cve, " "), cve);
    }
    if (count > CVES_SHOWN)
        buf_printf(&text, " and %zu more", count - CVES_SHOWN);
    print_indented(sheet, buf_text(&text));
}

static bool has_example(const struct diff_row *row)
{
    return row->example && strcmp(row->example, row->subject) != 0;
}

static void print_row(const struct sheet *sheet, const struct diff *diff, const struct diff_row *row)
{
    static const enum paint paints[] = {
        [RISK_NONE] = PAINT_NONE, [RISK_LOW] = PAINT_NONE, [RISK_MEDIUM] = PAINT_YELLOW, [RISK_HIGH] = PAINT_RED};
    bool colored = row->side == DIFF_WIDER && sheet->color && paints[row->risk] != PAINT_NONE;
    (void)fprintf(sheet->out, "  %s%s%s", colored ? "\033[1m" : "", row->subject, colored ? "\033[0m" : "");
    if (row->risk > RISK_NONE)
        (void)fprintf(sheet->out, "  [%s]", risk_level_name(row->risk));
    (void)putc('\n', sheet->out);
    AUTO_BUF struct buf terms = BUF_INIT;
    add_terms(&terms, diff, row);
    print_indented(sheet, buf_text(&terms));
    if (row->why)
        print_indented(sheet, row->why);
    if (has_example(row))
        (void)fprintf(sheet->out, "%*sfor instance %s\n", INDENT, "", row->example);
    if (row->cves)
        print_cves(sheet, row->cves);
}

static bool same_terms(const struct diff *diff, const struct diff_row *a, const struct diff_row *b)
{
    AUTO_BUF struct buf left = BUF_INIT;
    AUTO_BUF struct buf right = BUF_INIT;
    add_terms(&left, diff, a);
    add_terms(&right, diff, b);
    return a->side == b->side && a->kind == b->kind && strcmp(buf_text(&left), buf_text(&right)) == 0;
}

static bool stands_alone(const struct diff_row *row)
{
    return row->risk >= RISK_MEDIUM || row->kind == DIFF_ABI || has_example(row);
}

/* Names of calls and the like run on; paths, rules and addresses stand one a line. */
static bool runs_on(const struct diff_row *row)
{
    return row->kind == DIFF_SYSCALL || row->kind == DIFF_CAPABILITY || row->kind == DIFF_NETWORK;
}

/* A row that stands for all later ones with the same terms. */
static void print_fold(const struct sheet *sheet, const struct diff *diff, size_t first, bool *done)
{
    AUTO_BUF struct buf names = BUF_INIT;
    AUTO_BUF struct buf terms = BUF_INIT;
    size_t count = 0;
    for (size_t i = first; i < diff->count; i++) {
        const struct diff_row *row = &diff->rows[i];
        if (done[i] || stands_alone(row) || !same_terms(diff, &diff->rows[first], row))
            continue;
        done[i] = true;
        if (runs_on(row))
            buf_printf(&names, "%s%s", count ? ", " : "", row->subject);
        else if (count < LINES_MAX)
            (void)fprintf(sheet->out, "  %s\n", row->subject);
        count++;
    }
    if (names.length) {
        (void)fputs("  ", sheet->out);
        wrap_words(sheet->out, buf_text(&names), names.length, 2, 2, sheet->width);
        (void)putc('\n', sheet->out);
    } else if (count > LINES_MAX) {
        (void)fprintf(sheet->out, "  and %zu more (--format json has them all)\n", count - LINES_MAX);
    }
    add_terms(&terms, diff, &diff->rows[first]);
    print_indented(sheet, buf_text(&terms));
}

static void print_side(const struct sheet *sheet, const struct diff_report *report, enum diff_side side, bool *done)
{
    static const char *const headings[] = {[DIFF_WIDER] = "Wider in B", [DIFF_NARROWER] = "Narrower in B",
                                           [DIFF_CHANGED] = "Otherwise in B"};
    const struct diff *diff = report->diff;
    if (diff_count(diff, side) == 0)
        return;
    sheet_heading(sheet, "%s", headings[side]);
    for (size_t i = 0; i < diff->count; i++) {
        if (diff->rows[i].side != side || done[i])
            continue;
        if (stands_alone(&diff->rows[i]))
            print_row(sheet, diff, &diff->rows[i]);
        else
            print_fold(sheet, diff, i, done);
    }
}

void diff_text(const struct diff_report *report, const struct sheet *sheet)
{
    AUTO_FREE bool *done = mem_zero(report->diff->count, sizeof(*done));
    print_verdict(sheet, report);
    for (unsigned side = 0; side < DIFF_SIDE_COUNT; side++)
        print_side(sheet, report, (enum diff_side)side, done);
    if (report->diff->note_count)
        sheet_heading(sheet, "Notes");
    for (size_t i = 0; i < report->diff->note_count; i++)
        print_indented(sheet, report->diff->notes[i]);
}
