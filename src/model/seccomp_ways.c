#include "model/seccomp_ways.h"

#include <string.h>

#include "base/num.h"
#include "base/strings.h"
#include "model/seccomp_diff.h"

static bool same_verdict(const struct seccomp_verdict *a, const struct seccomp_verdict *b)
{
    return a->action == b->action && a->error == b->error;
}

void seccomp_ways_forget(struct seccomp_ways *w)
{
    for (size_t i = 0; i < w->count; i++) {
        for (size_t k = 0; k < w->answers[i].count; k++)
            extents_done(&w->answers[i].parts[k]);
        free(w->answers[i].parts);
    }
    w->count = 0;
}

static struct seccomp_answers *answers_of(struct seccomp_ways *w, const struct seccomp_verdict *a, const struct seccomp_verdict *b)
{
    for (size_t i = 0; i < w->count; i++)
        if (same_verdict(&w->answers[i].a, a) && same_verdict(&w->answers[i].b, b))
            return &w->answers[i];
    MEM_GROW(w->answers, w->count, w->capacity);
    w->answers[w->count] = (struct seccomp_answers){.a = *a, .b = *b};
    return &w->answers[w->count++];
}

/* Whether arguments on this way fit a row of risk-arguments.csv, which tests the lower 32 bits. */
static bool way_fits(struct seccomp_ways *w, const struct data_risk_arguments *row)
{
    uint64_t mask = 0;
    uint32_t value;
    if (row->argument < 0 || !num_parse_u64(row->mask, UINT64_MAX, &mask))
        return false;
    struct seccomp_test test = {.arg = (uint8_t)row->argument, .compare = COMPARE_EQ, .mask = UINT32_MAX};
    size_t pushed = 1;
    bool any = strcmp(row->test, "any") == 0;
    if (any || strcmp(row->test, "all") == 0)
        test.mask = (uint32_t)mask;
    test.datum = any ? 0 : (uint32_t)mask;
    region_push(&w->region, test, !any);
    if (any) {
        struct seccomp_test question = {.arg = test.arg, .compare = COMPARE_EQ, .mask = UINT32_MAX, .datum = UINT32_MAX};
        region_push(&w->region, question, false);
        pushed++;
    }
    bool fits = region_half(&w->region, test.arg, false, &value);
    while (pushed-- > 0)
        region_pop(&w->region);
    return fits;
}

static void judge_way(struct seccomp_ways *w, struct seccomp_answers *answers)
{
    bool depends = false;
    for (size_t i = 0; w->call && i < data_risk_arguments_count; i++) {
        const struct data_risk_arguments *row = &data_risk_arguments[i];
        if (strcmp(row->syscall, w->call) != 0)
            continue;
        depends = true;
        if (risk_level_from_name(row->level) > answers->risk && way_fits(w, row)) {
            answers->risk = risk_level_from_name(row->level);
            answers->why = row->why;
        }
    }
    if (!w->call || depends)
        return;
    struct risk risk = risk_of_syscall(w->call);
    answers->risk = risk.level;
    answers->why = risk.why;
}

static void end_of_way(struct seccomp_ways *w, const struct seccomp_verdict *a, const struct seccomp_verdict *b)
{
    w->ways++;
    if (same_verdict(a, b))
        return;
    struct seccomp_answers *answers = answers_of(w, a, b);
    judge_way(w, answers);
    struct extents part;
    extents_of(&w->region, w->is_64_bit, &part);
    if (answers->count > 0 && extents_unite(&answers->parts[answers->count - 1], &part)) {
        extents_done(&part);
        return;
    }
    MEM_GROW(answers->parts, answers->count, answers->capacity);
    answers->parts[answers->count++] = part;
}

/* What one filter tests, then what the other does: only ways that some arguments can take are gone. */
void seccomp_ways_follow(struct seccomp_ways *w, const struct seccomp_path *a, const struct seccomp_path *b)
{
    bool a_tests = seccomp_path_tests(a);
    if (!a_tests && !seccomp_path_tests(b)) {
        end_of_way(w, &a->verdict, &b->verdict);
        return;
    }
    struct seccomp_test test = a_tests ? a->cursor.test : b->cursor.test;
    for (unsigned i = 0; i < 2; i++) {
        bool holds = i == 0;
        uint32_t value;
        region_push(&w->region, test, holds);
        bool is_possible = region_half(&w->region, test.arg, test.high, &value);
        if (is_possible && w->ways < SECCOMP_WAYS_MAX) {
            struct seccomp_path next = a_tests ? *a : *b;
            seccomp_path_follow(&next, holds);
            seccomp_ways_follow(w, a_tests ? &next : a, a_tests ? b : &next);
        }
        region_pop(&w->region);
    }
}

static bool gets_past(const struct seccomp_verdict *verdict)
{
    return seccomp_action_rank(verdict->action) > seccomp_action_rank(SECCOMP_ERRNO);
}

/* Whether a way that some arguments can take ends so. */
static bool ends_somewhere(struct seccomp_ways *w, const struct seccomp_path *path, bool past)
{
    if (!seccomp_path_tests(path))
        return gets_past(&path->verdict) == past;
    bool ends = false;
    for (unsigned i = 0; i < 2 && !ends && w->ways++ < SECCOMP_WAYS_MAX; i++) {
        uint32_t value;
        struct seccomp_test test = path->cursor.test;
        region_push(&w->region, test, i == 0);
        if (region_half(&w->region, test.arg, test.high, &value)) {
            struct seccomp_path next = *path;
            seccomp_path_follow(&next, i == 0);
            ends = ends_somewhere(w, &next, past);
        }
        region_pop(&w->region);
    }
    return ends;
}

bool seccomp_ways_pass(struct seccomp_ways *w, const struct seccomp_path *path)
{
    return ends_somewhere(w, path, true);
}

bool seccomp_ways_refuse(struct seccomp_ways *w, const struct seccomp_path *path)
{
    return ends_somewhere(w, path, false);
}

void seccomp_ways_done(struct seccomp_ways *w)
{
    seccomp_ways_forget(w);
    region_done(&w->region);
    free(w->answers);
    w->answers = NULL;
}

bool seccomp_ways_gave_up(const struct seccomp_ways *w)
{
    return region_gave_up(&w->region) || w->ways >= SECCOMP_WAYS_MAX;
}

/* ---- in words ------------------------------------------------------------------------------------ */

/* More alternatives than this are not written out. */
enum { PARTS_MAX = 6, PARTS_UNITED_MAX = 256 };

static void unite_parts(struct seccomp_answers *answers)
{
    bool changed = answers->count <= PARTS_UNITED_MAX;
    while (changed) {
        changed = false;
        for (size_t i = 0; i < answers->count; i++)
            for (size_t k = answers->count; k-- > i + 1;) {
                if (!extents_unite(&answers->parts[i], &answers->parts[k]))
                    continue;
                extents_done(&answers->parts[k]);
                answers->parts[k] = answers->parts[--answers->count];
                changed = true;
            }
    }
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

char *seccomp_answers_words(struct seccomp_answers *answers, bool is_64_bit)
{
    AUTO_BUF struct buf all = BUF_INIT;
    unite_parts(answers);
    char **texts = NULL;
    size_t count = 0;
    for (size_t i = 0; i < answers->count; i++) {
        AUTO_BUF struct buf text = BUF_INIT;
        extents_write(&answers->parts[i], is_64_bit, &text);
        strings_add(&texts, &count, buf_text(&text));
    }
    if (count)
        qsort(texts, count, sizeof(*texts), compare_texts);
    bool any = count > 0 && texts[0][0] == '\0';
    for (size_t i = 0; !any && i < count && i < PARTS_MAX; i++)
        buf_printf(&all, "%s%s", i ? "; or " : "", texts[i]);
    if (!any && count > PARTS_MAX)
        buf_printf(&all, "; or %zu more combinations", count - PARTS_MAX);
    strings_free(&texts, &count);
    return any ? NULL : buf_take(&all);
}
