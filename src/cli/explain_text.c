#include <string.h>

#include "base/text.h"
#include "base/wrap.h"
#include "cli/explain.h"
#include "model/default_profile.h"
#include "model/risk.h"

enum { LABEL_COLUMN = 12, INDENT = 2, PROSE_MAX = 100 };

static size_t prose_width(const struct sheet *sheet)
{
    return sheet->width < PROSE_MAX ? sheet->width : PROSE_MAX;
}

/* A rule of a user may hold any byte; the ends of its lines become end. */
static void add_harmless(struct buf *out, const char *text, size_t length, const char *end)
{
    for (const char *behind = text + length; text < behind;) {
        size_t line = strcspn(text, "\n");
        text_escape(out, text, line);
        text += line + 1;
        buf_add_text(out, end);
    }
}

/* What can be pasted. */
static void print_lines(const struct sheet *sheet, const char *text)
{
    AUTO_BUF struct buf harmless = BUF_INIT;
    add_harmless(&harmless, text, strlen(text), "\n");
    (void)fprintf(sheet->out, "%*s", INDENT, "");
    wrap_lines(sheet->out, buf_text(&harmless), INDENT, prose_width(sheet));
}

/* Paragraphs, which empty lines part, filled up to the width. */
static void print_prose(const struct sheet *sheet, const char *text)
{
    AUTO_BUF struct buf harmless = BUF_INIT;
    while (*text) {
        const char *gap = strstr(text, "\n\n");
        size_t length = gap ? (size_t)(gap - text) : strlen(text);
        buf_clear(&harmless);
        add_harmless(&harmless, text, length, " ");
        (void)fprintf(sheet->out, "%*s", INDENT, "");
        wrap_words(sheet->out, buf_text(&harmless), harmless.length, INDENT, INDENT, prose_width(sheet));
        (void)fputs(gap ? "\n\n" : "\n", sheet->out);
        text += length + (gap ? 2 : 0);
    }
}

static void print_title(const struct sheet *sheet, const char *name, const char *title)
{
    (void)fprintf(sheet->out, sheet->color ? "\033[1m%s\033[0m" : "%s", name);
    (void)fprintf(sheet->out, "\n%s\n\n", title);
}

/* ---- a rule --------------------------------------------------------------------------------------------------------- */

static void add_names(struct buf *out, const struct node *list)
{
    for (const struct node *item = node_first(list); item; item = item->next)
        buf_printf(out, "%s%s", out->length ? ", " : "", node_text(item));
}

static const char *judged(const struct rule *rule, struct buf *out)
{
    AUTO_BUF struct buf formats = BUF_INIT;
    for (unsigned kind = 0; kind < SUBJECT_KIND_COUNT; kind++)
        if (rule->subjects >> kind & 1)
            buf_printf(out, "%s%s", out->length ? ", " : "", subject_kind_name((enum subject_kind)kind));
    add_names(&formats, rule->formats);
    if (formats.length)
        buf_printf(out, " (%s)", buf_text(&formats));
    return buf_text(out);
}

static enum paint paint_of(enum severity severity)
{
    return severity >= SEVERITY_HIGH ? PAINT_RED : severity == SEVERITY_MEDIUM ? PAINT_YELLOW : PAINT_NONE;
}

static void print_head(const struct sheet *sheet, const struct rule *rule)
{
    const struct rule_info *info = &rule->info;
    AUTO_BUF struct buf subjects = BUF_INIT;
    AUTO_BUF struct buf name = BUF_INIT;
    buf_printf(&name, "%s %s", info->id, info->name);
    print_title(sheet, buf_text(&name), info->title);
    sheet_row(sheet, paint_of(info->severity), "severity", LABEL_COLUMN, "%s", severity_name(info->severity));
    sheet_row(sheet, PAINT_NONE, "layer", LABEL_COLUMN, "%s", layer_name(info->layer));
    sheet_row(sheet, PAINT_NONE, "judges", LABEL_COLUMN, "%s", judged(rule, &subjects));
    if (info->pss_level)
        sheet_row(sheet, PAINT_NONE, "standard", LABEL_COLUMN, "Pod Security %s, check %s", info->pss_level, info->pss_check);
}

static void print_fixes(const struct sheet *sheet, const struct rule *rule)
{
    if (!node_is(rule->fix, NODE_MAP)) {
        sheet_heading(sheet, "Fix");
        print_lines(sheet, rule->info.fix);
        return;
    }
    for (const struct node *fix = node_first(rule->fix); fix; fix = fix->next) {
        bool other = strcmp(fix->key, "default") == 0;
        sheet_heading(sheet, "Fix (%s)", other ? "elsewhere" : fix->key);
        print_lines(sheet, node_text(fix));
    }
}

static void print_examples(const struct sheet *sheet, const struct rule *rule, const char *sort, const char *heading)
{
    const struct node *examples = node_get(rule->examples, sort);
    if (node_text(examples)) {
        sheet_heading(sheet, "%s", heading);
        print_lines(sheet, node_text(examples));
    }
    for (const struct node *item = node_is(examples, NODE_LIST) ? node_first(examples) : NULL; item; item = item->next) {
        if (!node_text(item))
            continue;
        sheet_heading(sheet, "%s", heading);
        print_lines(sheet, node_text(item));
    }
}

static void print_rule(const struct sheet *sheet, const struct rule *rule)
{
    print_head(sheet, rule);
    sheet_heading(sheet, "Why");
    print_prose(sheet, rule->info.why);
    print_fixes(sheet, rule);
    print_examples(sheet, rule, "bad", "Bad example");
    print_examples(sheet, rule, "good", "Good example");
    if (rule->info.reference_count)
        sheet_heading(sheet, "References");
    for (size_t i = 0; i < rule->info.reference_count; i++)
        print_lines(sheet, rule->info.references[i]);
}

/* ---- capabilities and system calls ---------------------------------------------------------------------------------- */

static const char *yes_or_no(const char *value)
{
    return strcmp(value, "yes") == 0 ? "yes" : "no";
}

static void print_capability(const struct sheet *sheet, const struct data_capabilities *row)
{
    AUTO_BUF struct buf title = BUF_INIT;
    buf_printf(&title, "capability %d, since Linux %s", row->number, row->since_kernel);
    print_title(sheet, row->capability, buf_text(&title));
    sheet_row(sheet, PAINT_NONE, "permits", LABEL_COLUMN, "%s", row->operations);
    sheet_row(sheet, PAINT_NONE, "risk", LABEL_COLUMN, "%s", row->risk);
    if (row->syscalls[0])
        sheet_row(sheet, PAINT_NONE, "calls", LABEL_COLUMN, "%s", row->syscalls);
    sheet_row(sheet, PAINT_NONE, "default", LABEL_COLUMN, "Docker %s, Podman %s", yes_or_no(row->docker_default),
              yes_or_no(row->podman_default));
    sheet_row(sheet, PAINT_NONE, "standard", LABEL_COLUMN, "a pod may add it at Pod Security baseline: %s, restricted: %s",
              yes_or_no(row->pss_baseline_add), yes_or_no(row->pss_restricted_add));
}

/* When the profiles allow it that runtimes put around a container. */
static void print_defaults(const struct sheet *sheet, const char *call)
{
    for (size_t i = 0; i < data_default_profiles_count; i++) {
        AUTO_FREE char *words = default_profile_words(data_default_profiles[i].engine, call);
        sheet_row(sheet, PAINT_NONE, i ? "" : "allowed", LABEL_COLUMN, "by %s's default profile %s", data_default_profiles[i].title, words);
    }
}

static void print_syscall(const struct sheet *sheet, const char *name)
{
    struct risk risk = risk_of_syscall(name);
    print_title(sheet, name, "system call");
    sheet_row(sheet, PAINT_NONE, "risk", LABEL_COLUMN, "%s%s%s", risk_level_name(risk.level), risk.why[0] ? ": " : "", risk.why);
    if (risk.facts && risk.facts->capability[0])
        sheet_row(sheet, PAINT_NONE, "needs", LABEL_COLUMN, "%s", risk.facts->capability);
    print_defaults(sheet, name);
    if (risk.facts && risk.facts->cves[0])
        sheet_row(sheet, PAINT_NONE, "bugs", LABEL_COLUMN, "%s", risk.facts->cves);
}

void explain_text(const struct topic *topics, size_t count, const struct sheet *sheet)
{
    for (size_t i = 0; i < count; i++) {
        if (i)
            (void)fputs("\n\n", sheet->out);
        if (topics[i].rule)
            print_rule(sheet, topics[i].rule);
        else if (topics[i].capability)
            print_capability(sheet, topics[i].capability);
        else
            print_syscall(sheet, topics[i].syscall);
    }
}

/* ---- the list --------------------------------------------------------------------------------------------------------- */

void explain_list(const struct topic *topics, size_t count, const struct sheet *sheet)
{
    enum { ID_WIDTH = 7, SEVERITY_WIDTH = 10, LAYER_WIDTH = 15, COLUMN = ID_WIDTH + SEVERITY_WIDTH + LAYER_WIDTH };
    for (size_t i = 0; i < count; i++) {
        const struct rule_info *info = &topics[i].rule->info;
        bool fits = strlen(info->id) < ID_WIDTH;
        if (fits)
            (void)fprintf(sheet->out, "%-*s", ID_WIDTH, info->id);
        else
            (void)fprintf(sheet->out, "%s\n%*s", info->id, ID_WIDTH, "");
        (void)fprintf(sheet->out, "%-*s%-*s%s\n%*s", SEVERITY_WIDTH, severity_name(info->severity), LAYER_WIDTH,
                      layer_name(info->layer), info->name, COLUMN, "");
        wrap_words(sheet->out, info->title, strlen(info->title), COLUMN, COLUMN, prose_width(sheet));
        (void)putc('\n', sheet->out);
    }
}
