#include "audit/situation.h"

#include <string.h>

#include "model/capability.h"

static uint64_t bit_of(const char *name)
{
    const struct data_capabilities *capability = name ? capability_by_name(name) : NULL;
    return capability ? UINT64_C(1) << capability->number : 0;
}

bool situation_has(uint64_t capabilities, const char *name)
{
    return capabilities & bit_of(name);
}

static uint64_t bits_of(const struct node *list)
{
    uint64_t bits = 0;
    for (const struct node *item = node_is(list, NODE_LIST) ? node_first(list) : NULL; item; item = item->next) {
        if (node_is_text(item, "ALL"))
            return UINT64_MAX;
        bits |= bit_of(node_text(item));
    }
    return bits;
}

/* Sources: capable() as against ns_capable() in Linux 6.12: kernel/module/main.c, kernel/kexec.c, kernel/time/time.c, kernel/acct.c,
 * arch/x86/kernel/ioport.c, kernel/printk/printk.c, kernel/bpf/syscall.c, kernel/events/core.c, security and kernel/power. */
static uint64_t not_in_user_namespaces(void)
{
    static const char *const names[] = {"SYS_MODULE", "SYS_BOOT", "SYS_TIME", "SYS_PACCT", "SYS_RAWIO", "SYSLOG", "BPF", "PERFMON",
                                        "MAC_ADMIN", "MAC_OVERRIDE", "AUDIT_CONTROL", "AUDIT_READ", "WAKE_ALARM", "BLOCK_SUSPEND", "LINUX_IMMUTABLE", "MKNOD"};
    uint64_t bits = 0;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        bits |= bit_of(names[i]);
    return bits;
}

static bool is_no_root(const struct node *facts)
{
    int64_t id = 0;
    if (node_integer(node_at(facts, "user.id"), &id))
        return id != 0;
    return node_is_true(node_at(facts, "user.run_as_non_root"));
}

static bool has_user_namespace(const struct node *facts)
{
    return node_is_text(node_at(facts, "namespaces.user"), "private") || node_is_false(node_at(facts, "pod.host_users"));
}

/* Kubernetes says it of the pod. */
static bool sees_others(const struct node *facts)
{
    const struct node *pid = node_at(facts, "namespaces.pid");
    pid = pid ? pid : node_at(facts, "pod.namespaces.pid");
    const char *mode = node_text(pid);
    return (mode && (strcmp(mode, "host") == 0 || strncmp(mode, "container:", 10) == 0)) ||
           node_is_true(node_at(facts, "pod.share_process_namespace"));
}

struct situation situation_of(const struct node *facts)
{
    struct situation s = {
        .facts = facts,
        .privileged = node_is_true(node_get(facts, "privileged")),
        .user_namespace = has_user_namespace(facts),
        .sees_others = sees_others(facts),
        .proc_unmasked = node_is_text(node_get(facts, "proc_mount"), "Unmasked"),
    };
    bool stays = is_no_root(facts) && node_is_true(node_get(facts, "no_new_privileges"));
    s.given = s.privileged ? UINT64_MAX : bits_of(node_at(facts, "capabilities.effective"));
    s.may_be_root = !stays;
    s.reachable = stays ? s.given & bits_of(node_at(node_get(facts, "raw"), "process.capabilities.ambient")) : s.given;
    if (s.user_namespace)
        s.reachable &= ~not_in_user_namespaces();
    s.proc_unmasked |= s.privileged;
    return s;
}
