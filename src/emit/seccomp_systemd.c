#include <errno.h>
#include <seccomp.h>
#include <string.h>

#include "emit/formats.h"

/* systemd knows calls, not arguments: one entry per call, the widest of what the rules grant. */
struct unit_call {
    bool allowed;
    bool refused;
    bool is_conditional; /* some rule for it has conditions on arguments */
    enum seccomp_action refusal;
    int errno_value;
    bool is_unknown_to_libseccomp;
};

enum { LINE_WIDTH = 100 };

struct unit_writer {
    struct buf *out;
    size_t line_start;
    bool line_open;
    bool denies;
};

static bool grants(enum seccomp_action action)
{
    return action == SECCOMP_ALLOW || action == SECCOMP_LOG;
}

static bool is_sayable(enum seccomp_action action)
{
    return grants(action) || action == SECCOMP_ERRNO || action == SECCOMP_KILL_PROCESS ||
           action == SECCOMP_KILL_THREAD;
}

static int check_sayable(const struct seccomp_policy *policy, struct err *err)
{
    enum seccomp_action bad = is_sayable(policy->default_action) ? SECCOMP_ACTION_COUNT : policy->default_action;
    for (size_t i = 0; i < policy->rule_count; i++)
        if (!is_sayable(policy->rules[i].action))
            bad = policy->rules[i].action;
    if (bad == SECCOMP_ACTION_COUNT)
        return 0;
    return err_set(err, -ENOTSUP, "systemd units have no word for %s; write this policy as seccomp JSON",
                   seccomp_action_name(bad));
}

static void note_rule(struct unit_call *call, const struct seccomp_rule *rule, const char *name)
{
    bool conditional = rule->arg_count > 0;
    call->is_conditional |= conditional;
    call->is_unknown_to_libseccomp = seccomp_syscall_resolve_name(name) == __NR_SCMP_ERROR;
    if (grants(rule->action))
        call->allowed = true;
    else if (!conditional && !call->refused) {
        call->refused = true;
        call->refusal = rule->action;
        call->errno_value = rule->errno_value < 0 ? EPERM : rule->errno_value;
    }
}

static struct unit_call *gather(const struct emit_input *input, const struct seccomp_context *context)
{
    struct unit_call *calls = mem_zero(syscall_count(), sizeof(*calls));
    for (size_t i = 0; i < input->seccomp->rule_count; i++) {
        const struct seccomp_rule *rule = &input->seccomp->rules[i];
        if (!seccomp_rule_applies(rule, context))
            continue;
        for (size_t k = 0; k < rule->name_count; k++) {
            const struct syscall *syscall = syscall_by_name(rule->names[k]);
            if (syscall)
                note_rule(&calls[syscall - syscall_at(0)], rule, rule->names[k]);
        }
    }
    return calls;
}

static void add_word(struct unit_writer *writer, const char *name, const char *suffix)
{
    size_t length = strlen(name) + strlen(suffix) + 1;
    if (writer->line_open && writer->out->length - writer->line_start + length > LINE_WIDTH) {
        buf_add_char(writer->out, '\n');
        writer->line_open = false;
    }
    if (!writer->line_open) {
        writer->line_start = writer->out->length;
        buf_printf(writer->out, "SystemCallFilter=%s", writer->denies ? "~" : "");
    } else {
        buf_add_char(writer->out, ' ');
    }
    writer->line_open = true;
    buf_printf(writer->out, "%s%s", name, suffix);
}

static void end_line(struct unit_writer *writer)
{
    if (writer->line_open)
        buf_add_char(writer->out, '\n');
    writer->line_open = false;
}

static void write_error_number(struct buf *out, const struct seccomp_policy *policy)
{
    if (policy->default_action != SECCOMP_ERRNO)
        return;
    int value = policy->default_errno < 0 ? EPERM : policy->default_errno;
    const char *name = strerrorname_np(value);
    if (name && value > 0)
        buf_printf(out, "SystemCallErrorNumber=%s\n", name);
    else
        buf_printf(out, "SystemCallErrorNumber=%d\n", value);
}

static void write_allowed(struct unit_writer *writer, const struct unit_call *calls)
{
    for (size_t i = 0; i < syscall_count(); i++)
        if (calls[i].allowed && !calls[i].is_unknown_to_libseccomp)
            add_word(writer, syscall_at(i)->name, "");
    /* An allow-list without a line would be no filter at all. */
    if (!writer->line_open)
        add_word(writer, "exit_group", "");
    end_line(writer);
}

/* What a listed refusal answers that the default does not. Behind an allow-list, too, a line with ~ and an errno
 * gives the call that errno. */
static void write_refused(struct unit_writer *writer, const struct unit_call *calls,
                          const struct seccomp_policy *policy)
{
    int usual = policy->default_action == SECCOMP_ERRNO ? (policy->default_errno < 0 ? EPERM : policy->default_errno)
                                                        : -1;
    for (size_t i = 0; i < syscall_count(); i++) {
        const struct unit_call *call = &calls[i];
        bool kills = call->refusal != SECCOMP_ERRNO;
        bool as_default = kills ? !grants(policy->default_action) && policy->default_action != SECCOMP_ERRNO
                                : call->errno_value == usual;
        if (!call->refused || call->allowed || call->is_unknown_to_libseccomp || as_default)
            continue;
        char suffix[16] = ":kill";
        if (!kills)
            (void)snprintf(suffix, sizeof(suffix), ":%d", call->errno_value);
        add_word(writer, syscall_at(i)->name, suffix);
    }
    end_line(writer);
}

static void write_remarks(struct buf *out, const struct unit_call *calls, bool permissive)
{
    for (size_t i = 0; i < syscall_count(); i++) {
        const struct unit_call *call = &calls[i];
        const char *name = syscall_at(i)->name;
        if (call->is_unknown_to_libseccomp && (call->allowed || call->refused))
            buf_printf(out, "# %s: left out, systemd's libseccomp may not know it\n", name);
        else if (call->is_conditional && call->allowed)
            buf_printf(out, "# %s: allowed whatever its arguments are, which a unit cannot tell apart\n", name);
        else if (call->is_conditional && permissive && !call->refused)
            buf_printf(out, "# %s: not refused, since only some arguments should be and a unit cannot tell\n", name);
    }
}

static void write_architectures(struct buf *out, const struct seccomp_policy *policy,
                                const struct seccomp_context *context)
{
    buf_printf(out, "SystemCallArchitectures=%s", arch_get(context->native)->systemd);
    for (size_t i = 0; i < policy->abi_count; i++)
        if (policy->abis[i] != context->native &&
            arch_get(policy->abis[i])->family == arch_get(context->native)->family)
            buf_printf(out, " %s", arch_get(policy->abis[i])->systemd);
    buf_add_char(out, '\n');
}

int emit_seccomp_systemd(const struct emit_input *input, struct buf *out, struct err *err)
{
    const struct seccomp_policy *policy = input->seccomp;
    struct seccomp_context context = emit_context(input);
    int r = check_sayable(policy, err);
    if (r < 0)
        return r;
    bool permissive = grants(policy->default_action);
    AUTO_FREE struct unit_call *calls = gather(input, &context);
    struct unit_writer writer = {.out = out};
    emit_origin(input, out);
    write_remarks(out, calls, permissive);
    buf_add_text(out, "[Service]\n");
    write_architectures(out, policy, &context);
    write_error_number(out, policy);
    if (!permissive)
        write_allowed(&writer, calls);
    writer.denies = true;
    write_refused(&writer, calls, policy);
    return 0;
}
