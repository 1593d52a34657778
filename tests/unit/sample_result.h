/*
 * Results of audits made of arrays, for tests of what walks over results.
 */
#pragma once

#include "base/mem.h"
#include "model/audit_result.h"

/* Findings and pods point to one of the files and stand in the order of these; without one they are of the first. */
struct sample {
    const struct audit_file *files;
    size_t file_count;
    const struct finding *findings;
    size_t finding_count;
    const struct audit_pod *pods;
    size_t pod_count;
    const struct rule_info *const *rules;
    size_t rule_count;
    struct audit_recording *recordings;
    size_t recording_count;
};

struct sample_walk {
    const struct sample *sample;
    size_t file, finding, pod;
    struct audit_entry entry;
};

static inline void *sample_open(void *sample)
{
    struct sample_walk *walk = mem_zero(1, sizeof(*walk));
    walk->sample = sample;
    walk->entry.findings = mem_zero(walk->sample->finding_count, sizeof(struct finding));
    walk->entry.pods = mem_zero(walk->sample->pod_count, sizeof(struct audit_pod));
    return walk;
}

static inline bool sample_is_of(const struct sample_walk *walk, const struct audit_file *file)
{
    return (file ? file : walk->sample->files) == &walk->sample->files[walk->file];
}

static inline struct audit_entry *sample_next(void *self)
{
    struct sample_walk *walk = self;
    const struct sample *sample = walk->sample;
    struct audit_entry *entry = &walk->entry;
    if (walk->file == sample->file_count)
        return NULL;
    entry->file = sample->files[walk->file];
    entry->finding_count = 0;
    entry->pod_count = 0;
    for (; walk->finding < sample->finding_count && sample_is_of(walk, sample->findings[walk->finding].file); walk->finding++) {
        entry->findings[entry->finding_count] = sample->findings[walk->finding];
        entry->findings[entry->finding_count++].file = &entry->file;
    }
    for (; walk->pod < sample->pod_count && sample_is_of(walk, sample->pods[walk->pod].file); walk->pod++) {
        entry->pods[entry->pod_count] = sample->pods[walk->pod];
        entry->pods[entry->pod_count++].file = &entry->file;
    }
    walk->file++;
    return entry;
}

static inline void sample_close(void *self)
{
    struct sample_walk *walk = self;
    free(walk->entry.findings);
    free(walk->entry.pods);
    free(walk);
}

/* The sample is borrowed. */
static inline struct audit_result sample_result(struct sample *sample)
{
    struct audit_result result = {.rules = sample->rules, .rule_count = sample->rule_count, .recordings = sample->recordings,
                                  .recording_count = sample->recording_count, .store = sample, .open = sample_open,
                                  .next = sample_next, .close = sample_close};
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(&result);
    for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));)
        audit_summary_add(&result.summary, entry);
    return result;
}
