#include "report/log_words.h"

#include <string.h>

#include "base/text.h"
#include "report/denials_words.h"

static void add_string(struct buf *out, const struct audit_log *log, uint32_t string)
{
    size_t length;
    if (string == STRING_NONE)
        return;
    const char *bytes = intern_get(log->strings, string, &length);
    text_escape(out, bytes, length);
}

void log_add_what(struct buf *out, const struct audit_log *log, const struct audit_entry *entry)
{
    const struct audit_thing *thing = &entry->thing;
    char name[SYSCALL_NAME_MAX];
    switch (thing->kind) {
    case DENIAL_CALL:
        buf_printf(out, "%s (%s)", syscall_name(thing->abi, thing->number, name), arch_get(thing->abi)->name);
        break;
    case DENIAL_FILE:
        aa_mask_write(thing->denied, NULL, out);
        buf_add_text(out, " on ");
        add_string(out, log, thing->path);
        break;
    case DENIAL_CAPABILITY:
    case DENIAL_NETWORK:
        buf_printf(out, "%s ", denial_kind_name(thing->kind));
        add_string(out, log, thing->words);
        break;
    case DENIAL_OTHER:
        add_string(out, log, thing->words);
        if (thing->detail != STRING_NONE)
            buf_add_char(out, ' ');
        add_string(out, log, thing->detail);
        break;
    case DENIAL_KIND_COUNT:
        break;
    }
}

static const char *action_words(enum seccomp_action action)
{
    switch (action) {
    case SECCOMP_KILL_PROCESS:
        return "the process was killed";
    case SECCOMP_KILL_THREAD:
        return "the thread was killed";
    case SECCOMP_TRAP:
        return "it got SIGSYS";
    case SECCOMP_ERRNO:
        return "it failed";
    case SECCOMP_NOTIFY:
        return "a supervisor decided";
    case SECCOMP_TRACE:
        return "a tracer decided";
    case SECCOMP_LOG:
        return "let through and logged";
    case SECCOMP_ALLOW:
    case SECCOMP_ACTION_COUNT:
        return "let through";
    }
    return "";
}

const char *log_fate(const struct audit_thing *thing)
{
    if (thing->kind == DENIAL_CALL)
        return action_words(thing->action);
    return thing->fate == AUDIT_DENIED ? "denied" : thing->fate == AUDIT_LET ? "let through in complain mode" : "allowed";
}

void log_add_who(struct buf *out, const struct audit_log *log, const struct audit_thing *thing)
{
    add_string(out, log, thing->program);
    if (thing->comm == STRING_NONE)
        return;
    buf_add_text(out, out->length ? " (" : "");
    size_t before = out->length;
    add_string(out, log, thing->comm);
    if (before > 0)
        buf_add_char(out, ')');
}

static void add_refusal(struct buf *out, const struct audit_thing *thing, const struct log_judgement *judgement)
{
    const struct denial denial = {.kind = thing->kind, .abi = thing->abi, .number = thing->number,
                                  .verdict = judgement->verdict, .rule = judgement->rule};
    if (thing->kind == DENIAL_CALL && judgement->verdict.action == SECCOMP_LOG)
        buf_add_text(out, "lets it through and logs it");
    else
        denial_add_fate(out, &denial);
}

void log_add_standing(struct buf *out, const struct audit_log *log, const struct audit_thing *thing,
                      const struct log_judgement *judgement)
{
    bool call = thing->kind == DENIAL_CALL;
    switch (judgement->standing) {
    case LOG_EXPLAINED:
        buf_add_text(out, "explained: ");
        add_refusal(out, thing, judgement);
        break;
    case LOG_DIFFERENT:
        add_refusal(out, thing, judgement);
        buf_add_text(out, call ? ", which is not what was logged: another filter, or an older version, did that"
                               : ", which is not logged: an older version of the profile did that");
        break;
    case LOG_PERHAPS:
        buf_add_text(out, "not known: ");
        if (judgement->reason)
            text_escape(out, judgement->reason, strlen(judgement->reason));
        break;
    case LOG_BEYOND:
        buf_add_text(out, "its rules allow it; the kernel says: ");
        add_string(out, log, thing->info);
        break;
    case LOG_OLDER:
        buf_add_text(out, call ? "the profile allows it: another filter, or an older version of it, was loaded"
                               : "the profile allows it: an older version of it was loaded");
        break;
    case LOG_OTHER_PROFILE:
        buf_add_text(out, "the profile ");
        add_string(out, log, thing->profile);
        buf_add_text(out, " is named, which is another one");
        break;
    case LOG_NOT_ASKED:
    case LOG_STANDING_COUNT:
        break;
    }
}
