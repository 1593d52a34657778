#include <inttypes.h>
#include <string.h>

#include "base/errno_name.h"
#include "base/buf.h"
#include "base/mem.h"
#include "report/advice_report.h"
#include "base/human.h"

enum {
    COLUMN = 13,       /* where text begins, behind the label */
    ITEMS_SHOWN = 8,   /* of one piece of evidence */
};

static const enum paint verdict_paint[] = {
    [VERDICT_NO] = PAINT_RED, [VERDICT_POSSIBLE] = PAINT_YELLOW, [VERDICT_LIKELY] = PAINT_YELLOW, [VERDICT_YES] = PAINT_GREEN,
};

/* ---- recommendation --------------------------------------------------------------------------- */

static void add_platform(struct buf *text, const struct data_advice_platforms *platform)
{
    if (*platform->class)
        buf_printf(text, "RuntimeClass %s", platform->class);
    else
        buf_add_text(text, strcmp(platform->platform, "runc") == 0 ? "plain runc with the profiles; no RuntimeClass"
                                                                   : platform->name);
}

static void print_choice(const struct advice_choice *choice, const struct sheet *sheet)
{
    AUTO_BUF struct buf text = BUF_INIT;
    add_platform(&text, choice->platform);
    buf_printf(&text, ": %s", choice->why);
    sheet_row(sheet, PAINT_BOLD, "use", COLUMN, "%s", buf_text(&text));
    if (choice->untrusted == choice->platform)
        return;
    buf_clear(&text);
    if (choice->untrusted) {
        add_platform(&text, choice->untrusted);
        buf_add_text(&text, ": ");
    }
    buf_add_text(&text, choice->untrusted_why);
    sheet_row(sheet, PAINT_BOLD, "untrusted", COLUMN, "when its code is not trusted, %s", buf_text(&text));
}

/* ---- evidence --------------------------------------------------------------------------------- */

static void add_results(struct buf *text, const struct advice_item *item)
{
    char name[ERRNO_NAME_MAX];
    if (item->error && item->failed == item->seen)
        buf_printf(text, ", always %s", errno_name(item->error, name));
    else if (item->error)
        buf_printf(text, ", %s %" PRIu64 " of %" PRIu64 " seen", errno_name(item->error, name), item->failed,
                   item->seen);
}

static void add_item(struct buf *text, const struct advice_item *item)
{
    char number[HUMAN_MAX];
    buf_add_text(text, item->what);
    if (item->count)
        buf_printf(text, " %s", human_plural(item->count, "time", "times", number));
    add_results(text, item);
    if (*item->answer || *item->detail)
        buf_printf(text, " (there %s%s%s)", item->answer, *item->answer && *item->detail ? ": " : "", item->detail);
}

static void add_items(struct buf *text, const struct advice_evidence *evidence)
{
    size_t shown = evidence->item_count < ITEMS_SHOWN ? evidence->item_count : ITEMS_SHOWN;
    for (size_t i = 0; i < shown; i++) {
        buf_add_text(text, i ? "; " : ": ");
        add_item(text, &evidence->items[i]);
    }
    size_t more = evidence->item_count + evidence->omitted - shown;
    if (more)
        buf_printf(text, "; and %zu more", more);
}

static void print_evidence(const struct advice_evidence *evidence, const struct sheet *sheet)
{
    static const char *const labels[] = {[EFFECT_NO] = "against", [EFFECT_POSSIBLE] = "doubt", [EFFECT_LIKELY] = "doubt",
                                         [EFFECT_NOTE] = "note", [EFFECT_FITS] = "for"};
    AUTO_BUF struct buf text = BUF_INIT;
    buf_add_text(&text, evidence->rule->says);
    add_items(&text, evidence);
    sheet_row(sheet, PAINT_NONE, labels[evidence->effect], COLUMN, "%s [%s]", buf_text(&text), evidence->rule->source);
}

static bool is_unikernel(const struct advice_place *place)
{
    return strcmp(place->platform->kind, "unikernel") == 0;
}

static bool has_rule(const struct advice_place *place, const struct data_advice_rules *rule)
{
    for (size_t i = 0; i < place->evidence_count; i++)
        if (place->evidence[i].rule == rule)
            return true;
    return false;
}

/* What holds for every unikernel is said once. */
static bool is_common(const struct advice *advice, const struct data_advice_rules *rule)
{
    for (size_t i = 0; i < advice->place_count; i++)
        if (is_unikernel(&advice->places[i]) && !has_rule(&advice->places[i], rule))
            return false;
    return true;
}

/* What makes no difference any more is left to the JSON. */
static bool is_shown(const struct advice *advice, const struct advice_place *place,
                     const struct advice_evidence *evidence)
{
    if (!is_unikernel(place))
        return true;
    return !is_common(advice, evidence->rule) && (place->verdict != VERDICT_NO || evidence->effect == EFFECT_NO);
}

static void print_common(const struct advice *advice, const struct sheet *sheet)
{
    const struct advice_place *first = NULL;
    for (size_t i = 0; i < advice->place_count && !first; i++)
        if (is_unikernel(&advice->places[i]))
            first = &advice->places[i];
    bool headed = false;
    for (size_t i = 0; first && i < first->evidence_count; i++) {
        if (!is_common(advice, first->evidence[i].rule))
            continue;
        if (!headed)
            sheet_heading(sheet, "Every unikernel");
        headed = true;
        print_evidence(&first->evidence[i], sheet);
    }
}

static void print_place(const struct advice *advice, const struct advice_place *place, const struct sheet *sheet)
{
    sheet_heading(sheet, "%s: %s", place->platform->name, verdict_name(place->verdict));
    sheet_row(sheet, verdict_paint[place->verdict], "if", COLUMN, "%s", place->platform->condition);
    for (size_t i = 0; i < place->evidence_count; i++)
        if (is_shown(advice, place, &place->evidence[i]))
            print_evidence(&place->evidence[i], sheet);
    for (size_t i = 0; i < data_advice_costs_count; i++) {
        const struct data_advice_costs *cost = &data_advice_costs[i];
        if (advice_cost_applies(advice, place, cost))
            sheet_row(sheet, PAINT_NONE, "cost", COLUMN, "%s: %s (%s) [%s]", cost->metric, cost->figure, cost->when,
                      cost->source);
    }
}

/* ---- what it asks for ------------------------------------------------------------------------- */

static void print_files(const struct advice_load *load, const struct sheet *sheet)
{
    char opens[HUMAN_MAX];
    char files[HUMAN_MAX];
    char reads[HUMAN_MAX];
    char looks[HUMAN_MAX];
    char time[HUMAN_MAX];
    const char *until = load->served ? "before the first request" : "in the whole run";
    sheet_row(sheet, PAINT_NONE, "files", COLUMN, "%s, of %s, %s and %s %s, in %s",
              human_plural(load->opens, "open", "opens", opens),
              human_plural(load->files, "regular file", "regular files", files),
              human_plural(load->reads, "read", "reads", reads),
              human_plural(load->looks, "look at metadata", "looks at metadata", looks), until,
              human_duration(load->startup_ns, time));
    if (load->opens >= ADVICE_MANY_OPENS)
        sheet_row(sheet, PAINT_YELLOW, "", COLUMN,
                  "many (%d and more count so here): each goes through gVisor's Gofer or Sentry, and start-up is where that shows",
                  ADVICE_MANY_OPENS);
}

static void print_calls(const struct advice_load *load, const struct sheet *sheet)
{
    char calls[HUMAN_MAX];
    char rate[HUMAN_MAX];
    char serving[HUMAN_MAX];
    AUTO_BUF struct buf text = BUF_INIT;
    buf_printf(&text, "%s, %s a second while traced", human_plural(load->calls, "system call", "system calls", calls),
               human_count(load->calls_per_second, rate));
    if (load->served)
        buf_printf(&text, ", %s a second while serving", human_count(load->serving_calls_per_second, serving));
    if (load->calls_per_second >= ADVICE_MANY_CALLS || load->serving_calls_per_second >= ADVICE_MANY_CALLS)
        buf_printf(&text, ": many (%s and more count so here)", human_count(ADVICE_MANY_CALLS, rate));
    sheet_row(sheet, PAINT_NONE, "calls", COLUMN, "%s", buf_text(&text));
}

static void print_load(const struct advice_load *load, const struct sheet *sheet)
{
    char memory[HUMAN_MAX];
    char processes[HUMAN_MAX];
    char threads[HUMAN_MAX];
    sheet_heading(sheet, "What it asks for");
    print_files(load, sheet);
    print_calls(load, sheet);
    sheet_row(sheet, PAINT_NONE, "at once", COLUMN, "%s, %s, %s",
              human_bytes(load->peak_memory_bytes, memory),
              human_plural(load->peak_processes, "process", "processes", processes),
              human_plural(load->peak_threads, "thread", "threads", threads));
}

static void print_limits(const struct advice_limits *limits, const struct sheet *sheet)
{
    sheet_heading(sheet, "Requests and limits, with a margin of %u%%", limits->margin);
    if (limits->memory_limit_mib)
        sheet_row(sheet, PAINT_NONE, "memory", COLUMN,
                  "request %" PRIu64 "Mi, limit %" PRIu64 "Mi: the sampled peak, and the margin above it; at least %dMi, below which "
                  "Docker takes no limit",
                  limits->memory_request_mib, limits->memory_limit_mib, ADVICE_MEMORY_MIN_MIB);
    if (limits->cpu_mean_milli)
        sheet_row(sheet, PAINT_NONE, "cpu", COLUMN,
                  "request %" PRIu64 "m, limit %" PRIu64 "m: the mean was %" PRIu64 "m, and the margin; the limit in whole "
                  "processors, because bursts were not measured", limits->cpu_request_milli, limits->cpu_limit_milli,
                  limits->cpu_mean_milli);
    if (limits->pids_limit)
        sheet_row(sheet, PAINT_NONE, "pids", COLUMN,
                  "limit %" PRIu64 ": threads count, too; at least %d are left free for an exec into the container. It is an option "
                  "of the engine (--pids-limit) or the kubelet (podPidsLimit), not of a pod",
                  limits->pids_limit, ADVICE_SPARE_TASKS);
    sheet_row(sheet, PAINT_NONE, "margin", COLUMN,
              "sampled peaks of few runs are lower bounds, and beyond its memory limit the kernel kills; --margin "
              "sets another. A sandbox's own memory comes on top: see its costs");
}

static void print_unknown(const struct advice *advice, const struct sheet *sheet)
{
    sheet_heading(sheet, "What this cannot know");
    for (size_t i = 0; i < advice->unknown_count; i++)
        sheet_row(sheet, PAINT_NONE, "-", 4, "%s", advice->unknown[i]);
}

static void print_verdicts(const struct advice *advice, const struct sheet *sheet)
{
    sheet_heading(sheet, "Would it run there?");
    for (size_t i = 0; i < advice->place_count; i++) {
        const struct advice_place *place = &advice->places[i];
        sheet_row(sheet, verdict_paint[place->verdict], verdict_name(place->verdict), COLUMN, "%s", place->platform->name);
    }
}

void advice_text(const struct advice *advice, const struct sheet *sheet)
{
    print_choice(&advice->choice, sheet);
    print_verdicts(advice, sheet);
    print_load(&advice->load, sheet);
    print_limits(&advice->limits, sheet);
    for (size_t i = 0; i < advice->place_count; i++) {
        bool first = is_unikernel(&advice->places[i]) && (i == 0 || !is_unikernel(&advice->places[i - 1]));
        if (first)
            print_common(advice, sheet);
        print_place(advice, &advice->places[i], sheet);
    }
    print_unknown(advice, sheet);
}
