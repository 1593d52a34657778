/* The rules, and how they are applied to a call. */
#include "trace/privilege_rule.h"

#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "trace/memory.h"

/* clang-format off */

#define IS(arg, value)       {MATCH_RANGE, arg, value, value}
#define IN(arg, low, high)   {MATCH_RANGE, arg, low, high}
#define HAS(arg, bits)       {MATCH_BITS, arg, bits, 0}
#define IOCTL(low, high, cap, reason)       {.call = "ioctl", .match = {IN(1, low, high)}, .capability = cap, .why = reason}
#define IOCTL_IF(low, high, judge, cap, reason) \
    {.call = "ioctl", .match = {IN(1, low, high)}, .before = judge, .capability = cap, .why = reason}
#define OPTION(level, name, cap, other, reason) \
    {.call = "setsockopt", .match = {IS(1, level), name}, .capability = cap, .or_else = other, .why = reason}
#define OPTION_IF(level, name, judge, cap, other, reason) \
    {.call = "setsockopt", .match = {IS(1, level), name}, .before = judge, .capability = cap, .or_else = other, .why = reason}
#define OF_ANOTHER(name, judge, cap, reason) {.call = name, .before = judge, .capability = cap, .why = reason}

/* Sorted by call; a unit test holds that. Numbers are those of the headers named (Linux 6.1, x86 and the other
 * machines with the generic ioctl numbers); the conditions are those of the kernel's functions named. */
static const struct privilege_rule rules[] = {
    {.call = "adjtimex", .before = judge_sets_clock, .capability = CAP_SYS_TIME, .why = "the clock was adjusted"},
    /* linux/bpf.h; kernel/bpf/syscall.c, is_perfmon_prog_type and is_net_admin_prog_type. */
    {.call = "bpf", .capability = CAP_BPF, .or_else = CAP_SYS_ADMIN, .why = "it succeeded"},
    {.call = "bpf", .match = {IS(0, 5)}, .before = judge_program_traces, .capability = CAP_PERFMON, .or_else = CAP_SYS_ADMIN, .why = "a tracing program was loaded"},
    {.call = "bpf", .match = {IS(0, 5)}, .before = judge_program_is_of_network, .capability = CAP_NET_ADMIN, .or_else = CAP_SYS_ADMIN, .why = "a network program was loaded"},
    {.call = "bpf", .match = {IN(0, 8, 9)}, .capability = CAP_NET_ADMIN, .or_else = CAP_SYS_ADMIN, .why = "a program was attached or detached"},
    {.call = "bpf", .match = {IN(0, 11, 14)}, .capability = CAP_SYS_ADMIN, .why = "an object was looked up by its number"},
    {.call = "bpf", .match = {IS(0, 17)}, .capability = CAP_PERFMON, .or_else = CAP_SYS_ADMIN, .why = "a raw tracepoint was opened"},
    {.call = "bpf", .match = {IS(0, 19)}, .capability = CAP_SYS_ADMIN, .why = "an object was looked up by its number"},
    /* CLOCK_REALTIME_ALARM and CLOCK_BOOTTIME_ALARM, linux/time.h. */
    {.call = "clock_adjtime", .before = judge_sets_clock, .capability = CAP_SYS_TIME, .why = "the clock was adjusted"},
    {.call = "clock_nanosleep", .match = {IN(0, 8, 9)}, .capability = CAP_WAKE_ALARM, .why = "an alarm that wakes the system was set"},
    {.call = "clone3", .before = judge_chooses_pid, .capability = CAP_CHECKPOINT_RESTORE, .or_else = CAP_SYS_ADMIN, .why = "a process id was chosen"},
    /* Without the capability EPOLLWAKEUP is ignored and nothing fails (fs/eventpoll.c): whoever asks is given it. */
    {.call = "epoll_ctl", .before = judge_wakes_system, .capability = CAP_BLOCK_SUSPEND, .why = "EPOLLWAKEUP was asked for"},
    {.call = "fcntl", .match = {IS(1, 1024 /* F_SETLEASE */)}, .before = judge_lease_of_another, .capability = CAP_LEASE, .why = "a lease on another user's file was taken"},
    {.call = "fcntl", .match = {IS(1, 1031 /* F_SETPIPE_SZ */)}, .before = judge_pipe_above_limit, .capability = CAP_SYS_RESOURCE, .why = "a pipe was made larger than the limit"},
    {.call = "fcntl64", .match = {IS(1, 1024)}, .before = judge_lease_of_another, .capability = CAP_LEASE, .why = "a lease on another user's file was taken"},
    {.call = "fcntl64", .match = {IS(1, 1031)}, .before = judge_pipe_above_limit, .capability = CAP_SYS_RESOURCE, .why = "a pipe was made larger than the limit"},
    {.call = "fremovexattr", .before = judge_xattr_is_capability, .capability = CAP_SETFCAP, .why = "a file's capabilities were changed"},
    {.call = "fremovexattr", .before = judge_xattr_is_privileged, .capability = CAP_SYS_ADMIN, .why = "a trusted or security attribute was changed"},
    {.call = "fsetxattr", .before = judge_xattr_is_capability, .capability = CAP_SETFCAP, .why = "a file's capabilities were changed"},
    {.call = "fsetxattr", .before = judge_xattr_is_privileged, .capability = CAP_SYS_ADMIN, .why = "a trusted or security attribute was changed"},
    OF_ANOTHER("get_robust_list", judge_looks_into_another, CAP_SYS_PTRACE, "another user's process was looked into"),

    /* linux/fs.h, uapi: FIBMAP, FS_IOC_*, BLK*; fs/ioctl.c, block/ioctl.c. */
    IOCTL(0x1, 0x1, CAP_SYS_RAWIO, "a block of a file was looked up (FIBMAP)"),
    IOCTL(0x125d, 0x125d, CAP_SYS_ADMIN, "a block device was changed"),
    IOCTL(0x125f, 0x125f, CAP_SYS_ADMIN, "a block device was changed"),
    IOCTL(0x1261, 0x1262, CAP_SYS_ADMIN, "a block device was changed"),
    IOCTL(0x1264, 0x1264, CAP_SYS_ADMIN, "a block device was changed"),
    IOCTL(0x1269, 0x1269, CAP_SYS_ADMIN, "a block device was changed"),
    IOCTL(0x40041271, 0x40041271, CAP_SYS_ADMIN, "a block device was changed"),
    IOCTL(0x40081271, 0x40081271, CAP_SYS_ADMIN, "a block device was changed"),
    IOCTL(0x41009432, 0x41009432, CAP_SYS_ADMIN, "a file system's label was changed"),
    IOCTL(0x8004587d, 0x8004587d, CAP_SYS_ADMIN, "a file system was shut down"),
    IOCTL(0xc0045877, 0xc0045878, CAP_SYS_ADMIN, "a file system was frozen or thawed"),
    IOCTL(0xc0185879, 0xc0185879, CAP_SYS_ADMIN, "a file system was trimmed"),
    IOCTL_IF(0x40046602, 0x40046602, judge_turns_on_immutability, CAP_LINUX_IMMUTABLE, "the flag i or a of a file was changed"),
    IOCTL_IF(0x40086602, 0x40086602, judge_turns_on_immutability, CAP_LINUX_IMMUTABLE, "the flag i or a of a file was changed"),
    IOCTL_IF(0x401c5820, 0x401c5820, judge_turns_on_immutability, CAP_LINUX_IMMUTABLE, "the flag i or a of a file was changed"),
    IOCTL_IF(0x40046602, 0x40046602, judge_is_file_of_another, CAP_FOWNER, "the flags of another user's file were changed"),
    IOCTL_IF(0x40086602, 0x40086602, judge_is_file_of_another, CAP_FOWNER, "the flags of another user's file were changed"),
    IOCTL_IF(0x401c5820, 0x401c5820, judge_is_file_of_another, CAP_FOWNER, "the flags of another user's file were changed"),
    /* scsi/sg.h, linux/hdreg.h, linux/nvme_ioctl.h. Some commands of SG_IO need nothing. */
    IOCTL(0x2285, 0x2285, CAP_SYS_RAWIO, "a command was sent to a disk"),
    IOCTL(0x31d, 0x31f, CAP_SYS_RAWIO, "a command was sent to a disk"),
    IOCTL(0xc0484e41, 0xc0484e41, CAP_SYS_ADMIN, "a command was sent to a disk"),
    /* linux/kd.h and linux/vt.h; drivers/tty/vt/vt_ioctl.c asks unless the terminal is the process's own. */
    IOCTL(0x4b2f, 0x4b30, CAP_SYS_TTY_CONFIG, "a virtual terminal was changed"),
    IOCTL(0x4b32, 0x4b32, CAP_SYS_TTY_CONFIG, "a virtual terminal was changed"),
    IOCTL(0x4b3a, 0x4b3a, CAP_SYS_TTY_CONFIG, "a virtual terminal was changed"),
    IOCTL(0x4b45, 0x4b45, CAP_SYS_TTY_CONFIG, "a virtual terminal was changed"),
    IOCTL(0x4b47, 0x4b47, CAP_SYS_TTY_CONFIG, "a virtual terminal was changed"),
    IOCTL(0x4b49, 0x4b49, CAP_SYS_TTY_CONFIG, "a virtual terminal was changed"),
    IOCTL(0x4b4d, 0x4b4d, CAP_SYS_TTY_CONFIG, "a virtual terminal was changed"),
    IOCTL(0x4b61, 0x4b72, CAP_SYS_TTY_CONFIG, "a virtual terminal was changed"),
    IOCTL(0x5602, 0x5602, CAP_SYS_TTY_CONFIG, "a virtual terminal was changed"),
    IOCTL(0x5605, 0x5607, CAP_SYS_TTY_CONFIG, "a virtual terminal was changed"),
    IOCTL(0x5609, 0x560c, CAP_SYS_TTY_CONFIG, "a virtual terminal was changed"),
    /* asm-generic/ioctls.h: TIOCSTI, TIOCCONS, TIOCSSERIAL, TIOCVHANGUP, TIOCSLCKTRMIOS. TIOCSTI is free on the
     * process's own terminal, as long as dev.tty.legacy_tiocsti is on. */
    IOCTL(0x5412, 0x5412, CAP_SYS_ADMIN, "input was put into a terminal"),
    IOCTL(0x541d, 0x541d, CAP_SYS_ADMIN, "the console was redirected"),
    IOCTL(0x541f, 0x541f, CAP_SYS_ADMIN, "a serial line was configured"),
    IOCTL(0x5437, 0x5437, CAP_SYS_ADMIN, "a terminal was hung up"),
    IOCTL(0x5457, 0x5457, CAP_SYS_ADMIN, "a terminal's settings were locked"),
    /* drm/drm.h: a process that was master once may do so again. */
    IOCTL(0x641e, 0x641f, CAP_SYS_ADMIN, "a display was taken or given up"),
    /* linux/rtc.h. */
    IOCTL(0x4024700a, 0x4024700a, CAP_SYS_TIME, "the hardware clock was set"),
    IOCTL(0x4008700e, 0x4008700e, CAP_SYS_TIME, "the hardware clock was set"),
    IOCTL(0x4004700e, 0x4004700e, CAP_SYS_TIME, "the hardware clock was set"),
    /* linux/if_tun.h: TUNSETIFF; a device that is there and belongs to the user needs nothing. linux/ppp-ioctl.h. */
    IOCTL(0x400454ca, 0x400454ca, CAP_NET_ADMIN, "a tunnel interface was set up"),
    IOCTL(0xc004743e, 0xc004743e, CAP_NET_ADMIN, "a tunnel interface was set up"),
    /* linux/sockios.h; net/core/dev_ioctl.c: what sets, and SIOCGMIIPHY, SIOCGMIIREG, SIOCGSKNS. */
    IOCTL(0x890b, 0x890c, CAP_NET_ADMIN, "a route was changed"),
    IOCTL(0x8911, 0x8911, CAP_NET_ADMIN, "a network interface was changed"),
    IOCTL(0x8914, 0x8914, CAP_NET_ADMIN, "a network interface was changed"),
    IOCTL(0x8916, 0x8916, CAP_NET_ADMIN, "a network interface was changed"),
    IOCTL(0x8918, 0x8918, CAP_NET_ADMIN, "a network interface was changed"),
    IOCTL(0x891a, 0x891a, CAP_NET_ADMIN, "a network interface was changed"),
    IOCTL(0x891c, 0x891c, CAP_NET_ADMIN, "a network interface was changed"),
    IOCTL(0x891e, 0x891e, CAP_NET_ADMIN, "a network interface was changed"),
    IOCTL(0x8920, 0x8920, CAP_NET_ADMIN, "a network interface was changed"),
    IOCTL(0x8922, 0x8924, CAP_NET_ADMIN, "a network interface was changed"),
    IOCTL(0x8926, 0x8926, CAP_NET_ADMIN, "a network interface was changed"),
    IOCTL(0x8930, 0x8932, CAP_NET_ADMIN, "a network interface was changed"),
    IOCTL(0x8934, 0x8934, CAP_NET_ADMIN, "a network interface was changed"),
    IOCTL(0x8936, 0x8937, CAP_NET_ADMIN, "a network interface was changed"),
    IOCTL(0x8941, 0x8941, CAP_NET_ADMIN, "a network interface was changed"),
    IOCTL(0x8943, 0x8943, CAP_NET_ADMIN, "a network interface was changed"),
    IOCTL_IF(0x8946, 0x8946, judge_writes_ethernet, CAP_NET_ADMIN, "a network interface was changed"),
    IOCTL(0x8947, 0x894a, CAP_NET_ADMIN, "a network interface's registers were used"),
    IOCTL(0x894c, 0x894c, CAP_NET_ADMIN, "the network namespace of a socket was asked for"),
    IOCTL(0x8953, 0x8953, CAP_NET_ADMIN, "the table of neighbours was changed"),
    IOCTL(0x8955, 0x8955, CAP_NET_ADMIN, "the table of neighbours was changed"),
    IOCTL(0x8960, 0x8960, CAP_NET_ADMIN, "the table of neighbours was changed"),
    IOCTL(0x8962, 0x8962, CAP_NET_ADMIN, "the table of neighbours was changed"),
    IOCTL(0x8971, 0x8971, CAP_NET_ADMIN, "a network interface was changed"),
    IOCTL(0x8980, 0x8981, CAP_NET_ADMIN, "a network interface was changed"),
    IOCTL(0x8983, 0x8983, CAP_NET_ADMIN, "a network interface was changed"),
    IOCTL(0x8990, 0x8992, CAP_NET_ADMIN, "a network interface was changed"),
    IOCTL(0x8995, 0x8995, CAP_NET_ADMIN, "a network interface was changed"),
    IOCTL(0x89a0, 0x89a3, CAP_NET_ADMIN, "a bridge was changed"),
    IOCTL(0x89b0, 0x89b0, CAP_NET_ADMIN, "a network interface was changed"),
    /* SIOCADDTUNNEL and what follows, linux/if_tunnel.h; SIOCGETTUNNEL, GETPRL and GET6RD only ask. */
    IOCTL(0x89f1, 0x89f3, CAP_NET_ADMIN, "a tunnel was changed"),
    IOCTL(0x89f5, 0x89f7, CAP_NET_ADMIN, "a tunnel was changed"),
    IOCTL(0x89f9, 0x89fb, CAP_NET_ADMIN, "a tunnel was changed"),

    /* linux/ioprio.h: class 1 is real-time. Before Linux 5.14 CAP_SYS_ADMIN alone will do. */
    {.call = "ioprio_set", .match = {IN(2, 0x2000, 0x3fff)}, .capability = CAP_SYS_NICE, .or_else = CAP_SYS_ADMIN, .why = "the real-time class was taken"},
    {.call = "ioprio_set", .match = {IS(0, 1)}, .before = judge_target_of_another, .capability = CAP_SYS_NICE, .why = "another user's process was changed"},
    OF_ANOTHER("kcmp", judge_looks_into_another, CAP_SYS_PTRACE, "another user's process was looked into"),
    {.call = "keyctl", .match = {IS(0, 4 /* KEYCTL_CHOWN */)}, .capability = CAP_SYS_ADMIN, .why = "a key was given away"},
    {.call = "linkat", .match = {HAS(4, 0x1000 /* AT_EMPTY_PATH */)}, .capability = CAP_DAC_READ_SEARCH, .why = "a descriptor was given a name"},
    {.call = "lookup_dcookie", .capability = CAP_SYS_ADMIN, .why = "it succeeded"},
    {.call = "lremovexattr", .before = judge_xattr_is_capability, .capability = CAP_SETFCAP, .why = "a file's capabilities were changed"},
    {.call = "lremovexattr", .before = judge_xattr_is_privileged, .capability = CAP_SYS_ADMIN, .why = "a trusted or security attribute was changed"},
    {.call = "lsetxattr", .before = judge_xattr_is_capability, .capability = CAP_SETFCAP, .why = "a file's capabilities were changed"},
    {.call = "lsetxattr", .before = judge_xattr_is_privileged, .capability = CAP_SYS_ADMIN, .why = "a trusted or security attribute was changed"},
    {.call = "madvise", .match = {IN(2, 100, 101)}, .capability = CAP_SYS_ADMIN, .why = "a page was declared bad"},
    {.call = "mbind", .match = {HAS(5, 4 /* MPOL_MF_MOVE_ALL */)}, .capability = CAP_SYS_NICE, .why = "memory shared with others was moved"},
    OF_ANOTHER("migrate_pages", judge_process_of_another, CAP_SYS_NICE, "another user's process was changed"),
    {.call = "mlock", .after = judge_locked_above_limit, .capability = CAP_IPC_LOCK, .why = "more memory was locked than the limit"},
    {.call = "mlock2", .after = judge_locked_above_limit, .capability = CAP_IPC_LOCK, .why = "more memory was locked than the limit"},
    /* MCL_FUTURE locks what is mapped later too, and that may exceed any limit. */
    {.call = "mlockall", .after = judge_locks_what_comes, .capability = CAP_IPC_LOCK, .why = "more memory was locked than the limit, or may be"},
    {.call = "mmap", .match = {HAS(3, 0x2000 /* MAP_LOCKED */)}, .after = judge_locked_above_limit, .capability = CAP_IPC_LOCK, .why = "more memory was locked than the limit"},
    {.call = "mmap2", .match = {HAS(3, 0x2000)}, .after = judge_locked_above_limit, .capability = CAP_IPC_LOCK, .why = "more memory was locked than the limit"},
    {.call = "move_pages", .match = {HAS(5, 4)}, .capability = CAP_SYS_NICE, .why = "memory shared with others was moved"},
    OF_ANOTHER("move_pages", judge_process_of_another, CAP_SYS_NICE, "another user's process was changed"),
    {.call = "msgctl", .match = {IN(1, 0, 1)}, .before = judge_object_of_another, .capability = CAP_SYS_ADMIN, .why = "another user's object was changed"},
    {.call = "msgget", .after = judge_object_is_closed, .capability = CAP_IPC_OWNER, .why = "another user's object was opened"},
    {.call = "nice", .match = {IN(0, 0x80000000, 0xffffffff)}, .capability = CAP_SYS_NICE, .why = "a priority was raised"},
    {.call = "perf_event_open", .before = judge_perf_is_restricted, .capability = CAP_PERFMON, .or_else = CAP_SYS_ADMIN, .why = "kernel.perf_event_paranoid does not allow it"},
    /* linux/prctl.h: PR_SET_SECCOMP, PR_SET_MM, PR_SET_IO_FLUSHER, PR_GET_IO_FLUSHER. */
    {.call = "prctl", .match = {IS(0, 22), IS(1, 2)}, .before = judge_lacks_no_new_privs, .capability = CAP_SYS_ADMIN, .why = "a filter was installed without no_new_privs"},
    {.call = "prctl", .match = {IS(0, 35), IN(1, 1, 13)}, .capability = CAP_SYS_RESOURCE, .why = "the map of the memory was changed"},
    {.call = "prctl", .match = {IN(0, 57, 58)}, .capability = CAP_SYS_RESOURCE, .why = "IO_FLUSHER was used"},
    OF_ANOTHER("prlimit64", judge_process_of_another, CAP_SYS_RESOURCE, "another user's process was changed"),
    {.call = "process_madvise", .capability = CAP_SYS_NICE, .why = "it succeeded"},
    OF_ANOTHER("process_vm_readv", judge_looks_into_another, CAP_SYS_PTRACE, "another user's process was looked into"),
    OF_ANOTHER("process_vm_writev", judge_looks_into_another, CAP_SYS_PTRACE, "another user's process was looked into"),
    {.call = "ptrace", .match = {IS(0, 16 /* PTRACE_ATTACH */)}, .before = judge_looks_into_another, .capability = CAP_SYS_PTRACE, .why = "another user's process was traced"},
    {.call = "ptrace", .match = {IS(0, 0x4206 /* PTRACE_SEIZE */)}, .before = judge_looks_into_another, .capability = CAP_SYS_PTRACE, .why = "another user's process was traced"},
    /* linux/quota.h: Q_QUOTAON, Q_QUOTAOFF, Q_SETINFO, Q_GETQUOTA (one's own is free), Q_SETQUOTA, Q_GETNEXTQUOTA. */
    {.call = "quotactl", .match = {IN(0, 0x80000200, 0x800003ff)}, .capability = CAP_SYS_ADMIN, .why = "quotas were managed"},
    {.call = "quotactl", .match = {IN(0, 0x80000600, 0x800009ff)}, .capability = CAP_SYS_ADMIN, .why = "quotas were managed"},
    {.call = "removexattr", .before = judge_xattr_is_capability, .capability = CAP_SETFCAP, .why = "a file's capabilities were changed"},
    {.call = "removexattr", .before = judge_xattr_is_privileged, .capability = CAP_SYS_ADMIN, .why = "a trusted or security attribute was changed"},
    {.call = "removexattrat", .before = judge_xattr_is_capability, .capability = CAP_SETFCAP, .why = "a file's capabilities were changed"},
    {.call = "removexattrat", .before = judge_xattr_is_privileged, .capability = CAP_SYS_ADMIN, .why = "a trusted or security attribute was changed"},
    OF_ANOTHER("sched_setaffinity", judge_process_of_another, CAP_SYS_NICE, "another user's process was changed"),
    {.call = "sched_setattr", .before = judge_sets_real_time, .capability = CAP_SYS_NICE, .why = "a real-time policy was set, or a priority raised"},
    OF_ANOTHER("sched_setattr", judge_process_of_another, CAP_SYS_NICE, "another user's process was changed"),
    {.call = "sched_setparam", .before = judge_raises_parameter, .capability = CAP_SYS_NICE, .why = "a real-time priority was set"},
    OF_ANOTHER("sched_setparam", judge_process_of_another, CAP_SYS_NICE, "another user's process was changed"),
    OF_ANOTHER("sched_setscheduler", judge_process_of_another, CAP_SYS_NICE, "another user's process was changed"),
    {.call = "seccomp", .match = {IS(0, 1 /* SECCOMP_SET_MODE_FILTER */)}, .before = judge_lacks_no_new_privs, .capability = CAP_SYS_ADMIN, .why = "a filter was installed without no_new_privs"},
    {.call = "semctl", .match = {IN(2, 0, 1)}, .before = judge_object_of_another, .capability = CAP_SYS_ADMIN, .why = "another user's object was changed"},
    {.call = "semget", .after = judge_object_is_closed, .capability = CAP_IPC_OWNER, .why = "another user's object was opened"},
    /* With nstype 0 the descriptor alone says which namespace it is: taken to be one of mounts. */
    {.call = "setns", .match = {HAS(1, 0x20000 /* CLONE_NEWNS */)}, .capability = CAP_SYS_CHROOT, .why = "a mount namespace was entered"},
    {.call = "setns", .match = {IS(1, 0)}, .capability = CAP_SYS_CHROOT, .why = "a namespace was entered that may be one of mounts"},
    {.call = "setpriority", .match = {IS(0, 0)}, .before = judge_target_of_another, .capability = CAP_SYS_NICE, .why = "another user's process was changed"},

    /* asm-generic/socket.h; net/core/sock.c. Linux 5.17 and later take CAP_NET_RAW for the first two as well. */
    OPTION_IF(1, IS(2, 12), judge_priority_is_reserved, CAP_NET_ADMIN, CAP_NET_RAW, "SO_PRIORITY above 6 was set"),
    OPTION(1, IS(2, 36), CAP_NET_ADMIN, CAP_NET_RAW, "SO_MARK was set"),
    OPTION_IF(1, IS(2, 1), judge_value_is_set, CAP_NET_ADMIN, 0, "SO_DEBUG was set"),
    /* Since Linux 5.7 only where the socket was bound to another before. */
    OPTION(1, IS(2, 25), CAP_NET_RAW, 0, "SO_BINDTODEVICE was set"),
    OPTION(1, IS(2, 62), CAP_NET_RAW, 0, "SO_BINDTOIFINDEX was set"),
    OPTION(1, IN(2, 32, 33), CAP_NET_ADMIN, 0, "a buffer was made larger than the limit (SO_SNDBUFFORCE, SO_RCVBUFFORCE)"),
    OPTION(1, IS(2, 46), CAP_NET_ADMIN, 0, "SO_BUSY_POLL was set"),
    OPTION_IF(1, IS(2, 69), judge_value_is_set, CAP_NET_ADMIN, 0, "SO_PREFER_BUSY_POLL was set"),
    OPTION(1, IS(2, 70), CAP_NET_ADMIN, 0, "SO_BUSY_POLL_BUDGET was set"),
    /* linux/in.h, linux/in6.h, linux/netfilter_*, linux/mroute.h, linux/ip_vs.h. */
    OPTION_IF(0, IS(2, 19), judge_value_is_set, CAP_NET_ADMIN, CAP_NET_RAW, "IP_TRANSPARENT was set"),
    OPTION(0, IN(2, 16, 17), CAP_NET_ADMIN, 0, "an IPsec policy was set"),
    OPTION(0, IN(2, 64, 65), CAP_NET_ADMIN, 0, "a packet filter was changed"),
    OPTION(0, IN(2, 96, 97), CAP_NET_ADMIN, 0, "a packet filter was changed"),
    OPTION(0, IN(2, 128, 129), CAP_NET_ADMIN, 0, "a packet filter was changed"),
    OPTION(0, IN(2, 200, 212), CAP_NET_ADMIN, 0, "multicast routing was changed"),
    OPTION(0, IN(2, 1152, 1216), CAP_NET_ADMIN, 0, "IPVS was changed"),
    OPTION_IF(41, IS(2, 75), judge_value_is_set, CAP_NET_ADMIN, CAP_NET_RAW, "IPV6_TRANSPARENT was set"),
    OPTION(41, IN(2, 34, 35), CAP_NET_ADMIN, 0, "an IPsec policy was set"),
    OPTION(41, IN(2, 54, 55), CAP_NET_RAW, 0, "IPv6 options were set"),
    OPTION(41, IS(2, 59), CAP_NET_RAW, 0, "IPv6 options were set"),
    OPTION(41, IN(2, 64, 65), CAP_NET_ADMIN, 0, "a packet filter was changed"),
    OPTION(41, IN(2, 200, 211), CAP_NET_ADMIN, 0, "multicast routing was changed"),
    OPTION(6, IS(2, 19), CAP_NET_ADMIN, 0, "TCP_REPAIR was set"),
    /* linux/netlink.h: NETLINK_ADD_MEMBERSHIP, NETLINK_LISTEN_ALL_NSID. */
    OPTION_IF(270, IS(2, 1), judge_is_audit_socket, CAP_AUDIT_READ, 0, "audit messages were subscribed to"),
    OPTION_IF(270, IS(2, 1), judge_is_closed_netlink, CAP_NET_ADMIN, 0, "a closed netlink group was joined"),
    OPTION_IF(270, IS(2, 8), judge_value_is_set, CAP_NET_BROADCAST, 0, "NETLINK_LISTEN_ALL_NSID was set"),

    {.call = "setxattr", .before = judge_xattr_is_capability, .capability = CAP_SETFCAP, .why = "a file's capabilities were changed"},
    {.call = "setxattr", .before = judge_xattr_is_privileged, .capability = CAP_SYS_ADMIN, .why = "a trusted or security attribute was changed"},
    {.call = "setxattrat", .before = judge_xattr_is_capability, .capability = CAP_SETFCAP, .why = "a file's capabilities were changed"},
    {.call = "setxattrat", .before = judge_xattr_is_privileged, .capability = CAP_SYS_ADMIN, .why = "a trusted or security attribute was changed"},
    {.call = "shmat", .after = judge_object_is_closed, .capability = CAP_IPC_OWNER, .why = "another user's object was opened"},
    {.call = "shmctl", .match = {IN(1, 0, 1)}, .before = judge_object_of_another, .capability = CAP_SYS_ADMIN, .why = "another user's object was changed"},
    {.call = "shmctl", .match = {IS(1, 11 /* SHM_LOCK */)}, .before = judge_segment_above_limit, .capability = CAP_IPC_LOCK, .why = "more memory was locked than the limit"},
    /* The group vm.hugetlb_shm_group may do without. Huge pages of mmap and memfd_create need nothing. */
    {.call = "shmget", .match = {HAS(2, 04000 /* SHM_HUGETLB */)}, .capability = CAP_IPC_LOCK, .why = "huge pages were asked for"},
    {.call = "shmget", .after = judge_object_is_closed, .capability = CAP_IPC_OWNER, .why = "another user's object was opened"},
    /* Families that are no business of ordinary users: AF_KEY and AF_XDP. */
    {.call = "socket", .match = {IS(0, 15)}, .capability = CAP_NET_ADMIN, .why = "a socket of the family key was made"},
    {.call = "socket", .match = {IS(0, 44)}, .capability = CAP_NET_RAW, .why = "a socket of the family xdp was made"},
    /* kernel/printk/printk.c: SYSLOG_ACTION_READ_ALL and SIZE_BUFFER are free unless kernel.dmesg_restrict is set,
     * as it was found on the recording machine; one where it is set refuses them without the capability. */
    {.call = "syslog", .match = {IN(0, 0, 2)}, .capability = CAP_SYSLOG, .or_else = CAP_SYS_ADMIN, .why = "the kernel's log was used"},
    {.call = "syslog", .match = {IS(0, 3)}, .before = judge_log_is_restricted, .capability = CAP_SYSLOG, .or_else = CAP_SYS_ADMIN, .why = "the kernel's log was read"},
    {.call = "syslog", .match = {IN(0, 4, 9)}, .capability = CAP_SYSLOG, .or_else = CAP_SYS_ADMIN, .why = "the kernel's log was used"},
    {.call = "syslog", .match = {IS(0, 10)}, .before = judge_log_is_restricted, .capability = CAP_SYSLOG, .or_else = CAP_SYS_ADMIN, .why = "the kernel's log was read"},
    {.call = "timer_create", .match = {IN(0, 8, 9)}, .capability = CAP_WAKE_ALARM, .why = "an alarm that wakes the system was set"},
    {.call = "timerfd_create", .match = {IN(0, 8, 9)}, .capability = CAP_WAKE_ALARM, .why = "an alarm that wakes the system was set"},
    {.call = "userfaultfd", .before = judge_fault_handling_is_restricted, .capability = CAP_SYS_PTRACE, .why = "faults of the kernel were asked for"},
};
/* clang-format on */

const struct privilege_rule *privilege_rules_all(size_t *ret_count)
{
    *ret_count = ARRAY_COUNT(rules);
    return rules;
}

static int compare_rule(const void *key, const void *row)
{
    return strcmp(key, ((const struct privilege_rule *)row)->call);
}

const struct privilege_rule *privilege_rules_of(const char *call, size_t *ret_count)
{
    const struct privilege_rule *any = bsearch(call, rules, ARRAY_COUNT(rules), sizeof(rules[0]), compare_rule);
    if (!any)
        return NULL;
    const struct privilege_rule *first = any;
    const struct privilege_rule *behind = any + 1;
    while (first > rules && strcmp(first[-1].call, call) == 0)
        first--;
    while (behind < rules + ARRAY_COUNT(rules) && strcmp(behind->call, call) == 0)
        behind++;
    *ret_count = (size_t)(behind - first);
    return first;
}

/* ---- applying them ------------------------------------------------------------------------------- */

static bool matches(const struct value_match *match, const uint64_t *args)
{
    uint32_t value = (uint32_t)args[match->arg];
    switch (match->kind) {
    case MATCH_NONE:
        return true;
    case MATCH_RANGE:
        return value >= match->low && value <= match->high;
    case MATCH_BITS:
        return (value & match->low) != 0;
    }
    return false;
}

bool privilege_rule_matches(const struct privilege_rule *rule, const uint64_t *args)
{
    return matches(&rule->match[0], args) && matches(&rule->match[1], args);
}

static bool holds(const struct thread *thread, int capability)
{
    return capability > 0 && (thread->credentials.effective >> capability & 1);
}

static void apply(struct tracer *tracer, struct thread *thread, const char *name, const uint64_t *args)
{
    struct pending_call *call = &thread->call;
    size_t count = 0;
    const struct privilege_rule *rule = privilege_rules_of(name, &count);
    for (; count > 0 && call->rule_count < ARRAY_COUNT(call->rules); rule++, count--)
        if (privilege_rule_matches(rule, args) && (holds(thread, rule->capability) || holds(thread, rule->or_else)) &&
            (!rule->before || rule->before(tracer, thread, args)))
            call->rules[call->rule_count++] = rule;
}

/* Numbers of socketcall(2), linux/net.h. */
enum { SUB_SOCKET = 1, SUB_SETSOCKOPT = 14 };

void privilege_call_entry(struct tracer *tracer, struct thread *thread)
{
    const struct pending_call *call = &thread->call;
    const char *name = call->spec->name;
    if (!thread->credentials.known || thread->credentials.own_user_namespace || thread->credentials.effective == 0)
        return;
    if (strcmp(name, "socketcall") != 0) {
        apply(tracer, thread, name, call->args);
        return;
    }
    uint32_t words[5] = {0};
    uint64_t args[ARRAY_COUNT(words)];
    size_t wanted = call->args[0] == SUB_SOCKET ? 3 : call->args[0] == SUB_SETSOCKOPT ? 5 : 0;
    if (wanted == 0 || !memory_read(thread->tid, call->args[1], words, wanted * sizeof(words[0])))
        return;
    for (size_t i = 0; i < ARRAY_COUNT(words); i++)
        args[i] = words[i];
    apply(tracer, thread, wanted == 3 ? "socket" : "setsockopt", args);
}

void privilege_call_exit(struct tracer *tracer, struct thread *thread)
{
    const struct pending_call *call = &thread->call;
    for (size_t i = 0; call_succeeded(thread) && i < call->rule_count; i++) {
        const struct privilege_rule *rule = call->rules[i];
        if (!rule->after || rule->after(tracer, thread, call->args))
            call_capability(tracer, thread, holds(thread, rule->capability) ? rule->capability : rule->or_else,
                            rule->why);
    }
}
