#include <string.h>

#include "base/json_out.h"
#include "report/denials_report.h"
#include "report/log_report.h"
#include "report/log_words.h"

static void key_bytes(struct json_out *json, const char *key, const char *text)
{
    if (!text)
        return;
    json_out_key(json, key);
    json_out_bytes(json, text, strlen(text));
}

/* Milliseconds since the epoch. */
static void key_time(struct json_out *json, const char *key, int64_t time_ms)
{
    if (time_ms != AUDIT_NO_TIME)
        json_out_key_u64(json, key, (uint64_t)time_ms);
}

/* ---- one thing ---------------------------------------------------------------------------------- */

static void write_subject(struct json_out *json, const struct audit_log *log, const struct audit_thing *thing)
{
    AUTO_BUF struct buf letters = BUF_INIT;
    AUTO_BUF struct buf asked = BUF_INIT;
    char name[SYSCALL_NAME_MAX];
    switch (thing->kind) {
    case DENIAL_CALL:
        json_out_key_text(json, "abi", arch_get(thing->abi)->name);
        json_out_key_text(json, "syscall", syscall_name(thing->abi, thing->number, name));
        json_out_key_u64(json, "number", thing->number);
        json_out_key_text(json, "action", seccomp_action_name(thing->action));
        break;
    case DENIAL_FILE:
        aa_mask_write(thing->denied, NULL, &letters);
        aa_mask_write(thing->requested, NULL, &asked);
        key_bytes(json, "path", audit_log_text(log, thing->path));
        json_out_key_text(json, "access", buf_text(&letters));
        json_out_key_text(json, "requested", buf_text(&asked));
        if (thing->owner != AUDIT_OWNER_UNKNOWN)
            json_out_key_bool(json, "owner", thing->owner == AUDIT_OWNER_SELF);
        break;
    case DENIAL_CAPABILITY:
    case DENIAL_NETWORK:
    case DENIAL_OTHER:
        key_bytes(json, "words", audit_log_text(log, thing->words));
        key_bytes(json, "detail", audit_log_text(log, thing->detail));
        break;
    case DENIAL_KIND_COUNT:
        break;
    }
}

static void write_judgement(struct json_out *json, const struct audit_log *log, const struct audit_thing *thing,
                            const struct log_judgement *judgement)
{
    AUTO_BUF struct buf words = BUF_INIT;
    if (judgement->standing == LOG_NOT_ASKED)
        return;
    log_add_standing(&words, log, thing, judgement);
    json_out_key_text(json, "standing", log_standing_name(judgement->standing));
    json_out_key_text(json, "sentence", buf_text(&words));
    key_bytes(json, "rule", judgement->rule ? judgement->rule->pattern : NULL);
}

static void write_entry(struct json_out *json, const struct audit_log *log, const struct audit_entry *entry,
                        const struct log_judgement *judgement)
{
    const struct audit_thing *thing = &entry->thing;
    json_out_inline_object(json);
    json_out_key_text(json, "fate", audit_fate_name(thing->fate));
    json_out_key_text(json, "kind", denial_kind_name(thing->kind));
    write_subject(json, log, thing);
    key_bytes(json, "profile", audit_log_text(log, thing->profile));
    key_bytes(json, "program", audit_log_text(log, thing->program));
    key_bytes(json, "comm", audit_log_text(log, thing->comm));
    key_bytes(json, "operation", audit_log_text(log, thing->operation));
    key_bytes(json, "info", audit_log_text(log, thing->info));
    json_out_key_u64(json, "count", entry->count);
    key_time(json, "first_ms", entry->first_ms);
    key_time(json, "last_ms", entry->last_ms);
    if (judgement)
        write_judgement(json, log, thing, judgement);
    json_out_end(json, '}');
}

/* ---- groups and the rest -------------------------------------------------------------------------- */

static void write_group(struct json_out *json, const struct log_review *review, const struct log_group *group)
{
    json_out_object(json);
    json_out_key_text(json, "kind", group->is_seccomp ? "seccomp" : "apparmor");
    if (group->name[0])
        key_bytes(json, group->is_seccomp ? "program" : "profile", group->name);
    json_out_key_u64(json, "times", group->times);
    json_out_key(json, "denials");
    json_out_array(json);
    for (size_t i = 0; i < group->entry_count; i++)
        write_entry(json, review->log, &review->log->entries[group->entries[i]], &review->judgements[group->entries[i]]);
    json_out_end(json, ']');
    denials_remedy_json(&group->remedy, json);
    json_out_end(json, '}');
}

static void write_groups(struct json_out *json, const struct log_review *review)
{
    json_out_key(json, "groups");
    json_out_array(json);
    for (size_t i = 0; i < review->group_count; i++)
        write_group(json, review, &review->groups[i]);
    json_out_end(json, ']');
    json_out_key(json, "others");
    json_out_array(json);
    for (size_t i = 0; i < review->log->entry_count; i++)
        if (!audit_entry_is_denial(&review->log->entries[i]))
            write_entry(json, review->log, &review->log->entries[i], NULL);
    json_out_end(json, ']');
}

static void write_summary(struct json_out *json, const struct log_review *review)
{
    const struct audit_log *log = review->log;
    uint64_t times;
    json_out_key(json, "summary");
    json_out_inline_object(json);
    json_out_key_u64(json, "denials", audit_log_denials(log, &times));
    json_out_key_u64(json, "times", times);
    json_out_key_u64(json, "lines", log->lines);
    json_out_key_u64(json, "apparmor", log->apparmor);
    json_out_key_u64(json, "seccomp", log->seccomp);
    json_out_key_u64(json, "status", log->status);
    json_out_key_u64(json, "twice", log->twice);
    json_out_key_u64(json, "of_other_profiles", log->passed);
    key_time(json, "first_ms", log->first_ms);
    key_time(json, "last_ms", log->last_ms);
    json_out_end(json, '}');
    if (!review->has_profiles)
        return;
    json_out_key(json, "standings");
    json_out_inline_object(json);
    for (enum log_standing standing = 0; standing < LOG_STANDING_COUNT; standing++)
        json_out_key_u64(json, log_standing_name(standing), log_review_count(review, standing));
    json_out_end(json, '}');
}

static void write_troubles(struct json_out *json, const struct audit_log *log)
{
    json_out_key(json, "troubles");
    json_out_array(json);
    for (enum audit_trouble trouble = 0; trouble < AUDIT_TROUBLE_COUNT; trouble++) {
        if (log->troubles[trouble].count == 0)
            continue;
        json_out_inline_object(json);
        json_out_key_text(json, "cause", audit_trouble_name(trouble));
        json_out_key_text(json, "meaning", audit_trouble_sentence(trouble));
        json_out_key_u64(json, "count", log->troubles[trouble].count);
        if (log->troubles[trouble].example)
            json_out_key_text(json, "example", log->troubles[trouble].example);
        json_out_end(json, '}');
    }
    json_out_end(json, ']');
}

static void write_profiles(struct json_out *json, const struct apparmor_file *file)
{
    json_out_key(json, "apparmor_profiles");
    json_out_inline_array(json);
    for (size_t i = 0; i < file->profile_count; i++)
        json_out_bytes(json, file->profiles[i]->name, strlen(file->profiles[i]->name));
    json_out_end(json, ']');
}

void log_json(const struct log_report *report, struct buf *out)
{
    struct json_out json;
    json_out_init(&json, out);
    json_out_object(&json);
    json_out_key_text(&json, "schema", LOG_SCHEMA);
    json_out_key(&json, "logs");
    json_out_inline_array(&json);
    for (size_t i = 0; i < report->file_count; i++)
        json_out_bytes(&json, report->files[i], strlen(report->files[i]));
    json_out_end(&json, ']');
    key_bytes(&json, "seccomp", report->seccomp_file);
    key_bytes(&json, "apparmor", report->apparmor_file);
    if (report->apparmor)
        write_profiles(&json, report->apparmor);
    key_bytes(&json, "judged_as", report->judged_as);
    write_summary(&json, report->review);
    write_groups(&json, report->review);
    write_troubles(&json, report->review->log);
    json_out_end(&json, '}');
}
