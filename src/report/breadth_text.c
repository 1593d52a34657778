#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/wrap.h"
#include "report/breadth_report.h"

enum { LABEL_COLUMN = 12, ROW_INDENT = 7, DETAILED_MAX = 3 /* profiles, beyond which there is only the table */ };

static const char *kind_of(const struct breadth_entry *entry)
{
    return entry->is_apparmor ? "AppArmor profile" : "seccomp profile";
}

static enum paint paint_of(unsigned score)
{
    return score >= 70 ? PAINT_GREEN : score >= 30 ? PAINT_YELLOW : PAINT_RED;
}

static void print_wrapped(const struct sheet *sheet, const char *text)
{
    (void)fprintf(sheet->out, "%*s", ROW_INDENT, "");
    wrap_words(sheet->out, text, strlen(text), ROW_INDENT, ROW_INDENT, sheet->width);
    (void)putc('\n', sheet->out);
}

/* ---- the head --------------------------------------------------------------------------------------------- */

static void print_calls(const struct sheet *sheet, const struct breadth *breadth)
{
    AUTO_BUF struct buf abis = BUF_INIT;
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        if (breadth->has_abi[abi])
            buf_printf(&abis, "%s%s", abis.length ? ", " : "", arch_get(abi)->name);
    sheet_row(sheet, PAINT_NONE, "allows", LABEL_COLUMN, "%zu calls through %s", breadth->allowed_calls, buf_text(&abis));
}

static void print_head(const struct sheet *sheet, const struct breadth_report *report, const struct breadth_entry *entry)
{
    AUTO_BUF struct buf name = BUF_INIT;
    text_escape(&name, entry->name, strlen(entry->name));
    (void)fprintf(sheet->out, sheet->color ? "\033[1m%s\033[0m: %s\n" : "%s: %s\n", buf_text(&name), kind_of(entry));
    if (entry->about) {
        buf_clear(&name);
        text_escape(&name, entry->about, strlen(entry->about));
        sheet_row(sheet, PAINT_NONE, "is", LABEL_COLUMN, "%s", buf_text(&name));
    }
    const struct breadth *breadth = &entry->breadth;
    sheet_row(sheet, paint_of(breadth->score), "score", LABEL_COLUMN, "%u of 100, %s: %s", breadth->score, breadth->grade->grade,
              breadth->grade->meaning);
    sheet_row(sheet, PAINT_NONE, "judged", LABEL_COLUMN, "for a container with %s", report->capabilities_as);
    if (!entry->is_apparmor)
        print_calls(sheet, breadth);
}

/* ---- the sum ------------------------------------------------------------------------------------------------ */

static void add_probe(struct buf *out, const struct breadth_entry *entry, const struct breadth_probe *probe)
{
    buf_printf(out, "%s%s", out->length ? ", " : "", entry->is_apparmor ? probe->what : probe->probe);
    if (probe->abi != ABI_NONE && arch_get(probe->abi)->family != probe->abi)
        buf_printf(out, " (%s)", arch_get(probe->abi)->name);
}

/* "packet-socket, vm86 (i386)", or the paths with what is done to them: the worst first, which is what the rest of the line is about. */
static void add_probes(struct buf *out, const struct breadth_entry *entry, const struct breadth_row *row)
{
    const struct breadth *breadth = &entry->breadth;
    add_probe(out, entry, row->worst);
    for (size_t i = 0; i < breadth->probe_count; i++)
        if (&breadth->probes[i] != row->worst && strcmp(breadth->probes[i].way, row->worst->way) == 0)
            add_probe(out, entry, &breadth->probes[i]);
}

/* Why it can be used, or not. */
static void add_use(struct buf *out, const struct breadth_probe *worst)
{
    if (worst->by_user_namespace)
        buf_printf(out, "; needs %s, which a user namespace gives", worst->needs);
    else if (!worst->usable)
        buf_printf(out, "; needs %s, which the container does not have", worst->needs);
}

static void print_row(const struct sheet *sheet, const struct breadth_entry *entry, const struct breadth_row *row)
{
    AUTO_BUF struct buf text = BUF_INIT;
    (void)fprintf(sheet->out, "%5u  %s", row->points, row->name);
    if (row->worst)
        (void)fprintf(sheet->out, "  [%s%s]", severity_name(row->worst->severity), row->worst->usable ? "" : ", not usable now");
    (void)putc('\n', sheet->out);
    if (row->worst) {
        add_probes(&text, entry, row);
        buf_add_text(&text, ": ");
    }
    buf_add_text(&text, row->why);
    if (row->worst)
        add_use(&text, row->worst);
    print_wrapped(sheet, buf_text(&text));
}

static void print_sum(const struct sheet *sheet, const struct breadth_entry *entry)
{
    const struct breadth *breadth = &entry->breadth;
    if (breadth->row_count)
        sheet_heading(sheet, "What it loses");
    for (size_t i = 0; i < breadth->row_count; i++)
        print_row(sheet, entry, &breadth->rows[i]);
    if (breadth->row_count)
        (void)fprintf(sheet->out, "%5u  in all: 100 - %u %s %u\n", breadth->lost, breadth->lost, breadth->lost > 100 ? "is below" : "=",
                      breadth->score);
    if (breadth->undone_count)
        sheet_heading(sheet, "Denials that another call undoes (not counted)");
    for (size_t i = 0; i < breadth->undone_count; i++) {
        const struct data_seccomp_undone *undone = breadth->undone[i];
        sheet_line(sheet, "%s is refused, %s allowed", undone->denied, undone->passes);
    }
}

/* ---- the table ---------------------------------------------------------------------------------------------- */

static int compare_entries(const void *left, const void *right)
{
    const struct breadth_entry *a = *(const struct breadth_entry *const *)left, *b = *(const struct breadth_entry *const *)right;
    if (a->breadth.score != b->breadth.score)
        return a->breadth.score > b->breadth.score ? -1 : 1;
    if (a->breadth.lost != b->breadth.lost)
        return a->breadth.lost < b->breadth.lost ? -1 : 1;
    return a < b ? -1 : a > b;
}

static void print_line(const struct sheet *sheet, const struct breadth_entry *entry)
{
    const struct breadth *breadth = &entry->breadth;
    AUTO_BUF struct buf name = BUF_INIT;
    text_escape(&name, entry->name, strlen(entry->name));
    bool bold = sheet->color && !entry->is_reference;
    (void)fprintf(sheet->out, "  %5u  %-8s  %8zu  %4zu  %6zu  %3zu", breadth->score, breadth->grade->grade,
                  breadth_count(breadth, SEVERITY_CRITICAL), breadth_count(breadth, SEVERITY_HIGH), breadth_count(breadth, SEVERITY_MEDIUM),
                  breadth_count(breadth, SEVERITY_LOW));
    if (!entry->is_apparmor)
        (void)fprintf(sheet->out, "  %5zu", breadth->allowed_calls);
    (void)fprintf(sheet->out, "  %s%s%s\n", bold ? "\033[1m" : "", buf_text(&name), bold ? "\033[0m" : "");
}

static void print_table(const struct sheet *sheet, const struct breadth_report *report, bool is_apparmor)
{
    AUTO_FREE const struct breadth_entry **rows = mem_zero(report->count, sizeof(const struct breadth_entry *));
    size_t count = 0;
    for (size_t i = 0; i < report->count; i++)
        if (report->entries[i].is_apparmor == is_apparmor)
            rows[count++] = &report->entries[i];
    if (count == 0)
        return;
    qsort(rows, count, sizeof(const struct breadth_entry *), compare_entries);
    sheet_heading(sheet, "%s, and how many ways are open by severity", is_apparmor ? "AppArmor profiles" : "Seccomp profiles");
    sheet_line(sheet, "score  %-8s  critical  high  medium  low%s  profile", "grade", is_apparmor ? "" : "  calls");
    for (size_t i = 0; i < count; i++)
        print_line(sheet, rows[i]);
}

static size_t count_given(const struct breadth_report *report)
{
    size_t count = 0;
    for (size_t i = 0; i < report->count; i++)
        count += !report->entries[i].is_reference;
    return count;
}

void breadth_text(const struct breadth_report *report, const struct sheet *sheet)
{
    const char *gap = "";
    bool detailed = count_given(report) <= DETAILED_MAX;
    for (size_t i = 0; detailed && i < report->count; i++) {
        if (report->entries[i].is_reference)
            continue;
        (void)fputs(gap, sheet->out);
        print_head(sheet, report, &report->entries[i]);
        print_sum(sheet, &report->entries[i]);
        gap = "\n";
    }
    if (!detailed)
        (void)fprintf(sheet->out, "Judged for a container with %s.\n", report->capabilities_as);
    print_table(sheet, report, false);
    print_table(sheet, report, true);
}
