#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/errno_name.h"
#include "base/mem.h"
#include "model/capability.h"
#include "report/call_list.h"
#include "base/human.h"
#include "report/recording_text_parts.h"

/* ---- programs -------------------------------------------------------------------------------- */

static size_t count_calls(const struct image *image)
{
    size_t count = 0;
    for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
        const struct call_table *table = &image->calls[abi];
        count += table->stray_count;
        for (uint32_t i = 0; i < table->dense_count; i++)
            count += table->dense[i] != NULL;
    }
    return count;
}

void summary_programs(const struct recording *recording, const struct sheet *sheet)
{
    if (recording->image_count == 0)
        return;
    sheet_heading(sheet, "Programs executed: %zu", recording->image_count);
    for (size_t i = 0; i < recording->image_count && i < SUMMARY_ROWS; i++) {
        const struct image *image = &recording->images[i];
        char processes[HUMAN_MAX];
        char calls[HUMAN_MAX];
        AUTO_BUF struct buf name = BUF_INIT;
        summary_string(&name, recording, image->script == STRING_NONE ? image->path : image->script);
        if (image->script != STRING_NONE) {
            buf_add_text(&name, " by ");
            summary_string(&name, recording, image->path);
        }
        sheet_line(sheet, "%s: %s, %s", buf_text(&name),
                   human_plural(image->processes, "process", "processes", processes),
                   human_plural(count_calls(image), "system call", "system calls", calls));
    }
    summary_more(sheet, recording->image_count, SUMMARY_ROWS, NULL);
}

/* ---- system calls ---------------------------------------------------------------------------- */

static int by_risk(const void *left, const void *right)
{
    const struct listed_call *a = *(const struct listed_call *const *)left;
    const struct listed_call *b = *(const struct listed_call *const *)right;
    if (a->risk.level != b->risk.level)
        return a->risk.level > b->risk.level ? -1 : 1;
    int order = strcmp(a->name, b->name);
    return order ? order : (a->abi > b->abi) - (a->abi < b->abi);
}

static int by_count(const void *left, const void *right)
{
    const struct listed_call *a = *(const struct listed_call *const *)left;
    const struct listed_call *b = *(const struct listed_call *const *)right;
    uint64_t a_total = a->count[PHASE_STARTUP] + a->count[PHASE_SERVING];
    uint64_t b_total = b->count[PHASE_STARTUP] + b->count[PHASE_SERVING];
    return a_total != b_total ? (a_total > b_total ? -1 : 1) : strcmp(a->name, b->name);
}

static void print_risky(const struct sheet *sheet, const struct listed_call *call)
{
    enum { COLUMN = 32 };
    AUTO_BUF struct buf label = BUF_INIT;
    AUTO_BUF struct buf text = BUF_INIT;
    buf_printf(&label, "%-8s%s", risk_level_name(call->risk.level), call->name);
    if (call->abi != arch_get(call->abi)->family)
        buf_printf(&label, " (%s)", arch_get(call->abi)->name);
    buf_add_text(&text, call->risk.why);
    const char *cves = call->risk.facts->cve_count;
    if (strcmp(cves, "0") != 0)
        buf_printf(&text, "; %s known CVE%s", cves, strcmp(cves, "1") == 0 ? " goes through it" : "s go through it");
    if (call->failed > 0 && call->succeeded == 0) {
        char name[ERRNO_NAME_MAX];
        buf_printf(&text, "; it never succeeded (%s)", errno_name(call->error, name));
    }
    sheet_row(sheet, call->risk.level == RISK_HIGH ? PAINT_RED : PAINT_YELLOW, buf_text(&label), COLUMN, "%s",
              buf_text(&text));
}

static void print_risky_calls(const struct sheet *sheet, const struct listed_call **calls, size_t count)
{
    qsort(calls, count, sizeof(*calls), by_risk);
    size_t risky = 0;
    while (risky < count && calls[risky]->risk.level >= RISK_MEDIUM)
        risky++;
    if (risky == 0) {
        sheet_heading(sheet, "Risky system calls: none seen");
        return;
    }
    sheet_heading(sheet, "Risky system calls: %zu", risky);
    for (size_t i = 0; i < risky && i < SUMMARY_ROWS; i++)
        print_risky(sheet, calls[i]);
    summary_more(sheet, risky, SUMMARY_ROWS, "see --syscalls");
}

static void print_frequent_calls(const struct sheet *sheet, const struct listed_call **calls, size_t count)
{
    enum { SHOWN = 6 };
    uint64_t made[PHASE_COUNT] = {0};
    size_t used[PHASE_COUNT] = {0};
    for (size_t i = 0; i < count; i++)
        for (unsigned phase = 0; phase < PHASE_COUNT; phase++) {
            made[phase] += calls[i]->count[phase];
            used[phase] += calls[i]->count[phase] > 0;
        }
    char number[HUMAN_MAX];
    sheet_heading(sheet, "System calls: %zu different, made %s times", count,
                  human_count(made[PHASE_STARTUP] + made[PHASE_SERVING], number));
    sheet_row(sheet, PAINT_NONE, "start-up", 14, "%zu different, made %s times", used[PHASE_STARTUP],
              human_count(made[PHASE_STARTUP], number));
    if (made[PHASE_SERVING] > 0)
        sheet_row(sheet, PAINT_NONE, "serving", 14, "%zu different, made %s times", used[PHASE_SERVING],
                  human_count(made[PHASE_SERVING], number));
    qsort(calls, count, sizeof(*calls), by_count);
    AUTO_BUF struct buf most = BUF_INIT;
    for (size_t i = 0; i < count && i < SHOWN; i++)
        buf_printf(&most, "%s%s %s", i ? ", " : "", calls[i]->name,
                   human_count(calls[i]->count[PHASE_STARTUP] + calls[i]->count[PHASE_SERVING], number));
    sheet_row(sheet, PAINT_NONE, "most often", 14, "%s", buf_text(&most));
}

void summary_calls(const struct recording *recording, const struct sheet *sheet)
{
    AUTO_CALL_LIST struct call_list list;
    call_list_init(&list, recording);
    if (list.count == 0)
        return;
    AUTO_FREE const struct listed_call **calls = mem_zero(list.count, sizeof(*calls));
    for (size_t i = 0; i < list.count; i++)
        calls[i] = &list.calls[i];
    print_frequent_calls(sheet, calls, list.count);
    print_risky_calls(sheet, calls, list.count);
}

/* ---- capabilities ------------------------------------------------------------------------------ */

static enum paint paint_of_risk(const char *risk)
{
    if (strcmp(risk, "critical") == 0 || strcmp(risk, "high") == 0)
        return PAINT_RED;
    return strcmp(risk, "medium") == 0 ? PAINT_YELLOW : PAINT_NONE;
}

/* The first fact that shows the capability speaks for all. */
static void print_capability(const struct recording *recording, const struct sheet *sheet, int number)
{
    const struct fact *first = NULL;
    for (size_t i = 0; i < recording->fact_count && !first; i++)
        if (recording->facts[i].kind == FACT_CAPABILITY && recording->facts[i].value == (uint64_t)number)
            first = &recording->facts[i];
    if (!first)
        return;
    const struct data_capabilities *known = capability_get(number);
    AUTO_BUF struct buf text = BUF_INIT;
    summary_string(&text, recording, first->subject);
    if (first->note != STRING_NONE) {
        buf_add_text(&text, text.length ? ": " : "");
        summary_string(&text, recording, first->note);
    }
    if (known)
        buf_printf(&text, "%s%s risk", text.length ? "; " : "", known->risk);
    sheet_row(sheet, paint_of_risk(known ? known->risk : ""), known ? known->capability : "unknown", 26, "%s",
              buf_text(&text));
}

void summary_capabilities(const struct recording *recording, const struct sheet *sheet)
{
    bool needed[64] = {false};
    size_t count = 0;
    for (size_t i = 0; i < recording->fact_count; i++) {
        const struct fact *fact = &recording->facts[i];
        if (fact->kind != FACT_CAPABILITY || fact->value >= ARRAY_COUNT(needed) || needed[fact->value])
            continue;
        needed[fact->value] = true;
        count++;
    }
    if (count == 0) {
        sheet_heading(sheet, "Capabilities needed: none seen");
        return;
    }
    sheet_heading(sheet, "Capabilities needed: %zu", count);
    for (int number = 0; number < (int)ARRAY_COUNT(needed); number++)
        if (needed[number])
            print_capability(recording, sheet, number);
}
