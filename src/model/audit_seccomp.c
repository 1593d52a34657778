/* seccomp's records: Linux kernel/auditsc.c, audit_seccomp. */
#include <linux/seccomp.h>
#include <string.h>

#include "model/audit_record.h"

/* What the filter returned, without its data: the errno is not logged. */
static const struct {
    uint32_t code;
    enum seccomp_action action;
    enum audit_fate fate;
} ACTIONS[] = {
    {SECCOMP_RET_KILL_PROCESS, SECCOMP_KILL_PROCESS, AUDIT_DENIED},
    {SECCOMP_RET_KILL_THREAD, SECCOMP_KILL_THREAD, AUDIT_DENIED},
    {SECCOMP_RET_TRAP, SECCOMP_TRAP, AUDIT_DENIED},
    {SECCOMP_RET_ERRNO, SECCOMP_ERRNO, AUDIT_DENIED},
    {SECCOMP_RET_USER_NOTIF, SECCOMP_NOTIFY, AUDIT_HANDED},
    {SECCOMP_RET_TRACE, SECCOMP_TRACE, AUDIT_HANDED},
    {SECCOMP_RET_LOG, SECCOMP_LOG, AUDIT_LET},
    {SECCOMP_RET_ALLOW, SECCOMP_ALLOW, AUDIT_ALLOWED},
};

/* An action that this program does not know is taken for the strictest, as the kernel takes it. */
static void read_action(uint64_t code, struct audit_thing *thing)
{
    thing->action = SECCOMP_KILL_PROCESS;
    thing->fate = AUDIT_DENIED;
    for (size_t i = 0; i < ARRAY_COUNT(ACTIONS); i++)
        if (ACTIONS[i].code == (code & SECCOMP_RET_ACTION_FULL)) {
            thing->action = ACTIONS[i].action;
            thing->fate = ACTIONS[i].fate;
        }
}

/* The label of the task, which AppArmor gives with its mode: "confined (enforce)", of which a space ends the field. */
static uint32_t read_label(struct audit_log *log, const struct audit_line *line)
{
    struct audit_field field;
    if (!audit_field_find(line, "subj", &field))
        return STRING_NONE;
    AUTO_FREE char *copy = mem_dup(field.value, field.length);
    char *label = copy + (copy[0] == '='); /* some kernels write subj== */
    char *mode = strstr(label, " (");
    if (mode)
        *mode = '\0';
    bool none = !*label || strcmp(label, "?") == 0 || strcmp(label, "unconfined") == 0;
    return none ? STRING_NONE : audit_log_string(log, label);
}

enum audit_reading audit_seccomp_read(struct audit_log *log, const struct audit_line *line, struct audit_thing *ret)
{
    uint64_t arch;
    uint64_t number;
    uint64_t code;
    audit_thing_init(ret, DENIAL_CALL);
    if (!audit_field_number(line, "arch", 16, &arch) || arch > UINT32_MAX ||
        !audit_field_number(line, "syscall", 10, &number) || number > UINT32_MAX)
        return AUDIT_MALFORMED;
    /* Linux 3.5 to 4.13 logged kills alone, and before 3.7 without the code. */
    if (!audit_field_number(line, "code", 16, &code) || code > UINT32_MAX)
        code = SECCOMP_RET_KILL_THREAD;
    ret->abi = arch_from_audit((uint32_t)arch, &number);
    if (ret->abi == ABI_NONE)
        return AUDIT_FOREIGN_ABI;
    ret->number = (uint32_t)number;
    read_action(code, ret);
    ret->profile = read_label(log, line);
    ret->program = audit_log_field(log, line, "exe");
    ret->comm = audit_log_field(log, line, "comm");
    return AUDIT_READ;
}
