#include <inttypes.h>
#include <string.h>

#include "base/errno_name.h"
#include "base/json_out.h"
#include "base/text.h"
#include "report/denials_report.h"
#include "report/denials_words.h"

static void key_bytes(struct json_out *json, const char *key, const char *text)
{
    if (!text)
        return;
    json_out_key(json, key);
    json_out_bytes(json, text, strlen(text));
}

/* As recordings have them: JSON readers round above 2^53. */
static void write_value(struct json_out *json, uint64_t value)
{
    char text[32];
    if (value <= UINT64_C(1) << 53) {
        json_out_u64(json, value);
        return;
    }
    (void)snprintf(text, sizeof(text), "0x%" PRIx64, value);
    json_out_text(json, text);
}

static void write_arguments(struct json_out *json, const struct denial *denial)
{
    json_out_key(json, "arguments");
    json_out_inline_array(json);
    for (unsigned i = 0; i < 6; i++) {
        if (!denial->args[i])
            continue;
        json_out_inline_object(json);
        json_out_key_u64(json, "index", i);
        json_out_key(json, "values");
        json_out_inline_array(json);
        for (uint32_t k = 0; k < denial->args[i]->count; k++)
            write_value(json, denial->args[i]->values[k]);
        json_out_end(json, ']');
        json_out_end(json, '}');
    }
    json_out_end(json, ']');
}

static void write_call(struct json_out *json, const struct denial *denial)
{
    char name[SYSCALL_NAME_MAX];
    char error[ERRNO_NAME_MAX];
    json_out_key_text(json, "abi", arch_get(denial->abi)->name);
    json_out_key_text(json, "syscall", syscall_name(denial->abi, denial->number, name));
    json_out_key_u64(json, "number", denial->number);
    write_arguments(json, denial);
    json_out_key_text(json, "action", seccomp_action_name(denial->verdict.action));
    if (denial->verdict.action == SECCOMP_ERRNO && denial->verdict.error)
        json_out_key_text(json, "errno", errno_name(denial->verdict.error, error));
    json_out_key_bool(json, "foreign_abi", denial->verdict.foreign_abi);
}

static void write_subject(struct json_out *json, const struct denial *denial)
{
    AUTO_BUF struct buf letters = BUF_INIT;
    switch (denial->kind) {
    case DENIAL_CALL:
        write_call(json, denial);
        break;
    case DENIAL_FILE:
        aa_mask_write(denial->refused, NULL, &letters);
        json_out_key(json, "path");
        json_out_bytes(json, denial->path, denial->path_length);
        json_out_key_text(json, "access", buf_text(&letters));
        key_bytes(json, "rule", denial->rule ? denial->rule->pattern : NULL);
        break;
    case DENIAL_CAPABILITY:
    case DENIAL_NETWORK:
    case DENIAL_OTHER:
        key_bytes(json, "words", denial->words);
        key_bytes(json, "subject", denial->subject);
        break;
    case DENIAL_KIND_COUNT:
        break;
    }
}

static void write_denial(struct json_out *json, const struct denials_report *report, const struct denial *denial)
{
    AUTO_BUF struct buf image = BUF_INIT;
    denial_add_image(&image, report->recording, denial);
    json_out_inline_object(json);
    json_out_key_text(json, "outcome", denial_outcome_name(denial->outcome));
    json_out_key_text(json, "kind", denial_kind_name(denial->kind));
    write_subject(json, denial);
    if (image.length > 0)
        json_out_key_text(json, "image", buf_text(&image));
    json_out_key(json, "phases");
    json_out_inline_array(json);
    if (denial->in[PHASE_STARTUP])
        json_out_text(json, "startup");
    if (denial->in[PHASE_SERVING])
        json_out_text(json, "serving");
    json_out_end(json, ']');
    if (denial->kind != DENIAL_FILE)
        json_out_key_u64(json, "count", denial->count[PHASE_STARTUP] + denial->count[PHASE_SERVING]);
    if (denial->first_ns != UINT64_MAX)
        json_out_key_u64(json, "first_ns", denial->first_ns);
    key_bytes(json, "reason", denial->reason);
    json_out_end(json, '}');
}

static void write_summary(struct json_out *json, const struct denials_report *report)
{
    json_out_key(json, "summary");
    json_out_inline_object(json);
    for (enum denial_outcome outcome = 0; outcome < DENIAL_OUTCOME_COUNT; outcome++)
        json_out_key_u64(json, denial_outcome_name(outcome), denials_count(report->denials, outcome));
    json_out_key_bool(json, "complete", recording_complete(report->recording));
    json_out_end(json, '}');
}

static void write_sentences(struct json_out *json, const char *key, char *const *sentences, size_t count)
{
    json_out_key(json, key);
    json_out_array(json);
    for (size_t i = 0; i < count; i++)
        json_out_bytes(json, sentences[i], strlen(sentences[i]));
    json_out_end(json, ']');
}

void denials_remedy_json(const struct denials_remedy *remedy, struct json_out *json)
{
    AUTO_BUF struct buf rules = BUF_INIT;
    json_out_key(json, "remedy");
    json_out_object(json);
    write_sentences(json, "change", remedy->changes, remedy->change_count);
    if (remedy->more_changes > 0)
        json_out_key_u64(json, "more_changes", remedy->more_changes);
    json_out_key(json, "architectures");
    json_out_inline_array(json);
    for (size_t i = 0; i < remedy->seccomp->abi_count; i++)
        json_out_text(json, arch_get(remedy->seccomp->abis[i])->scmp);
    json_out_end(json, ']');
    json_out_key(json, "syscalls");
    json_out_array(json);
    for (size_t i = 0; i < remedy->seccomp->rule_count; i++)
        denial_write_rule(json, &remedy->seccomp->rules[i]);
    json_out_end(json, ']');
    apparmor_policy_write_rules(remedy->apparmor, &rules);
    json_out_key(json, "apparmor");
    json_out_array(json);
    for (const char *line = buf_text(&rules); *line; line += strcspn(line, "\n") + 1) {
        line += strspn(line, " ");
        json_out_bytes(json, line, strcspn(line, "\n"));
    }
    json_out_end(json, ']');
    json_out_end(json, '}');
}

void denials_json(const struct denials_report *report, struct buf *out)
{
    struct json_out json;
    json_out_init(&json, out);
    json_out_object(&json);
    json_out_key_text(&json, "schema", DENIALS_SCHEMA);
    key_bytes(&json, "seccomp", report->seccomp_file);
    key_bytes(&json, "apparmor", report->apparmor_file);
    key_bytes(&json, "apparmor_profile", report->apparmor_profile);
    key_bytes(&json, "recorded", report->recorded);
    key_bytes(&json, "judged_as", report->judged_as);
    write_summary(&json, report);
    json_out_key(&json, "denials");
    json_out_array(&json);
    for (size_t i = 0; i < report->denials->count; i++)
        write_denial(&json, report, &report->denials->items[i]);
    json_out_end(&json, ']');
    denials_remedy_json(report->remedy, &json);
    write_sentences(&json, "notes", report->denials->notes, report->denials->note_count);
    json_out_end(&json, '}');
}
