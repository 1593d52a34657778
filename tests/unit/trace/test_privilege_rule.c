/* Which arguments of which calls need a capability, by the numbers of the kernel's own headers. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <linux/rtc.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <time.h>

#include "base/mem.h"
#include "model/syscall.h"
#include "trace/privilege_rule.h"

#define NONE (-1)

static const struct privilege_rule *first_match(const char *call, const uint64_t args[static 6])
{
    size_t count = 0;
    const struct privilege_rule *rule = privilege_rules_of(call, &count);
    for (; count > 0; rule++, count--)
        if (privilege_rule_matches(rule, args))
            return rule;
    return NULL;
}

Test(privilege_rule, arguments_that_need_a_capability)
{
    static const struct {
        const char *call;
        uint64_t args[6];
        int capability;
        int or_else;
    } rows[] = {
        {"setsockopt", {3, SOL_SOCKET, SO_RCVBUFFORCE}, CAP_NET_ADMIN, 0},
        {"setsockopt", {3, SOL_SOCKET, SO_SNDBUFFORCE}, CAP_NET_ADMIN, 0},
        {"setsockopt", {3, SOL_SOCKET, SO_RCVBUF}, NONE, 0},
        {"setsockopt", {3, SOL_SOCKET, SO_MARK}, CAP_NET_ADMIN, CAP_NET_RAW},
        {"setsockopt", {3, SOL_SOCKET, SO_PRIORITY}, CAP_NET_ADMIN, CAP_NET_RAW},
        {"setsockopt", {3, SOL_SOCKET, SO_REUSEADDR}, NONE, 0},
        {"setsockopt", {3, SOL_SOCKET, SO_KEEPALIVE}, NONE, 0},
        {"setsockopt", {3, SOL_SOCKET, SO_BINDTODEVICE}, CAP_NET_RAW, 0},
        {"setsockopt", {3, IPPROTO_IP, IP_TRANSPARENT}, CAP_NET_ADMIN, CAP_NET_RAW},
        {"setsockopt", {3, IPPROTO_IPV6, IPV6_TRANSPARENT}, CAP_NET_ADMIN, CAP_NET_RAW},
        {"setsockopt", {3, IPPROTO_IP, IP_TOS}, NONE, 0},
        {"setsockopt", {3, IPPROTO_IPV6, IPV6_V6ONLY}, NONE, 0},
        {"setsockopt", {3, IPPROTO_TCP, TCP_REPAIR}, CAP_NET_ADMIN, 0},
        {"setsockopt", {3, IPPROTO_TCP, TCP_NODELAY}, NONE, 0},
        {"setsockopt", {3, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID}, CAP_NET_BROADCAST, 0},
        {"setsockopt", {3, SOL_NETLINK, NETLINK_EXT_ACK}, NONE, 0},
        {"ioctl", {3, SIOCADDRT}, CAP_NET_ADMIN, 0},
        {"ioctl", {3, SIOCDELRT}, CAP_NET_ADMIN, 0},
        {"ioctl", {3, SIOCSIFFLAGS}, CAP_NET_ADMIN, 0},
        {"ioctl", {3, SIOCGIFFLAGS}, NONE, 0},
        {"ioctl", {3, SIOCSIFADDR}, CAP_NET_ADMIN, 0},
        {"ioctl", {3, SIOCGIFADDR}, NONE, 0},
        {"ioctl", {3, SIOCGIFCONF}, NONE, 0},
        {"ioctl", {3, SIOCSIFMTU}, CAP_NET_ADMIN, 0},
        {"ioctl", {3, SIOCSIFNAME}, CAP_NET_ADMIN, 0},
        {"ioctl", {3, SIOCSIFHWADDR}, CAP_NET_ADMIN, 0},
        {"ioctl", {3, SIOCGIFHWADDR}, NONE, 0},
        {"ioctl", {3, SIOCGIFINDEX}, NONE, 0},
        {"ioctl", {3, SIOCGIFTXQLEN}, NONE, 0},
        {"ioctl", {3, SIOCSIFTXQLEN}, CAP_NET_ADMIN, 0},
        {"ioctl", {3, SIOCOUTQ}, NONE, 0},
        {"ioctl", {3, SIOCETHTOOL}, CAP_NET_ADMIN, 0},
        {"ioctl", {3, SIOCSARP}, CAP_NET_ADMIN, 0},
        {"ioctl", {3, SIOCGARP}, NONE, 0},
        {"ioctl", {3, SIOCBRADDBR}, CAP_NET_ADMIN, 0},
        {"ioctl", {3, SIOCBRDELIF}, CAP_NET_ADMIN, 0},
        {"ioctl", {3, SIOCSIFVLAN}, CAP_NET_ADMIN, 0},
        {"ioctl", {3, TUNSETIFF}, CAP_NET_ADMIN, 0},
        {"ioctl", {3, TUNGETIFF}, NONE, 0},
        {"ioctl", {3, TCGETS}, NONE, 0},
        {"ioctl", {3, TIOCGWINSZ}, NONE, 0},
        {"ioctl", {3, FIONBIO}, NONE, 0},
        {"ioctl", {3, FIONREAD}, NONE, 0},
        {"ioctl", {3, FICLONE}, NONE, 0},
        {"ioctl", {3, TIOCSTI}, CAP_SYS_ADMIN, 0},
        {"ioctl", {3, FIBMAP}, CAP_SYS_RAWIO, 0},
        {"ioctl", {3, FS_IOC_SETFLAGS}, CAP_LINUX_IMMUTABLE, 0},
        {"ioctl", {3, FS_IOC32_SETFLAGS}, CAP_LINUX_IMMUTABLE, 0},
        {"ioctl", {3, FS_IOC_GETFLAGS}, NONE, 0},
        {"ioctl", {3, FS_IOC_FSSETXATTR}, CAP_LINUX_IMMUTABLE, 0},
        {"ioctl", {3, FIFREEZE}, CAP_SYS_ADMIN, 0},
        {"ioctl", {3, FITRIM}, CAP_SYS_ADMIN, 0},
        {"ioctl", {3, BLKROSET}, CAP_SYS_ADMIN, 0},
        {"ioctl", {3, BLKROGET}, NONE, 0},
        {"ioctl", {3, BLKRRPART}, CAP_SYS_ADMIN, 0},
        {"ioctl", {3, BLKGETSIZE}, NONE, 0},
        {"ioctl", {3, BLKFLSBUF}, CAP_SYS_ADMIN, 0},
        {"ioctl", {3, RTC_SET_TIME}, CAP_SYS_TIME, 0},
        {"ioctl", {3, RTC_RD_TIME}, NONE, 0},
        /* As a C library passes a request that is an int. */
        {"ioctl", {3, UINT64_C(0xffffffff00000000) | FIFREEZE}, CAP_SYS_ADMIN, 0},
        {"fcntl", {3, F_SETLEASE, F_RDLCK}, CAP_LEASE, 0},
        {"fcntl", {3, F_SETPIPE_SZ, 1 << 30}, CAP_SYS_RESOURCE, 0},
        {"fcntl", {3, F_SETFL}, NONE, 0},
        {"fcntl", {3, F_SETLK}, NONE, 0},
        {"mmap", {0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS}, NONE, 0},
        {"mmap", {0, 4096, PROT_READ, MAP_PRIVATE | MAP_LOCKED}, CAP_IPC_LOCK, 0},
        {"shmctl", {1, SHM_LOCK}, CAP_IPC_LOCK, 0},
        {"shmctl", {1, IPC_STAT}, NONE, 0},
        {"shmget", {0, 4096, SHM_HUGETLB | IPC_CREAT}, CAP_IPC_LOCK, 0},
        {"syslog", {0}, CAP_SYSLOG, CAP_SYS_ADMIN},
        {"syslog", {5}, CAP_SYSLOG, CAP_SYS_ADMIN},
        {"bpf", {BPF_MAP_CREATE}, CAP_BPF, CAP_SYS_ADMIN},
        {"timer_create", {CLOCK_MONOTONIC}, NONE, 0},
        {"timer_create", {CLOCK_REALTIME_ALARM}, CAP_WAKE_ALARM, 0},
        {"timerfd_create", {CLOCK_BOOTTIME_ALARM}, CAP_WAKE_ALARM, 0},
        {"timerfd_create", {CLOCK_BOOTTIME}, NONE, 0},
        {"setns", {3, CLONE_NEWNS}, CAP_SYS_CHROOT, 0},
        {"setns", {3, CLONE_NEWNET}, NONE, 0},
        {"setns", {3, 0}, CAP_SYS_CHROOT, 0},
        {"prctl", {PR_SET_SECCOMP, SECCOMP_MODE_FILTER}, CAP_SYS_ADMIN, 0},
        {"prctl", {PR_SET_SECCOMP, SECCOMP_MODE_STRICT}, NONE, 0},
        {"prctl", {PR_SET_NAME}, NONE, 0},
        {"prctl", {PR_SET_MM, PR_SET_MM_BRK}, CAP_SYS_RESOURCE, 0},
        {"prctl", {PR_SET_MM, PR_SET_MM_MAP_SIZE}, NONE, 0},
        {"ptrace", {PTRACE_SEIZE, 5}, CAP_SYS_PTRACE, 0},
        {"ptrace", {PTRACE_TRACEME}, NONE, 0},
        {"linkat", {3, 0, 4, 0, AT_EMPTY_PATH}, CAP_DAC_READ_SEARCH, 0},
        {"linkat", {3, 0, 4, 0, AT_SYMLINK_FOLLOW}, NONE, 0},
        {"nice", {(uint64_t)-5}, CAP_SYS_NICE, 0},
        {"nice", {5}, NONE, 0},
        {"socket", {AF_KEY}, CAP_NET_ADMIN, 0},
        {"socket", {AF_INET}, NONE, 0},
        {"madvise", {0, 4096, MADV_HWPOISON}, CAP_SYS_ADMIN, 0},
        {"madvise", {0, 4096, MADV_DONTNEED}, NONE, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const struct privilege_rule *rule = first_match(rows[i].call, rows[i].args);
        cr_expect_eq(rule != NULL, rows[i].capability != NONE, "row %zu: %s", i, rows[i].call);
        if (rule && rows[i].capability != NONE) {
            cr_expect_eq(rule->capability, rows[i].capability, "row %zu: %s needs %d", i, rows[i].call, rule->capability);
            cr_expect_eq(rule->or_else, rows[i].or_else, "row %zu: %s, or %d", i, rows[i].call, rule->or_else);
        }
    }
}

Test(privilege_rule, rules_and_the_table_of_calls_agree)
{
    size_t count;
    const struct privilege_rule *rules = privilege_rules_all(&count);
    cr_assert_gt(count, 150);
    for (size_t i = 0; i < count; i++) {
        const struct call_spec *spec = call_spec_by_name(rules[i].call);
        cr_expect(i == 0 || strcmp(rules[i - 1].call, rules[i].call) <= 0, "%s is out of order", rules[i].call);
        cr_expect(spec && spec->judged, "the row of %s does not say that it is judged", rules[i].call);
        cr_expect(rules[i].capability > 0 && rules[i].capability <= CAP_LAST_CAP, "%s", rules[i].call);
        cr_expect(rules[i].why && rules[i].why[0], "%s", rules[i].call);
        for (size_t k = 0; k < ARRAY_COUNT(rules[i].match); k++)
            cr_expect(rules[i].match[k].arg >= 0 && rules[i].match[k].arg < 6, "%s", rules[i].call);
    }
    for (size_t i = 0; i < syscall_count(); i++) {
        const char *name = syscall_at(i)->name;
        const struct call_spec *spec = call_spec_by_name(name);
        if (spec && spec->judged && strcmp(name, "socketcall") != 0)
            cr_expect(privilege_rules_of(name, &count), "%s is judged and has no rule", name);
    }
}
