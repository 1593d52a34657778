#include "report/audit_fold.h"

#include <string.h>

#include "base/mem.h"

/* subject and fold are the first index of the same subject and fold. */
struct entry {
    const struct finding *finding;
    size_t index, subject, fold;
};

/* NULL comes first. */
static int compare_texts(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

static int compare_numbers(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int compare_subjects(const struct entry *a, const struct entry *b)
{
    const struct finding_subject *x = &a->finding->subject;
    const struct finding_subject *y = &b->finding->subject;
    int order = compare_texts(x->kind, y->kind);
    order = order ? order : compare_texts(x->namespace_, y->namespace_);
    return order ? order : compare_texts(x->name, y->name);
}

static int compare_folds(const struct entry *a, const struct entry *b)
{
    int order = compare_numbers(a->subject, b->subject);
    order = order ? order : compare_numbers(b->finding->severity, a->finding->severity);
    order = order ? order : compare_texts(a->finding->rule->id, b->finding->rule->id);
    order = order ? order : compare_texts(a->finding->remediation, b->finding->remediation);
    order = order ? order : compare_texts(a->finding->suppressed_reason, b->finding->suppressed_reason);
    return order ? order : compare_texts(a->finding->suppressed_by, b->finding->suppressed_by);
}

static int by_subject(const void *a, const void *b)
{
    int order = compare_subjects(a, b);
    return order ? order : compare_numbers(((const struct entry *)a)->index, ((const struct entry *)b)->index);
}

static int by_fold(const void *a, const void *b)
{
    int order = compare_folds(a, b);
    return order ? order : compare_numbers(((const struct entry *)a)->index, ((const struct entry *)b)->index);
}

static int as_read(const void *a, const void *b)
{
    const struct entry *x = a;
    const struct entry *y = b;
    int order = compare_numbers(x->subject, y->subject);
    order = order ? order : compare_numbers(y->finding->severity, x->finding->severity);
    order = order ? order : compare_numbers(x->fold, y->fold);
    return order ? order : compare_numbers(x->index, y->index);
}

static void sort(struct entry *entries, size_t count, int (*compare)(const void *, const void *))
{
    if (count > 0)
        qsort(entries, count, sizeof(*entries), compare);
}

/* Findings come in the order of their lines, so the lowest index is the first line. */
static size_t sort_entries(struct entry *entries, const struct audit_entry *file, bool with_suppressed)
{
    size_t count = 0;
    for (size_t i = 0; i < file->finding_count; i++)
        if (with_suppressed || !file->findings[i].suppressed_reason)
            entries[count++] = (struct entry){.finding = &file->findings[i], .index = i};
    sort(entries, count, by_subject);
    for (size_t i = 0; i < count; i++)
        entries[i].subject = i && compare_subjects(&entries[i - 1], &entries[i]) == 0 ? entries[i - 1].subject
                                                                                      : entries[i].index;
    sort(entries, count, by_fold);
    for (size_t i = 0; i < count; i++)
        entries[i].fold =
            i && compare_folds(&entries[i - 1], &entries[i]) == 0 ? entries[i - 1].fold : entries[i].index;
    sort(entries, count, as_read);
    return count;
}

void audit_folds_init(struct audit_folds *folds, const struct audit_entry *file, bool with_suppressed)
{
    AUTO_FREE struct entry *entries = mem_zero(file->finding_count, sizeof(*entries));
    size_t count = sort_entries(entries, file, with_suppressed);
    *folds = (struct audit_folds){
        .findings = mem_zero(count, sizeof(*folds->findings)),
        .folds = mem_zero(count, sizeof(*folds->folds)),
    };
    for (size_t i = 0; i < count; i++) {
        folds->findings[i] = entries[i].finding;
        if (i == 0 || entries[i].fold != entries[i - 1].fold)
            folds->folds[folds->fold_count++] = (struct audit_fold){
                .first = i, .new_subject = i == 0 || entries[i].subject != entries[i - 1].subject};
        folds->folds[folds->fold_count - 1].count++;
    }
}

void audit_folds_done(struct audit_folds *folds)
{
    free(folds->findings);
    free(folds->folds);
    *folds = (struct audit_folds){0};
}
