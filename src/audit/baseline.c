#include "audit/baseline.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json_in.h"
#include "base/json_out.h"
#include "base/mem.h"

static const char schema[] = "profgen-baseline/1";

struct entry {
    uint64_t fingerprint;
    char *reason; /* never NULL */
};

struct baseline {
    struct entry *entries; /* sorted by fingerprint */
    size_t count;
};

void baseline_free(struct baseline *baseline)
{
    if (!baseline)
        return;
    for (size_t i = 0; i < baseline->count; i++)
        free(baseline->entries[i].reason);
    free(baseline->entries);
    free(baseline);
}

static int by_fingerprint(const void *one, const void *two)
{
    const struct entry *a = one;
    const struct entry *b = two;
    return a->fingerprint < b->fingerprint ? -1 : a->fingerprint > b->fingerprint;
}

static bool read_fingerprint(const char *text, uint64_t *ret)
{
    if (!text || strlen(text) != 16 || strspn(text, "0123456789abcdef") != 16)
        return false;
    *ret = strtoull(text, NULL, 16);
    return true;
}

static int read_entries(const char *path, const json_t *findings, struct baseline *baseline, struct err *err)
{
    size_t index = 0;
    const json_t *item = NULL;
    baseline->entries = mem_zero(json_array_size(findings), sizeof(*baseline->entries));
    json_array_foreach(findings, index, item)
    {
        struct entry *entry = &baseline->entries[baseline->count];
        const char *reason = json_string_value(json_object_get(item, "reason"));
        if (!read_fingerprint(json_string_value(json_object_get(item, "fingerprint")), &entry->fingerprint))
            return err_set(err, -EINVAL, "%s: findings[%zu] has no fingerprint of 16 hexadecimal digits", path, index);
        entry->reason = mem_strdup(reason && *reason ? reason : "accepted in the baseline");
        baseline->count++;
    }
    if (baseline->count > 1)
        qsort(baseline->entries, baseline->count, sizeof(*baseline->entries), by_fingerprint);
    return 0;
}

int baseline_read(const char *path, struct baseline **ret, struct err *err)
{
    AUTO_BUF struct buf bytes = BUF_INIT;
    AUTO_JSON json_t *root = NULL;
    int failed = file_read(path, BASELINE_BYTES_MAX, &bytes, err);
    /* Where a file stops being JSON helps no one who took another file for a baseline. */
    if (failed == 0 && bytes.length > 0 && bytes.data[0] == '{')
        failed = json_in_parse(path, buf_text(&bytes), bytes.length, &root, err);
    if (failed < 0)
        return failed;
    const char *said = json_string_value(json_object_get(root, "schema"));
    const json_t *findings = json_object_get(root, "findings");
    if (!said || strcmp(said, schema) != 0 || !json_is_array(findings))
        return err_set(err, -EINVAL, "%s is not a baseline: profgen audit --write-baseline FILE makes one", path);
    struct baseline *baseline = mem_zero(1, sizeof(*baseline));
    failed = read_entries(path, findings, baseline, err);
    if (failed < 0) {
        baseline_free(baseline);
        return failed;
    }
    *ret = baseline;
    return 0;
}

static const struct entry *find(const struct baseline *baseline, uint64_t fingerprint)
{
    const struct entry wanted = {.fingerprint = fingerprint};
    if (!baseline || baseline->count == 0)
        return NULL;
    return bsearch(&wanted, baseline->entries, baseline->count, sizeof(wanted), by_fingerprint);
}

static void accept(const void *baseline, struct finding *finding)
{
    const struct entry *entry = finding->suppressed_reason ? NULL : find(baseline, finding->fingerprint);
    if (!entry)
        return;
    finding->suppressed_reason = entry->reason;
    finding->suppressed_by = "baseline";
}

size_t baseline_apply(const struct baseline *baseline, struct audit_result *result)
{
    size_t found = 0;
    result->accept = accept;
    result->acceptance = baseline;
    result->summary = (struct audit_summary){0};
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(result);
    for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));) {
        audit_summary_add(&result->summary, entry);
        for (size_t i = 0; i < entry->finding_count; i++)
            found += find(baseline, entry->findings[i].fingerprint) != NULL;
    }
    return baseline->count > found ? baseline->count - found : 0;
}

static void write_subject(struct json_out *json, const struct finding_subject *subject)
{
    AUTO_BUF struct buf text = BUF_INIT;
    const char *const parts[] = {subject->kind, subject->namespace_, subject->name, subject->container};
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++)
        if (parts[i])
            buf_printf(&text, "%s%s", text.length > 0 ? "/" : "", parts[i]);
    json_out_key(json, "subject");
    json_out_bytes(json, buf_text(&text), text.length);
}

static void write_finding(struct json_out *json, const struct finding *finding, const struct entry *known)
{
    char fingerprint[17];
    const char *path = finding->file->path;
    (void)snprintf(fingerprint, sizeof(fingerprint), "%016" PRIx64, finding->fingerprint);
    json_out_inline_object(json);
    json_out_key_text(json, "fingerprint", fingerprint);
    json_out_key_text(json, "rule", finding->rule->id);
    json_out_key(json, "file");
    json_out_bytes(json, path, strlen(path));
    write_subject(json, &finding->subject);
    json_out_key(json, "message");
    json_out_bytes(json, finding->message, strlen(finding->message));
    if (known) {
        json_out_key(json, "reason");
        json_out_bytes(json, known->reason, strlen(known->reason));
    }
    json_out_end(json, '}');
}

void baseline_write(const struct audit_result *result, const struct baseline *older, struct sink *out)
{
    struct json_out json;
    json_out_init(&json, &out->buf);
    json_out_object(&json);
    json_out_key_text(&json, "schema", schema);
    json_out_key(&json, "findings");
    json_out_array(&json);
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(result);
    for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));)
        for (size_t i = 0; i < entry->finding_count; i++) {
            const struct finding *finding = &entry->findings[i];
            if (!finding->suppressed_by || strcmp(finding->suppressed_by, "baseline") == 0)
                write_finding(&json, finding, find(older, finding->fingerprint));
            sink_ease(out);
        }
    json_out_end(&json, ']');
    json_out_end(&json, '}');
    buf_add_char(&out->buf, '\n');
}
