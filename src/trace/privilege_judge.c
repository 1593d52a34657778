/* What the rules of privilege_rule.c ask beyond the arguments. What cannot be found out is answered as if the
 * capability were needed. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "trace/memory.h"
#include "trace/privilege_rule.h"
#include "trace/thread.h"

enum { ID_REAL, ID_EFFECTIVE, ID_SAVED, ID_FS };

long privilege_sysctl(const char *name, long otherwise)
{
    AUTO_FREE char *path = mem_printf("/proc/sys/%s", name);
    AUTO_FCLOSE FILE *file = fopen(path, "re");
    long value;
    return file && fscanf(file, "%ld", &value) == 1 ? value : otherwise;
}

static bool is_call(const struct thread *thread, const char *name)
{
    return strcmp(thread->call.spec->name, name) == 0;
}

static bool read_word(const struct thread *thread, uint64_t address, uint32_t *ret)
{
    return memory_read(thread->tid, address, ret, sizeof(*ret));
}

/* ---- sockets ------------------------------------------------------------------------------------- */

bool judge_value_is_set(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    uint32_t value;
    (void)tracer;
    return !read_word(thread, args[3], &value) || value != 0;
}

bool judge_priority_is_reserved(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    uint32_t value;
    (void)tracer;
    return !read_word(thread, args[3], &value) || value > 6;
}

int privilege_socket_protocol(const struct thread *thread, int fd)
{
    AUTO_CLOSE int copy = thread_copy_descriptor(thread, fd);
    int protocol = -1;
    socklen_t size = sizeof(protocol);
    return copy >= 0 && getsockopt(copy, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) == 0 ? protocol : -1;
}

bool judge_is_audit_socket(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    (void)tracer;
    return privilege_socket_protocol(thread, (int)args[0]) == NETLINK_AUDIT;
}

/* Everybody may listen to protocols with NL_CFG_F_NONROOT_RECV (netlink_kernel_create in the kernel). */
bool judge_is_closed_netlink(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    (void)tracer;
    switch (privilege_socket_protocol(thread, (int)args[0])) {
    case NETLINK_ROUTE:
    case NETLINK_SELINUX:
    case NETLINK_AUDIT: /* has a capability of its own */
    case NETLINK_KOBJECT_UEVENT:
    case NETLINK_GENERIC:
        return false;
    default:
        return true;
    }
}

/* What of SIOCETHTOOL only asks (dev_ethtool in net/ethtool/ioctl.c). */
static const uint8_t ETHTOOL_READS[] = {
    0x01, 0x03, 0x07, 0x0a, 0x0e, 0x10, 0x12, 0x14, 0x16, 0x18, 0x1b, 0x1d, 0x1e, 0x20, 0x21, 0x23, 0x25, 0x27,
    0x29, 0x2b, 0x2d, 0x2e, 0x2f, 0x30, 0x37, 0x38, 0x3a, 0x3c, 0x41, 0x44, 0x46, 0x48, 0x4a, 0x4c, 0x4e, 0x50,
};

bool judge_writes_ethernet(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    uint64_t pointer = 0;
    uint32_t command;
    bool wide = arch_get(thread->call.abi)->is_64_bit && thread->call.abi != ABI_X32;
    (void)tracer;
    if (!memory_read(thread->tid, args[2] + 16, &pointer, wide ? 8 : 4) || !read_word(thread, pointer, &command))
        return true;
    return command > UINT8_MAX || !memchr(ETHTOOL_READS, (int)command, sizeof(ETHTOOL_READS));
}

/* ---- files --------------------------------------------------------------------------------------- */

bool judge_is_file_of_another(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    char name[32];
    struct stat st;
    (void)snprintf(name, sizeof(name), "fd/%d", (int)args[0]);
    return thread_proc_stat(tracer, thread, name, &st) < 0 || st.st_uid != thread->credentials.uid[ID_FS];
}

bool judge_lease_of_another(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    return (int)args[2] != F_UNLCK && judge_is_file_of_another(tracer, thread, args);
}

bool judge_pipe_above_limit(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    (void)tracer;
    (void)thread;
    return (uint32_t)args[2] > (unsigned long)privilege_sysctl("fs/pipe-max-size", 0);
}

/* FS_IOC_SETFLAGS takes a word of flags, FS_IOC_FSSETXATTR a struct that begins with one of others. */
bool judge_turns_on_immutability(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    bool extended = (uint32_t)args[1] == FS_IOC_FSSETXATTR;
    uint32_t mask = extended ? FS_XFLAG_IMMUTABLE | FS_XFLAG_APPEND : FS_IMMUTABLE_FL | FS_APPEND_FL;
    uint32_t flags;
    struct fsxattr before = {0};
    AUTO_CLOSE int copy = thread_copy_descriptor(thread, (int)args[0]);
    (void)tracer;
    if (!read_word(thread, args[2], &flags))
        return true;
    unsigned long asks = extended ? FS_IOC_FSGETXATTR : FS_IOC_GETFLAGS;
    bool known = copy >= 0 && ioctl(copy, asks, &before) == 0; /* the word comes first in either case */
    return !known || ((flags ^ before.fsx_xflags) & mask) != 0;
}

static char *read_xattr_name(const struct thread *thread, const uint64_t *args)
{
    bool at = is_call(thread, "setxattrat") || is_call(thread, "removexattrat");
    return memory_read_string(thread->tid, args[at ? 3 : 1], 256, NULL);
}

bool judge_xattr_is_capability(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    AUTO_FREE char *name = read_xattr_name(thread, args);
    (void)tracer;
    return name && strcmp(name, "security.capability") == 0;
}

/* SELinux judges its own attribute itself. */
bool judge_xattr_is_privileged(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    AUTO_FREE char *name = read_xattr_name(thread, args);
    (void)tracer;
    return name && (strncmp(name, "trusted.", 8) == 0 || strncmp(name, "security.", 9) == 0) &&
           strcmp(name, "security.capability") != 0 && strcmp(name, "security.selinux") != 0;
}

/* ---- the kernel's secrets ------------------------------------------------------------------------ */

bool judge_log_is_restricted(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    (void)tracer;
    (void)thread;
    (void)args;
    return privilege_sysctl("kernel/dmesg_restrict", 1) != 0;
}

/* struct perf_event_attr begins with its type, and has its bits at 40 (linux/perf_event.h, perf_event_open(2)). */
bool judge_perf_is_restricted(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    enum { TRACEPOINT = 2, EXCLUDE_KERNEL = 1 << 5 };
    uint32_t type;
    uint32_t bits;
    long paranoid = privilege_sysctl("kernel/perf_event_paranoid", 4);
    (void)tracer;
    if (!read_word(thread, args[0], &type) || !read_word(thread, args[0] + 40, &bits))
        return true;
    bool of_all = (int32_t)args[1] == -1;
    return paranoid > 2 || (of_all && paranoid > 0) || (!(bits & EXCLUDE_KERNEL) && paranoid > 1) ||
           (type == TRACEPOINT && paranoid > -1);
}

static uint64_t program_type_bit(const struct thread *thread, const uint64_t *args)
{
    uint32_t type;
    return !read_word(thread, args[1], &type) || type > 63 ? UINT64_MAX : UINT64_C(1) << type;
}

#define BIT(number) (UINT64_C(1) << (number))

/* enum bpf_prog_type, linux/bpf.h; is_perfmon_prog_type, kernel/bpf/syscall.c. */
bool judge_program_traces(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    (void)tracer;
    return (program_type_bit(thread, args) & (BIT(2) | BIT(5) | BIT(7) | BIT(17) | BIT(24) | BIT(26) | BIT(27) |
                                              BIT(28) | BIT(29))) != 0;
}

/* is_net_admin_prog_type, there. */
bool judge_program_is_of_network(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    (void)tracer;
    return (program_type_bit(thread, args) &
            (BIT(3) | BIT(4) | BIT(6) | BIT(9) | BIT(10) | BIT(11) | BIT(12) | BIT(13) | BIT(14) | BIT(15) | BIT(16) |
             BIT(18) | BIT(19) | BIT(22) | BIT(23) | BIT(25) | BIT(28))) != 0;
}

bool judge_fault_handling_is_restricted(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    enum { USER_MODE_ONLY = 1 }; /* linux/userfaultfd.h */
    (void)tracer;
    (void)thread;
    return !(args[0] & USER_MODE_ONLY) && privilege_sysctl("vm/unprivileged_userfaultfd", 0) == 0;
}

bool judge_lacks_no_new_privs(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    char text[4096];
    (void)args;
    return thread_proc_read(tracer, thread, "status", text, sizeof(text)) < 0 ||
           !strstr(text, "\nNoNewPrivs:\t1");
}

/* ---- clocks and wakefulness ----------------------------------------------------------------------- */

/* struct timex begins with its modes. A negative clock is a device, which asks for nothing more. */
bool judge_sets_clock(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    enum { ADJ_OFFSET_SS_READ_ = 0xa001 }; /* linux/timex.h */
    bool named = is_call(thread, "clock_adjtime");
    uint32_t modes;
    (void)tracer;
    if (named && (int32_t)args[0] < 0)
        return false;
    return !read_word(thread, args[named ? 1 : 0], &modes) || (modes != 0 && modes != ADJ_OFFSET_SS_READ_);
}

bool judge_wakes_system(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    enum { DELETE = 2, WAKEUP = 1 << 29 }; /* EPOLL_CTL_DEL, EPOLLWAKEUP */
    uint32_t events;
    (void)tracer;
    return args[1] != DELETE && read_word(thread, args[3], &events) && (events & WAKEUP);
}

/* ---- locked memory -------------------------------------------------------------------------------- */

static rlim_t lock_limit(const struct thread *thread)
{
    struct rlimit limit;
    return prlimit(thread->tid, RLIMIT_MEMLOCK, NULL, &limit) == 0 ? limit.rlim_cur : 0;
}

/* After the call: what is locked now is more than the limit. */
bool judge_locked_above_limit(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    char text[4096];
    uint64_t kilobytes;
    (void)args;
    if (thread_proc_read(tracer, thread, "status", text, sizeof(text)) < 0)
        return true;
    const char *line = strstr(text, "\nVmLck:");
    return !line || sscanf(line, " VmLck: %" SCNu64, &kilobytes) != 1 || kilobytes * 1024 > lock_limit(thread);
}

bool judge_locks_what_comes(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    if ((args[0] & MCL_FUTURE) && lock_limit(thread) != RLIM_INFINITY)
        return true;
    return judge_locked_above_limit(tracer, thread, args);
}
