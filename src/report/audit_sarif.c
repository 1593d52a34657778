#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report/audit_sarif_parts.h"
#include "report/audit_words.h"
#include "report/audit_writers.h"

void sarif_message(struct json_out *json, const char *key, const char *text)
{
    json_out_key(json, key);
    json_out_inline_object(json);
    json_out_key_text(json, "text", text);
    json_out_end(json, '}');
}

/* In a message [text](target) is a link (3.11.6); what comes from a manifest makes none. */
static void write_words(struct json_out *json, const struct buf *words)
{
    AUTO_BUF struct buf text = BUF_INIT;
    for (size_t i = 0; i < words->length; i++) {
        buf_add_char(&text, words->data[i]);
        if (words->data[i] == ']' && words->data[i + 1] == '(')
            buf_add_char(&text, ' ');
    }
    sarif_message(json, "message", buf_text(&text));
}

static int by_id(const void *id, const void *rule)
{
    return strcmp(id, (*(const struct rule_info *const *)rule)->id);
}

static void write_rule_of(struct json_out *json, const struct audit_result *result, const char *id)
{
    AUTO_BUF struct buf escaped = BUF_INIT;
    audit_escape_text(&escaped, id, KEEP_WORDS);
    json_out_key_text(json, "ruleId", buf_text(&escaped));
    const struct rule_info *const *found = NULL;
    if (result->rule_count)
        found = bsearch(id, result->rules, result->rule_count, sizeof(*found), by_id);
    if (found)
        json_out_key_u64(json, "ruleIndex", (uint64_t)(found - result->rules));
}

/* The first sentence says what is wrong and with whom: it is all that a list of alerts shows. */
static void write_message(struct json_out *json, const struct finding *finding)
{
    AUTO_BUF struct buf words = BUF_INIT;
    audit_escape_text(&words, finding->message, KEEP_WORDS);
    buf_add_text(&words, " (");
    audit_add_subject_whole(&words, &finding->subject);
    buf_add_text(&words, ").");
    if (finding->remediation && *finding->remediation) {
        buf_add_text(&words, strchr(finding->remediation, '\n') ? "\nFix:\n" : "\nFix: ");
        audit_escape_text(&words, finding->remediation, KEEP_LINES);
    }
    write_words(json, &words);
}

static void write_fingerprint(struct json_out *json, uint64_t fingerprint)
{
    char text[17];
    (void)snprintf(text, sizeof(text), "%016" PRIx64, fingerprint);
    json_out_key(json, "partialFingerprints");
    json_out_inline_object(json);
    json_out_key_text(json, "profgenFingerprint/v1", text);
    json_out_end(json, '}');
}

/* An empty array says that there is none (3.27.23). */
static void write_suppressions(struct json_out *json, const struct finding *finding)
{
    json_out_key(json, "suppressions");
    json_out_inline_array(json);
    if (finding->suppressed_reason) {
        AUTO_BUF struct buf reason = BUF_INIT;
        audit_escape_text(&reason, finding->suppressed_reason, KEEP_LINES);
        const char *by = finding->suppressed_by ? finding->suppressed_by : "";
        bool in_source = strcmp(by, "comment") == 0 || strcmp(by, "annotation") == 0;
        json_out_object(json);
        json_out_key_text(json, "kind", in_source ? "inSource" : "external");
        json_out_key_text(json, "status", "accepted");
        json_out_key_text(json, "justification", buf_text(&reason));
        json_out_end(json, '}');
    }
    json_out_end(json, ']');
}

static void write_result(struct json_out *json, const struct audit_result *result, const struct finding *finding)
{
    json_out_object(json);
    write_rule_of(json, result, finding->rule->id);
    json_out_key_text(json, "level", audit_level(finding->severity, "note"));
    write_message(json, finding);
    sarif_locations(json, finding->file, finding->line, finding);
    write_fingerprint(json, finding->fingerprint);
    write_suppressions(json, finding);
    json_out_key(json, "properties");
    json_out_inline_object(json);
    json_out_key_text(json, "severity", severity_name(finding->severity));
    json_out_end(json, '}');
    json_out_end(json, '}');
}

static void write_driver(struct json_out *json, const struct audit_result *result)
{
    json_out_key(json, "tool");
    json_out_object(json);
    json_out_key(json, "driver");
    json_out_object(json);
    json_out_key_text(json, "name", "profgen");
    json_out_key_text(json, "semanticVersion", PROFGEN_VERSION);
    json_out_key(json, "rules");
    json_out_array(json);
    for (size_t i = 0; i < result->rule_count; i++)
        sarif_rule(json, result->rules[i]);
    json_out_end(json, ']');
    json_out_end(json, '}');
    json_out_end(json, '}');
}

static void write_notification(struct json_out *json, const struct audit_file *file)
{
    AUTO_BUF struct buf reason = BUF_INIT;
    audit_escape_text(&reason, file->reason ? file->reason : "no reason is known", KEEP_WORDS);
    json_out_object(json);
    json_out_key_text(json, "level", file->status == FILE_ERROR ? "error" : "note");
    write_words(json, &reason);
    sarif_locations(json, file, file->reason_line, NULL);
    json_out_end(json, '}');
}

/* What was not read whole, and what holds nothing to audit. */
static void write_invocation(struct json_out *json, const struct audit_result *result, struct sink *out)
{
    const struct audit_summary *summary = &result->summary;
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(result);
    json_out_key(json, "invocations");
    json_out_array(json);
    json_out_object(json);
    json_out_key_bool(json, "executionSuccessful", summary->files_error == 0);
    json_out_key(json, "toolExecutionNotifications");
    json_out_array(json);
    for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));) {
        if (entry->file.status != FILE_READ)
            write_notification(json, &entry->file);
        sink_ease(out);
    }
    json_out_end(json, ']');
    json_out_end(json, '}');
    json_out_end(json, ']');
}

static void write_bases(struct json_out *json)
{
    json_out_key(json, "originalUriBaseIds");
    json_out_object(json);
    json_out_key(json, "%SRCROOT%");
    json_out_inline_object(json);
    sarif_message(json, "description", "The directory that profgen was started in.");
    json_out_end(json, '}');
    json_out_end(json, '}');
}

static void write_results(struct json_out *json, const struct audit_result *result, struct sink *out)
{
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(result);
    json_out_key(json, "results");
    json_out_array(json);
    for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));)
        for (size_t i = 0; i < entry->finding_count; i++) {
            write_result(json, result, &entry->findings[i]);
            sink_ease(out);
        }
    json_out_end(json, ']');
}

void audit_write_sarif(const struct audit_result *result, const struct audit_report_options *options,
                       struct sink *out)
{
    (void)options;
    struct json_out json;
    json_out_init(&json, &out->buf);
    json_out_object(&json);
    json_out_key_text(&json, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json_out_key_text(&json, "version", "2.1.0");
    json_out_key(&json, "runs");
    json_out_array(&json);
    json_out_object(&json);
    write_driver(&json, result);
    write_invocation(&json, result, out);
    write_bases(&json);
    json_out_key_text(&json, "columnKind", "utf16CodeUnits");
    write_results(&json, result, out);
    json_out_end(&json, '}');
    json_out_end(&json, ']');
    json_out_end(&json, '}');
}
