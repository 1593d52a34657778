#include "model/diff.h"

#include <string.h>

#include "base/strings.h"
#include "model/capability.h"

static const char *const side_names[] = {
    [DIFF_WIDER] = "wider", [DIFF_NARROWER] = "narrower", [DIFF_CHANGED] = "changed"};
static const char *const kind_names[] = {
    [DIFF_SYSCALL] = "syscall", [DIFF_ABI] = "abi",   [DIFF_FILE] = "file", [DIFF_CAPABILITY] = "capability",
    [DIFF_NETWORK] = "network", [DIFF_RULE] = "rule", [DIFF_FLAG] = "flag", [DIFF_FACT] = "fact",
};
static const char *const verdict_names[] = {
    [DIFF_IS_EQUAL] = "equal", [DIFF_IS_WIDER] = "wider",     [DIFF_IS_NARROWER] = "narrower",
    [DIFF_IS_BOTH] = "both",   [DIFF_IS_CHANGED] = "changed",
};

const char *diff_side_name(enum diff_side side)
{
    return side_names[side];
}

const char *diff_kind_name(enum diff_kind kind)
{
    return kind_names[kind];
}

const char *diff_verdict_name(enum diff_verdict verdict)
{
    return verdict_names[verdict];
}

struct diff *diff_new(void)
{
    return mem_zero(1, sizeof(struct diff));
}

void diff_row_done(struct diff_row *row)
{
    free(row->subject);
    free(row->when);
    free(row->context);
    free(row->a);
    free(row->b);
    free(row->example);
    *row = (struct diff_row){0};
}

void diff_free(struct diff *diff)
{
    if (!diff)
        return;
    for (size_t i = 0; i < diff->count; i++)
        diff_row_done(&diff->rows[i]);
    free(diff->rows);
    strings_free(&diff->notes, &diff->note_count);
    free(diff);
}

struct diff_row *diff_add(struct diff *diff, const struct diff_row *row)
{
    MEM_GROW(diff->rows, diff->count, diff->capacity);
    diff->rows[diff->count] = *row;
    return &diff->rows[diff->count++];
}

static int compare_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

static int compare_rows(const void *left, const void *right)
{
    const struct diff_row *a = left;
    const struct diff_row *b = right;
    int numbers[] = {(int)a->side - (int)b->side, (int)b->risk - (int)a->risk, (int)a->kind - (int)b->kind};
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++)
        if (numbers[i])
            return numbers[i];
    const char *texts[][2] = {{a->subject, b->subject}, {a->context, b->context}, {a->when, b->when}, {a->a, b->a},
                              {a->b, b->b}, {a->example, b->example}};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        int order = compare_text(texts[i][0], texts[i][1]);
        if (order)
            return order;
    }
    return a->abis < b->abis ? -1 : a->abis > b->abis;
}

void diff_sort(struct diff *diff)
{
    if (diff->count)
        qsort(diff->rows, diff->count, sizeof(*diff->rows), compare_rows);
}

size_t diff_count(const struct diff *diff, enum diff_side side)
{
    size_t count = 0;
    for (size_t i = 0; i < diff->count; i++)
        count += diff->rows[i].side == side;
    return count;
}

enum diff_verdict diff_verdict(const struct diff *diff)
{
    bool wider = diff_count(diff, DIFF_WIDER) > 0;
    bool narrower = diff_count(diff, DIFF_NARROWER) > 0;
    if (wider && narrower)
        return DIFF_IS_BOTH;
    if (wider || narrower)
        return wider ? DIFF_IS_WIDER : DIFF_IS_NARROWER;
    return diff->count ? DIFF_IS_CHANGED : DIFF_IS_EQUAL;
}

void diff_row_judge_call(struct diff_row *row, const char *call)
{
    struct risk risk = risk_of_syscall(call);
    row->risk = risk.level;
    row->why = risk.why[0] ? risk.why : NULL;
    row->cves = risk.facts && risk.facts->cves[0] ? risk.facts->cves : NULL;
}

/* "critical" is the list's own word above high. */
void diff_row_judge_capability(struct diff_row *row, const char *capability)
{
    const struct data_capabilities *facts = capability_by_name(capability);
    if (!facts)
        return;
    row->risk = strcmp(facts->risk, "critical") == 0 ? RISK_HIGH : risk_level_from_name(facts->risk);
    row->why = facts->operations;
}
