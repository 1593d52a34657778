#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "report/denials_report.h"
#include "report/denials_words.h"
#include "base/human.h"

enum { COLUMN = 14, INDENT = 6 };

static void print_summary(const struct denials_report *report, const struct sheet *sheet)
{
    static const struct {
        enum denial_outcome outcome;
        enum paint paint;
        const char *label;
        const char *meaning;
    } rows[] = {
        {DENIAL_SURE, PAINT_RED, "DENIED", "would be denied"},
        {DENIAL_UNKNOWN, PAINT_YELLOW, "UNKNOWN", "cannot be told: what decides was not recorded"},
        {DENIAL_UNCHANGED, PAINT_NONE, "unchanged", "would be denied, as when it was recorded"},
        {DENIAL_FALLBACK, PAINT_NONE, "fallback", "would be denied, upon which libraries use another call"},
    };
    char count[HUMAN_MAX];
    if (denials_count(report->denials, DENIAL_SURE) == 0)
        sheet_row(sheet, PAINT_GREEN, "CLEAN", COLUMN, "nothing that was seen would be denied");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        size_t found = denials_count(report->denials, rows[i].outcome);
        if (found > 0)
            sheet_row(sheet, rows[i].paint, rows[i].label, COLUMN, "%s %s",
                      human_plural(found, "thing", "things", count), rows[i].meaning);
    }
    if (report->seccomp_file)
        sheet_row(sheet, PAINT_NONE, "seccomp", COLUMN, "%s", report->seccomp_file);
    if (report->apparmor_file)
        sheet_row(sheet, PAINT_NONE, "AppArmor", COLUMN, "%s, profile %s", report->apparmor_file,
                  report->apparmor_profile);
    sheet_row(sheet, PAINT_NONE, "recorded", COLUMN, "%s", report->recorded);
    sheet_row(sheet, PAINT_NONE, "judged", COLUMN, "by profgen, %s", report->judged_as);
}

static void add_times(struct buf *out, const struct denial *denial)
{
    char text[HUMAN_MAX];
    uint64_t total = denial->count[PHASE_STARTUP] + denial->count[PHASE_SERVING];
    const char *phase = denial->in[PHASE_STARTUP] ? denial->in[PHASE_SERVING] ? "in start-up and serving" : "in start-up"
                                                  : "while serving";
    if (total > 0)
        buf_printf(out, "%s, ", human_plural(total, "time", "times", text));
    if (denial->first_ns != UINT64_MAX)
        buf_printf(out, "first after %s, ", human_duration(denial->first_ns, text));
    buf_add_text(out, phase);
}

static void print_denial(const struct denials_report *report, const struct sheet *sheet, const struct denial *denial)
{
    AUTO_BUF struct buf what = BUF_INIT;
    AUTO_BUF struct buf more = BUF_INIT;
    AUTO_BUF struct buf image = BUF_INIT;
    denial_add_what(&what, denial);
    buf_add_text(&what, denial->kind == DENIAL_CALL ? " " : ": ");
    denial_add_fate(&what, denial);
    sheet_line(sheet, "%s", buf_text(&what));
    if (denial->reason)
        sheet_row(sheet, PAINT_NONE, "", INDENT, "%s", denial->reason);
    add_times(&more, denial);
    denial_add_image(&image, report->recording, denial);
    if (image.length > 0)
        buf_printf(&more, ", by %s", buf_text(&image));
    sheet_row(sheet, PAINT_NONE, "", INDENT, "%s", buf_text(&more));
}

static void print_outcome(const struct denials_report *report, const struct sheet *sheet, enum denial_outcome outcome,
                          const char *heading)
{
    if (denials_count(report->denials, outcome) == 0)
        return;
    sheet_heading(sheet, "%s", heading);
    for (size_t i = 0; i < report->denials->count; i++)
        if (report->denials->items[i].outcome == outcome)
            print_denial(report, sheet, &report->denials->items[i]);
}

static void print_sentences(const struct sheet *sheet, const char *heading, char *const *sentences, size_t count)
{
    if (count == 0)
        return;
    sheet_heading(sheet, "%s", heading);
    for (size_t i = 0; i < count; i++) {
        AUTO_BUF struct buf text = BUF_INIT;
        text_escape(&text, sentences[i], strlen(sentences[i]));
        sheet_row(sheet, PAINT_NONE, "-", 4, "%s", buf_text(&text));
    }
}

static void print_seccomp_remedy(const struct seccomp_policy *added, const struct sheet *sheet)
{
    if (added->abi_count > 0) {
        sheet_heading(sheet, "Add to \"architectures\"");
        for (size_t i = 0; i < added->abi_count; i++)
            sheet_line(sheet, "\"%s\"", arch_get(added->abis[i])->scmp);
    }
    if (added->rule_count == 0)
        return;
    sheet_heading(sheet, "Add to \"syscalls\"");
    for (size_t i = 0; i < added->rule_count; i++) {
        AUTO_BUF struct buf rule = BUF_INIT;
        struct json_out json;
        json_out_init(&json, &rule);
        denial_write_rule(&json, &added->rules[i]);
        size_t length = strcspn(buf_text(&rule), "\n"); /* which ends a document */
        sheet_line(sheet, "%.*s%s", (int)length, buf_text(&rule), i + 1 < added->rule_count ? "," : "");
    }
}

void denials_remedy_text(const struct denials_remedy *remedy, const struct sheet *sheet)
{
    AUTO_BUF struct buf rules = BUF_INIT;
    print_sentences(sheet, "To change", remedy->changes, remedy->change_count);
    if (remedy->more_changes > 0)
        sheet_row(sheet, PAINT_NONE, "-", 4, "and %zu more", remedy->more_changes);
    print_seccomp_remedy(remedy->seccomp, sheet);
    apparmor_policy_write_rules(remedy->apparmor, &rules);
    if (rules.length == 0)
        return;
    sheet_heading(sheet, "Add to the AppArmor profile");
    (void)fputs(buf_text(&rules), sheet->out);
}

void denials_text(const struct denials_report *report, const struct sheet *sheet)
{
    print_summary(report, sheet);
    print_outcome(report, sheet, DENIAL_SURE, "Would be denied");
    print_outcome(report, sheet, DENIAL_UNKNOWN, "Not known");
    print_outcome(report, sheet, DENIAL_UNCHANGED, "Fails as it did when recorded");
    print_outcome(report, sheet, DENIAL_FALLBACK, "Falls back to another call");
    denials_remedy_text(report->remedy, sheet);
    print_sentences(sheet, "What this does not show", report->denials->notes, report->denials->note_count);
}
