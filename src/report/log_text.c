#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "report/denials_report.h"
#include "base/human.h"
#include "report/log_report.h"
#include "report/log_words.h"

enum { COLUMN = 14, INDENT = 6 };

/* ---- the summary -------------------------------------------------------------------------------- */

static void add_times(struct buf *out, int64_t first_ms, int64_t last_ms)
{
    char text[HUMAN_MAX];
    if (first_ms == AUDIT_NO_TIME)
        return;
    buf_printf(out, "%s", human_time(first_ms / 1000, text));
    if (last_ms / 1000 != first_ms / 1000)
        buf_printf(out, " to %s", human_time(last_ms / 1000, text));
}

static void print_fate(const struct audit_log *log, const struct sheet *sheet, enum audit_fate fate, enum paint paint,
                       const char *label, const char *meaning)
{
    char things[HUMAN_MAX];
    char text[HUMAN_MAX];
    uint64_t count = 0;
    uint64_t times = 0;
    for (size_t i = 0; i < log->entry_count; i++)
        if (log->entries[i].thing.fate == fate) {
            count++;
            times += log->entries[i].count;
        }
    if (count > 0)
        sheet_row(sheet, paint, label, COLUMN, "%s, %s%s", human_plural(count, "thing", "things", things),
                  human_plural(times, "time", "times", text), meaning);
}

static void print_standings(const struct log_review *review, const struct sheet *sheet)
{
    static const struct {
        enum log_standing standing;
        const char *meaning;
    } rows[] = {
        {LOG_EXPLAINED, "the profile refuses, as was logged"},
        {LOG_DIFFERENT, "the profile refuses, but not as was logged"},
        {LOG_PERHAPS, "the profile may refuse: what decides is not in the log"},
        {LOG_BEYOND, "its rules allow, and the kernel refused for another reason"},
        {LOG_OLDER, "the profile allows: another version, or another filter, was loaded"},
        {LOG_OTHER_PROFILE, "of other profiles"},
        {LOG_NOT_ASKED, "of a kind that no profile is given for"},
    };
    char count[HUMAN_MAX];
    const char *label = "profile";
    for (size_t i = 0; i < ARRAY_COUNT(rows) && review->has_profiles; i++) {
        size_t found = log_review_count(review, rows[i].standing);
        if (found == 0)
            continue;
        sheet_row(sheet, PAINT_NONE, label, COLUMN, "%s %s", human_plural(found, "thing", "things", count), rows[i].meaning);
        label = "";
    }
}

static void print_read(const struct log_report *report, const struct sheet *sheet)
{
    const struct audit_log *log = report->review->log;
    AUTO_BUF struct buf text = BUF_INIT;
    char count[HUMAN_MAX];
    for (size_t i = 0; i < report->file_count; i++) {
        buf_add_text(&text, i ? ", " : "");
        const char *name = strcmp(report->files[i], "-") == 0 ? "standard input" : report->files[i];
        text_escape(&text, name, strlen(name));
    }
    sheet_row(sheet, PAINT_NONE, "log", COLUMN, "%s", buf_text(&text));
    buf_clear(&text);
    buf_add_text(&text, human_plural(log->lines, "line", "lines", count));
    buf_printf(&text, ": %s", human_plural(log->apparmor, "AppArmor record", "AppArmor records", count));
    buf_printf(&text, ", %s", human_plural(log->seccomp, "seccomp record", "seccomp records", count));
    if (log->status > 0)
        buf_printf(&text, "; %s of profiles loaded", human_count(log->status, count));
    if (log->passed > 0)
        buf_printf(&text, "; %s of other profiles than %s", human_count(log->passed, count), log->only);
    if (log->twice > 0)
        buf_printf(&text, "; %s more that are there twice", human_count(log->twice, count));
    sheet_row(sheet, PAINT_NONE, "read", COLUMN, "%s", buf_text(&text));
    buf_clear(&text);
    add_times(&text, log->first_ms, log->last_ms);
    if (text.length > 0)
        sheet_row(sheet, PAINT_NONE, "time", COLUMN, "%s", buf_text(&text));
}

static void print_profiles(const struct log_report *report, const struct sheet *sheet)
{
    const struct apparmor_file *file = report->apparmor;
    AUTO_BUF struct buf name = BUF_INIT;
    char count[HUMAN_MAX];
    text_escape(&name, file->profiles[0]->name, strlen(file->profiles[0]->name));
    if (file->profile_count == 1)
        sheet_row(sheet, PAINT_NONE, "AppArmor", COLUMN, "%s, profile %s", report->apparmor_file, buf_text(&name));
    else
        sheet_row(sheet, PAINT_NONE, "AppArmor", COLUMN, "%s, %s", report->apparmor_file,
                  human_plural(file->profile_count, "profile", "profiles", count));
}

static void print_summary(const struct log_report *report, const struct sheet *sheet)
{
    const struct audit_log *log = report->review->log;
    uint64_t times;
    if (audit_log_is_unreadable(log))
        sheet_row(sheet, PAINT_RED, "UNREAD", COLUMN, "no record in the log could be read");
    else if (audit_log_denials(log, &times) == 0)
        sheet_row(sheet, PAINT_GREEN, "CLEAN", COLUMN, "nothing in the log was denied");
    print_fate(log, sheet, AUDIT_DENIED, PAINT_RED, "DENIED", "");
    print_fate(log, sheet, AUDIT_LET, PAINT_YELLOW, "COMPLAIN", ": let through, and denied once the profile is enforced");
    print_fate(log, sheet, AUDIT_HANDED, PAINT_NONE, "handed over", ": a supervisor or tracer decided");
    print_fate(log, sheet, AUDIT_ALLOWED, PAINT_NONE, "audited", ": allowed by a rule that asks for a record");
    print_standings(report->review, sheet);
    print_read(report, sheet);
    if (report->seccomp_file)
        sheet_row(sheet, PAINT_NONE, "seccomp", COLUMN, "%s", report->seccomp_file);
    if (report->apparmor_file)
        print_profiles(report, sheet);
    if (report->judged_as)
        sheet_row(sheet, PAINT_NONE, "judged", COLUMN, "by profgen, %s", report->judged_as);
}

/* ---- groups ------------------------------------------------------------------------------------- */

static void print_entry(const struct log_review *review, const struct sheet *sheet, size_t number)
{
    const struct audit_entry *entry = &review->log->entries[number];
    const struct audit_thing *thing = &entry->thing;
    AUTO_BUF struct buf what = BUF_INIT;
    AUTO_BUF struct buf who = BUF_INIT;
    AUTO_BUF struct buf when = BUF_INIT;
    AUTO_BUF struct buf standing = BUF_INIT;
    const char *info = audit_log_text(review->log, thing->info);
    char count[HUMAN_MAX];
    log_add_what(&what, review->log, entry);
    log_add_who(&who, review->log, thing);
    add_times(&when, entry->first_ms, entry->last_ms);
    log_add_standing(&standing, review->log, thing, &review->judgements[number]);
    sheet_line(sheet, "%s: %s", buf_text(&what), log_fate(thing));
    sheet_row(sheet, PAINT_NONE, "", INDENT, "%s%s%s%s%s", human_plural(entry->count, "time", "times", count),
              when.length ? ", " : "", buf_text(&when), who.length ? ", by " : "", buf_text(&who));
    if (info && review->judgements[number].standing != LOG_BEYOND) {
        AUTO_BUF struct buf text = BUF_INIT;
        text_escape(&text, info, strlen(info));
        sheet_row(sheet, PAINT_NONE, "", INDENT, "the kernel says: %s", buf_text(&text));
    }
    if (standing.length > 0)
        sheet_row(sheet, PAINT_NONE, "", INDENT, "%s", buf_text(&standing));
}

static void print_group(const struct log_review *review, const struct sheet *sheet, const struct log_group *group)
{
    AUTO_BUF struct buf name = BUF_INIT;
    char things[HUMAN_MAX];
    char times[HUMAN_MAX];
    text_escape(&name, group->name, strlen(group->name));
    sheet_heading(sheet, "%s%s%s: %s, %s", group->is_seccomp ? "seccomp" : "AppArmor profile",
                  group->is_seccomp && name.length ? " of " : name.length ? " " : "", buf_text(&name),
                  human_plural(group->entry_count, "thing", "things", things),
                  human_plural(group->times, "time", "times", times));
    for (size_t i = 0; i < group->entry_count; i++)
        print_entry(review, sheet, group->entries[i]);
    denials_remedy_text(&group->remedy, sheet);
}

static void print_troubles(const struct audit_log *log, const struct sheet *sheet)
{
    char count[HUMAN_MAX];
    sheet_heading(sheet, "What this does not show");
    sheet_row(sheet, PAINT_NONE, "-", 4, "%s", loss_cause_sentence(LOSS_LOG));
    for (enum audit_trouble trouble = 0; trouble < AUDIT_TROUBLE_COUNT; trouble++) {
        const struct audit_troubles *slot = &log->troubles[trouble];
        if (slot->count == 0)
            continue;
        sheet_row(sheet, PAINT_NONE, "-", 4, "%s: %s", audit_trouble_sentence(trouble), human_count(slot->count, count));
        if (slot->example)
            sheet_line(sheet, "    %s", slot->example);
    }
}

void log_text(const struct log_report *report, const struct sheet *sheet)
{
    print_summary(report, sheet);
    for (size_t i = 0; i < report->review->group_count; i++)
        print_group(report->review, sheet, &report->review->groups[i]);
    print_troubles(report->review->log, sheet);
}
