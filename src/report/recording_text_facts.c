#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/human.h"
#include "report/recording_text_parts.h"

/* Kinds under one heading; capabilities have a part of their own. */
struct fact_group {
    const char *heading;
    const enum fact_kind *kinds;
    size_t kind_count;
    bool alarming;
};

static const enum fact_kind network_kinds[] = {FACT_SOCKET, FACT_BIND, FACT_LISTEN, FACT_CONNECT};
static const enum fact_kind container_kinds[] = {FACT_MOUNT, FACT_UMOUNT,  FACT_NAMESPACE,
                                                 FACT_ROOT,  FACT_MODULE, FACT_IO_URING};
static const enum fact_kind process_kinds[] = {FACT_PTRACE, FACT_SIGNAL};

static const struct fact_group groups[] = {
    {"Sockets and addresses", network_kinds, ARRAY_COUNT(network_kinds), false},
    {"Mounts, namespaces and the kernel", container_kinds, ARRAY_COUNT(container_kinds), true},
    {"Signals and tracing across processes", process_kinds, ARRAY_COUNT(process_kinds), false},
};

/* linux/sched.h */
static const struct {
    uint64_t flag;
    const char *name;
} namespaces[] = {
    {0x00020000, "mount"}, {0x02000000, "cgroup"}, {0x04000000, "UTS"},     {0x08000000, "IPC"},
    {0x10000000, "user"},  {0x20000000, "PID"},    {0x40000000, "network"}, {0x00000080, "time"},
};

static bool same_to_people(const struct fact *a, const struct fact *b)
{
    return a->kind == b->kind && a->subject == b->subject && a->object == b->object && a->note == b->note &&
           (a->kind != FACT_NAMESPACE || a->value == b->value);
}

/* How often, all images together. */
static uint64_t count_same(const struct recording *recording, const struct fact *fact)
{
    uint64_t count = 0;
    for (size_t i = 0; i < recording->fact_count; i++)
        if (same_to_people(&recording->facts[i], fact))
            count += recording->facts[i].count[PHASE_STARTUP] + recording->facts[i].count[PHASE_SERVING];
    return count;
}

static void add_namespaces(struct buf *text, uint64_t flags)
{
    const char *separator = ": ";
    for (size_t i = 0; i < ARRAY_COUNT(namespaces); i++) {
        if (!(flags & namespaces[i].flag))
            continue;
        buf_printf(text, "%s%s", separator, namespaces[i].name);
        separator = ", ";
    }
}

/* The same fact of another image, or with another value, has been shown already. */
static bool shown_before(const struct recording *recording, size_t number)
{
    for (size_t i = 0; i < number; i++)
        if (same_to_people(&recording->facts[i], &recording->facts[number]))
            return true;
    return false;
}

static const char *object_word(enum fact_kind kind)
{
    return kind == FACT_MOUNT ? " from " : kind == FACT_ROOT ? " " : " to ";
}

static void print_fact(const struct recording *recording, const struct sheet *sheet, const struct fact *fact,
                       bool alarming)
{
    AUTO_BUF struct buf text = BUF_INIT;
    summary_string(&text, recording, fact->subject);
    if (fact->object != STRING_NONE) {
        buf_add_text(&text, object_word(fact->kind));
        summary_string(&text, recording, fact->object);
    }
    if (fact->note != STRING_NONE) {
        buf_add_text(&text, " (");
        summary_string(&text, recording, fact->note);
        buf_add_char(&text, ')');
    }
    if (fact->kind == FACT_NAMESPACE)
        add_namespaces(&text, fact->value);
    char times[HUMAN_MAX];
    uint64_t count = count_same(recording, fact);
    if (count > 1)
        buf_printf(&text, ", %s times", human_count(count, times));
    sheet_row(sheet, alarming ? PAINT_YELLOW : PAINT_NONE, fact_kind_name(fact->kind), 14, "%s", buf_text(&text));
}

static void print_group(const struct recording *recording, const struct sheet *sheet, const struct fact_group *group)
{
    size_t shown = 0;
    size_t total = 0;
    for (size_t k = 0; k < group->kind_count; k++)
        for (size_t i = 0; i < recording->fact_count; i++) {
            const struct fact *fact = &recording->facts[i];
            /* Looking back for each of thousands would be slow, and nothing more is shown. */
            if (fact->kind != group->kinds[k] || (shown < SUMMARY_ROWS && shown_before(recording, i)))
                continue;
            if (total++ == 0)
                sheet_heading(sheet, "%s", group->heading);
            if (shown < SUMMARY_ROWS) {
                print_fact(recording, sheet, fact, group->alarming);
                shown++;
            }
        }
    summary_more(sheet, total, shown, "see --format json");
}

void summary_facts(const struct recording *recording, const struct sheet *sheet)
{
    for (size_t i = 0; i < ARRAY_COUNT(groups); i++)
        print_group(recording, sheet, &groups[i]);
}
