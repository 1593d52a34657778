#include <inttypes.h>
#include <string.h>

#include "base/json_out.h"
#include "report/audit_words.h"
#include "report/audit_writers.h"

/* A key and an escaped string; nothing for NULL or "", which do not apply. */
static void key_words(struct json_out *json, const char *key, const char *text, const char *keep)
{
    if (!text || *text == '\0')
        return;
    AUTO_BUF struct buf escaped = BUF_INIT;
    audit_escape_text(&escaped, text, keep);
    json_out_key_text(json, key, buf_text(&escaped));
}

static void key_number(struct json_out *json, const char *key, uint64_t number)
{
    if (number)
        json_out_key_u64(json, key, number);
}

static void write_file(struct json_out *json, const struct audit_file *file)
{
    json_out_inline_object(json);
    key_words(json, "path", file->path, KEEP_PATH);
    key_words(json, "kind", file->kind, KEEP_WORDS);
    json_out_key_u64(json, "documents", file->documents);
    json_out_key_u64(json, "subjects", file->subjects);
    json_out_key_text(json, "status", file_status_name(file->status));
    if (file->reason) {
        AUTO_BUF struct buf reason = BUF_INIT;
        audit_add_reason(&reason, file);
        json_out_key_text(json, "reason", buf_text(&reason));
    }
    json_out_end(json, '}');
}

static void write_subject(struct json_out *json, const struct finding_subject *subject)
{
    json_out_key(json, "subject");
    json_out_inline_object(json);
    key_words(json, "kind", subject->kind, KEEP_WORDS);
    key_words(json, "namespace", subject->namespace_, KEEP_WORDS);
    key_words(json, "name", subject->name, KEEP_WORDS);
    key_words(json, "container", subject->container, KEEP_WORDS);
    json_out_end(json, '}');
}

static void write_references(struct json_out *json, const struct rule_info *rule)
{
    if (rule->reference_count == 0)
        return;
    json_out_key(json, "references");
    json_out_inline_array(json);
    for (size_t i = 0; i < rule->reference_count; i++) {
        AUTO_BUF struct buf escaped = BUF_INIT;
        audit_escape_text(&escaped, rule->references[i], KEEP_WORDS);
        json_out_text(json, buf_text(&escaped));
    }
    json_out_end(json, ']');
}

/* An object of two strings; nothing when the first is not there. */
static void write_pair(struct json_out *json, const char *key, const char *const names[static 2], const char *first,
                       const char *second)
{
    if (!first)
        return;
    json_out_key(json, key);
    json_out_inline_object(json);
    key_words(json, names[0], first, KEEP_WORDS);
    key_words(json, names[1], second, KEEP_WORDS);
    json_out_end(json, '}');
}

static void write_finding(struct json_out *json, const struct finding *finding)
{
    const struct rule_info *rule = finding->rule;
    json_out_object(json);
    key_words(json, "rule", rule->id, KEEP_WORDS);
    key_words(json, "name", rule->name, KEEP_WORDS);
    json_out_key_text(json, "severity", severity_name(finding->severity));
    json_out_key_text(json, "layer", layer_name(rule->layer));
    key_words(json, "file", finding->file->path, KEEP_PATH);
    key_number(json, "line", finding->line);
    key_number(json, "column", finding->column);
    key_words(json, "path", finding->path, KEEP_WORDS);
    write_subject(json, &finding->subject);
    key_words(json, "message", finding->message, KEEP_WORDS);
    key_words(json, "remediation", finding->remediation, KEEP_LINES);
    write_references(json, rule);
    write_pair(json, "pss", (const char *const[]){"level", "check"}, rule->pss_level, rule->pss_check);
    char fingerprint[17];
    (void)snprintf(fingerprint, sizeof(fingerprint), "%016" PRIx64, finding->fingerprint);
    json_out_key_text(json, "fingerprint", fingerprint);
    write_pair(json, "suppressed", (const char *const[]){"reason", "by"}, finding->suppressed_reason,
               finding->suppressed_by);
    json_out_end(json, '}');
}

static void write_pod(struct json_out *json, const struct audit_pod *pod)
{
    json_out_inline_object(json);
    key_words(json, "file", pod->file->path, KEEP_PATH);
    key_number(json, "line", pod->line);
    write_subject(json, &pod->subject);
    key_words(json, "level", pod->level, KEEP_WORDS);
    key_words(json, "version", pod->version, KEEP_WORDS);
    json_out_end(json, '}');
}

static void write_summary(struct json_out *json, const struct audit_summary *summary)
{
    json_out_object(json);
    json_out_key_u64(json, "files", summary->files);
    json_out_key_u64(json, "files_read", summary->files_read);
    json_out_key_u64(json, "files_skipped", summary->files_skipped);
    json_out_key_u64(json, "files_error", summary->files_error);
    json_out_key_u64(json, "documents", summary->documents);
    json_out_key_u64(json, "documents_other", summary->documents_other);
    json_out_key_u64(json, "subjects", summary->subjects);
    json_out_key_u64(json, "pods", summary->pods);
    json_out_key(json, "findings");
    json_out_inline_object(json);
    for (size_t i = SEVERITY_COUNT; i-- > 0;)
        json_out_key_u64(json, severity_name((enum severity)i), summary->by_severity[i]);
    json_out_end(json, '}');
    json_out_key_u64(json, "suppressed", summary->suppressed);
    json_out_end(json, '}');
}

static void write_files(struct json_out *json, const struct audit_result *result, struct sink *out)
{
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(result);
    json_out_key(json, "files");
    json_out_array(json);
    for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));) {
        write_file(json, &entry->file);
        sink_ease(out);
    }
    json_out_end(json, ']');
}

static void write_findings(struct json_out *json, const struct audit_result *result, struct sink *out)
{
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(result);
    json_out_key(json, "findings");
    json_out_array(json);
    for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));)
        for (size_t i = 0; i < entry->finding_count; i++) {
            write_finding(json, &entry->findings[i]);
            sink_ease(out);
        }
    json_out_end(json, ']');
}

static void write_pods(struct json_out *json, const struct audit_result *result, struct sink *out)
{
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(result);
    json_out_key(json, "pods");
    json_out_array(json);
    for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));)
        for (size_t i = 0; i < entry->pod_count; i++) {
            write_pod(json, &entry->pods[i]);
            sink_ease(out);
        }
    json_out_end(json, ']');
}

static void write_recording(struct json_out *json, const struct audit_recording *recording)
{
    json_out_inline_object(json);
    key_words(json, "recording", recording->name, KEEP_WORDS);
    json_out_key_bool(json, "matched", recording->container != NULL);
    if (recording->container) {
        key_words(json, "container", recording->container, KEEP_WORDS);
        json_out_key_u64(json, "containers", recording->containers);
        json_out_key_text(json, "by", recording->tie);
    } else {
        key_words(json, "why", recording->why, KEEP_WORDS);
    }
    json_out_end(json, '}');
}

/* Only where there are any: most audits have nothing to do with recordings. */
static void write_recordings(struct json_out *json, const struct audit_result *result)
{
    if (result->recording_count == 0)
        return;
    json_out_key(json, "recordings");
    json_out_array(json);
    for (size_t i = 0; i < result->recording_count; i++)
        write_recording(json, &result->recordings[i]);
    json_out_end(json, ']');
}

void audit_write_json(const struct audit_result *result, const struct audit_report_options *options,
                      struct sink *out)
{
    (void)options;
    struct json_out json;
    json_out_init(&json, &out->buf);
    json_out_object(&json);
    json_out_key_text(&json, "schema", "profgen-audit/1");
    write_files(&json, result, out);
    write_findings(&json, result, out);
    write_pods(&json, result, out);
    write_recordings(&json, result);
    json_out_key(&json, "summary");
    write_summary(&json, &result->summary);
    json_out_end(&json, '}');
}
