#include "audit/file_record.h"

#include <stdlib.h>
#include <string.h>

/* ---- writing ------------------------------------------------------------------------------------- */

#define PUT(out, value) buf_add((out), &(value), sizeof(value))

enum text_kind { TEXT_NONE, TEXT_HERE, TEXT_OF_RULE /* the words of the rule for the format that is here */ };

static void put_kind(struct buf *out, enum text_kind kind)
{
    buf_add_char(out, (char)kind);
}

static void put_text(struct buf *out, const char *text)
{
    put_kind(out, text ? TEXT_HERE : TEXT_NONE);
    if (text)
        buf_add(out, text, strlen(text) + 1);
}

static void put_subject(struct buf *out, const struct finding_subject *subject)
{
    put_text(out, subject->kind);
    put_text(out, subject->namespace_);
    put_text(out, subject->name);
    put_text(out, subject->container);
}

static void put_file(struct buf *out, const struct audit_file *file)
{
    PUT(out, file->named);
    PUT(out, file->status);
    PUT(out, file->reason_line);
    PUT(out, file->reason_column);
    PUT(out, file->documents);
    PUT(out, file->documents_other);
    PUT(out, file->subjects);
    put_text(out, file->path);
    put_text(out, file->kind);
    put_text(out, file->reason);
}

static void put_pod(struct buf *out, const struct audit_pod *pod)
{
    PUT(out, pod->line);
    put_subject(out, &pod->subject);
    put_text(out, pod->level);
}

static void put_proviso(struct buf *out, const struct proviso *proviso)
{
    PUT(out, proviso->fact);
    PUT(out, proviso->wants);
    PUT(out, proviso->only_with);
    put_text(out, proviso->namespace_);
    put_text(out, proviso->name);
    put_text(out, proviso->value);
}

static void put_remediation(struct buf *out, const struct open_finding *open)
{
    if (open->fix_format) {
        put_kind(out, TEXT_OF_RULE);
        buf_add(out, open->fix_format, strlen(open->fix_format) + 1);
    } else {
        put_text(out, open->finding.remediation);
    }
}

static void put_finding(struct buf *out, const struct open_finding *open, const struct rule_set *rules)
{
    const struct finding *finding = &open->finding;
    size_t rule = rule_set_place(rules, finding->rule->id);
    bool open_still = open->proviso.fact >= 0 || open->proviso.only_with >= 0;
    PUT(out, open_still);
    if (open_still)
        put_proviso(out, &open->proviso);
    PUT(out, rule);
    PUT(out, finding->severity);
    PUT(out, finding->line);
    PUT(out, finding->column);
    PUT(out, finding->end_column);
    PUT(out, finding->fingerprint);
    put_text(out, finding->path);
    put_subject(out, &finding->subject);
    put_text(out, finding->message);
    put_remediation(out, open);
    put_text(out, finding->excerpt);
    put_text(out, finding->suppressed_reason);
    put_text(out, finding->suppressed_by);
}

void file_record_write(struct judged_file *judged, const struct rule_set *rules, struct buf *out)
{
    finding_list_sort(&judged->findings);
    bool alike = finding_list_has_alike(&judged->findings);
    put_file(out, &judged->file);
    PUT(out, judged->pod_count);
    for (size_t i = 0; i < judged->pod_count; i++)
        put_pod(out, &judged->pods[i]);
    PUT(out, judged->findings.count);
    PUT(out, alike);
    PUT(out, judged->copies);
    for (size_t i = 0; i < judged->findings.count; i++)
        put_finding(out, &judged->findings.items[i], rules);
}

/* ---- reading --------------------------------------------------------------------------------------- */

static void take(const char **at, void *ret, size_t size)
{
    memcpy(ret, *at, size);
    *at += size;
}

#define TAKE_VALUE(at, value) take((at), &(value), sizeof(value))

static const char *take_text(const char **at)
{
    if (*(*at)++ == TEXT_NONE)
        return NULL;
    const char *text = *at;
    *at += strlen(text) + 1;
    return text;
}

static void take_subject(const char **at, struct finding_subject *subject)
{
    subject->kind = take_text(at);
    subject->namespace_ = take_text(at);
    subject->name = take_text(at);
    subject->container = take_text(at);
}

static void take_file(const char **at, struct audit_file *file)
{
    TAKE_VALUE(at, file->named);
    TAKE_VALUE(at, file->status);
    TAKE_VALUE(at, file->reason_line);
    TAKE_VALUE(at, file->reason_column);
    TAKE_VALUE(at, file->documents);
    TAKE_VALUE(at, file->documents_other);
    TAKE_VALUE(at, file->subjects);
    file->path = take_text(at);
    file->kind = take_text(at);
    file->reason = take_text(at);
}

static void take_pod(const char **at, struct audit_pod *pod)
{
    TAKE_VALUE(at, pod->line);
    take_subject(at, &pod->subject);
    pod->level = take_text(at);
}

static bool take_proviso(const char **at, const struct context *context)
{
    struct proviso proviso;
    TAKE_VALUE(at, proviso.fact);
    TAKE_VALUE(at, proviso.wants);
    TAKE_VALUE(at, proviso.only_with);
    proviso.namespace_ = take_text(at);
    proviso.name = take_text(at);
    proviso.value = take_text(at);
    return proviso_holds(&proviso, context);
}

static const char *take_remediation(const char **at, const struct rule *rule)
{
    bool of_rule = **at == TEXT_OF_RULE;
    const char *text = take_text(at);
    return of_rule ? rule_fix_for(rule, text) : text;
}

/* False when the finding does not stand. */
static bool take_finding(const char **at, const struct file_record_reader *reader, struct finding *finding)
{
    bool stands;
    bool open;
    size_t place;
    TAKE_VALUE(at, open);
    stands = !open || take_proviso(at, reader->context);
    TAKE_VALUE(at, place);
    const struct rule *rule = rule_set_get(reader->rules, place);
    *finding = (struct finding){.rule = &rule->info, .file = &reader->entry.file};
    TAKE_VALUE(at, finding->severity);
    TAKE_VALUE(at, finding->line);
    TAKE_VALUE(at, finding->column);
    TAKE_VALUE(at, finding->end_column);
    TAKE_VALUE(at, finding->fingerprint);
    finding->path = take_text(at);
    take_subject(at, &finding->subject);
    finding->message = take_text(at);
    finding->remediation = take_remediation(at, rule);
    finding->excerpt = take_text(at);
    finding->suppressed_reason = take_text(at);
    finding->suppressed_by = take_text(at);
    return stands;
}

static void take_pods(const char **at, struct file_record_reader *reader)
{
    struct audit_entry *entry = &reader->entry;
    size_t count;
    TAKE_VALUE(at, count);
    entry->pod_count = 0;
    for (size_t i = 0; i < count; i++) {
        MEM_GROW(entry->pods, entry->pod_count, reader->pod_capacity);
        struct audit_pod *pod = &entry->pods[entry->pod_count++];
        *pod = (struct audit_pod){.file = &entry->file, .version = reader->version};
        take_pod(at, pod);
    }
}

static void take_findings(const char **at, struct file_record_reader *reader)
{
    struct audit_entry *entry = &reader->entry;
    size_t count;
    bool alike;
    uint32_t copies;
    TAKE_VALUE(at, count);
    TAKE_VALUE(at, alike);
    TAKE_VALUE(at, copies);
    entry->finding_count = 0;
    for (size_t i = 0; i < count; i++) {
        MEM_GROW(entry->findings, entry->finding_count, reader->finding_capacity);
        if (take_finding(at, reader, &entry->findings[entry->finding_count]))
            entry->finding_count++;
    }
    if (alike || copies > 0)
        findings_tell_apart(entry->findings, entry->finding_count, copies);
}

struct audit_entry *file_record_read(struct file_record_reader *reader, const char *bytes)
{
    take_file(&bytes, &reader->entry.file);
    take_pods(&bytes, reader);
    take_findings(&bytes, reader);
    return &reader->entry;
}

void file_record_reader_done(struct file_record_reader *reader)
{
    free(reader->entry.findings);
    free(reader->entry.pods);
    *reader = (struct file_record_reader){0};
}
