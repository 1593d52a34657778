/* Files that the kernel opens only for a capability, whatever their modes say. */
#include <fnmatch.h>
#include <linux/capability.h>
#include <string.h>

#include "base/mem.h"
#include "trace/call.h"
#include "trace/privilege_rule.h"
#include "trace/thread.h"

#define WRITES (ACCESS_WRITE | ACCESS_APPEND | ACCESS_TRUNCATE)
#define OPENS (ACCESS_READ | WRITES)

struct path_rule {
    const char *pattern; /* fnmatch(3), where * does not match a slash */
    access_mask did;
    bool of_another; /* only when it belongs to another user */
    const char *sysctl; /* only where this is set; NULL */
    int8_t capability;
    int8_t or_else;
    const char *why;
};

/* capabilities(7), proc(5); the function that asks is named where that page does not say so. What is written to
 * oom_score_adj and loginuid is not seen: lowering the one and changing the other a second time need it. */
static const struct path_rule rules[] = {
    {"/proc/kmsg", OPENS, false, NULL, CAP_SYSLOG, CAP_SYS_ADMIN, "the kernel's log was opened"},
    {"/dev/kmsg", ACCESS_READ, false, "kernel/dmesg_restrict", CAP_SYSLOG, CAP_SYS_ADMIN, "the kernel's log was opened"},
    {"/proc/kcore", OPENS, false, NULL, CAP_SYS_RAWIO, 0, "the machine's memory was opened"},
    {"/dev/mem", OPENS, false, NULL, CAP_SYS_RAWIO, 0, "the machine's memory was opened"},
    {"/dev/port", OPENS, false, NULL, CAP_SYS_RAWIO, 0, "the machine's ports were opened"},
    {"/dev/cpu/*/msr", OPENS, false, NULL, CAP_SYS_RAWIO, 0, "a processor's registers were opened"},
    {"/dev/ppp", OPENS, false, NULL, CAP_NET_ADMIN, 0, "/dev/ppp was opened"}, /* ppp_open */
    {"/proc/sys/kernel/ns_last_pid", WRITES, false, NULL, CAP_CHECKPOINT_RESTORE, CAP_SYS_ADMIN, "process ids were chosen"},
    {"/proc/sys/kernel/dmesg_restrict", WRITES, false, NULL, CAP_SYS_ADMIN, 0, "a setting of the kernel was changed"},
    {"/proc/sys/kernel/kptr_restrict", WRITES, false, NULL, CAP_SYS_ADMIN, 0, "a setting of the kernel was changed"},
    {"/proc/*/oom_score_adj", WRITES, false, NULL, CAP_SYS_RESOURCE, 0, "oom_score_adj was opened for writing"},
    {"/proc/*/oom_adj", WRITES, false, NULL, CAP_SYS_RESOURCE, 0, "oom_adj was opened for writing"},
    {"/proc/*/loginuid", WRITES, false, NULL, CAP_AUDIT_CONTROL, 0, "loginuid was opened for writing"},
    {"/sys/power/wake_*lock", WRITES, false, NULL, CAP_BLOCK_SUSPEND, 0, "system suspend was blocked"},
    {"/sys/kernel/security/apparmor/.*", WRITES, false, NULL, CAP_MAC_ADMIN, 0, "AppArmor policy was changed"},
    {"/proc/[0-9]*/environ", OPENS, true, NULL, CAP_SYS_PTRACE, 0, "another user's process was looked into"},
    {"/proc/[0-9]*/mem", OPENS, true, NULL, CAP_SYS_PTRACE, 0, "another user's process was looked into"},
    {"/proc/[0-9]*/*maps", OPENS, true, NULL, CAP_SYS_PTRACE, 0, "another user's process was looked into"},
    {"/proc/[0-9]*/smaps_rollup", OPENS, true, NULL, CAP_SYS_PTRACE, 0, "another user's process was looked into"},
    {"/proc/[0-9]*/auxv", OPENS, true, NULL, CAP_SYS_PTRACE, 0, "another user's process was looked into"},
    {"/proc/[0-9]*/io", OPENS, true, NULL, CAP_SYS_PTRACE, 0, "another user's process was looked into"},
    {"/proc/[0-9]*/syscall", OPENS, true, NULL, CAP_SYS_PTRACE, 0, "another user's process was looked into"},
    {"/proc/[0-9]*/stack", OPENS, true, NULL, CAP_SYS_ADMIN, 0, "another user's process was looked into"},
    {"/proc/[0-9]*/fd", ACCESS_LIST, true, NULL, CAP_SYS_PTRACE, 0, "another user's process was looked into"},
};

void privilege_check_special(struct tracer *tracer, struct thread *thread, const struct resolved *resolved,
                             access_mask did)
{
    const struct credentials *credentials = &thread->credentials;
    const char *path = recording_text(tracer->recording, resolved->path);
    bool special = strncmp(path, "/proc/", 6) == 0 || strncmp(path, "/sys/", 5) == 0 || strncmp(path, "/dev/", 5) == 0;
    for (size_t i = 0; special && i < ARRAY_COUNT(rules); i++) {
        const struct path_rule *rule = &rules[i];
        if (!(did & rule->did) || (rule->of_another && resolved->uid == credentials->uid[3]) ||
            fnmatch(rule->pattern, path, FNM_PATHNAME) != 0 || (rule->sysctl && privilege_sysctl(rule->sysctl, 1) == 0))
            continue;
        bool held = credentials->effective >> rule->capability & 1;
        call_capability(tracer, thread, held || !rule->or_else ? rule->capability : rule->or_else, rule->why);
    }
}
