#include "report/denials_words.h"

#include <inttypes.h>
#include <string.h>

#include "base/errno_name.h"
#include "base/text.h"

static void add_escaped(struct buf *out, const char *text)
{
    text_escape(out, text, strlen(text));
}

static void add_arguments(struct buf *out, const struct denial *denial)
{
    const char *before = " with";
    for (unsigned i = 0; i < 6; i++) {
        const struct arg_values *set = denial->args[i];
        if (!set || set->count == 0)
            continue;
        buf_printf(out, "%s argument %u =", before, i);
        for (uint32_t k = 0; k < set->count; k++)
            buf_printf(out, "%s 0x%" PRIx64, k ? " or" : "", set->values[k]);
        before = ",";
    }
}

void denial_add_what(struct buf *out, const struct denial *denial)
{
    char name[SYSCALL_NAME_MAX];
    switch (denial->kind) {
    case DENIAL_CALL:
        buf_printf(out, "%s (%s)", syscall_name(denial->abi, denial->number, name), arch_get(denial->abi)->name);
        add_arguments(out, denial);
        break;
    case DENIAL_FILE:
        aa_mask_write(denial->refused, NULL, out);
        buf_add_text(out, " on ");
        text_escape(out, denial->path, denial->path_length);
        break;
    case DENIAL_CAPABILITY:
    case DENIAL_NETWORK:
        buf_printf(out, "%s %s", denial_kind_name(denial->kind), denial->words);
        break;
    case DENIAL_OTHER:
        add_escaped(out, denial->words);
        break;
    case DENIAL_KIND_COUNT:
        break;
    }
    if (denial->subject) {
        buf_add_text(out, " (");
        add_escaped(out, denial->subject);
        buf_add_char(out, ')');
    }
}

static void add_verdict(struct buf *out, const struct seccomp_verdict *verdict)
{
    char name[ERRNO_NAME_MAX];
    switch (verdict->action) {
    case SECCOMP_ERRNO:
        buf_printf(out, verdict->error ? "fails with %s" : "is left out, and seems to succeed%s",
                   verdict->error ? errno_name(verdict->error, name) : "");
        break;
    case SECCOMP_KILL_PROCESS:
        buf_add_text(out, "kills the process");
        break;
    case SECCOMP_KILL_THREAD:
        buf_add_text(out, "kills the thread");
        break;
    case SECCOMP_TRAP:
        buf_add_text(out, "gets SIGSYS");
        break;
    case SECCOMP_NOTIFY:
        buf_add_text(out, "is handed to a supervisor");
        break;
    case SECCOMP_TRACE:
        buf_add_text(out, "fails with ENOSYS unless a tracer decides otherwise");
        break;
    case SECCOMP_LOG:
    case SECCOMP_ALLOW:
        buf_add_text(out, "is let through with some arguments");
        break;
    case SECCOMP_ACTION_COUNT:
        break;
    }
}

void denial_add_fate(struct buf *out, const struct denial *denial)
{
    if (denial->kind == DENIAL_CALL) {
        add_verdict(out, &denial->verdict);
        if (denial->verdict.foreign_abi)
            buf_printf(out, ": the profile does not list %s", arch_get(denial->abi)->scmp);
        return;
    }
    if (denial->kind != DENIAL_FILE || !denial->rule || !denial->rule->deny) {
        buf_add_text(out, denial->kind == DENIAL_FILE ? "no rule allows it" : "no rule allows it, or one denies it");
        return;
    }
    buf_add_text(out, "the rule deny ");
    add_escaped(out, denial->rule->pattern);
    buf_add_text(out, " forbids it");
}

static void add_string(struct buf *out, const struct recording *recording, uint32_t string)
{
    size_t length;
    const char *bytes = intern_get(recording->strings, string, &length);
    text_escape(out, bytes, length);
}

void denial_add_image(struct buf *out, const struct recording *recording, const struct denial *denial)
{
    if (denial->image >= recording->image_count)
        return;
    const struct image *image = &recording->images[denial->image];
    if (image->script != STRING_NONE) {
        add_string(out, recording, image->script);
        buf_add_text(out, " by ");
    }
    if (image->path != STRING_NONE)
        add_string(out, recording, image->path);
}

void denial_write_rule(struct json_out *json, const struct seccomp_rule *rule)
{
    json_out_inline_object(json);
    json_out_key(json, "names");
    json_out_inline_array(json);
    for (size_t i = 0; i < rule->name_count; i++)
        json_out_text(json, rule->names[i]);
    json_out_end(json, ']');
    json_out_key_text(json, "action", seccomp_action_name(rule->action));
    if (rule->arg_count > 0) {
        json_out_key(json, "args");
        json_out_inline_array(json);
        for (size_t i = 0; i < rule->arg_count; i++) {
            json_out_inline_object(json);
            json_out_key_u64(json, "index", rule->args[i].index);
            json_out_key_u64(json, "value", rule->args[i].value);
            json_out_key_text(json, "op", seccomp_op_name(rule->args[i].op));
            json_out_end(json, '}');
        }
        json_out_end(json, ']');
    }
    json_out_end(json, '}');
}
