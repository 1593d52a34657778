/* Probes of the seccomp layer: system calls that a filter can refuse by number or by argument. */
#include "bare.h"
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/mount.h>
#include <linux/netlink.h>

/* Newer than the kernel headers of Debian 12. */
#define NR_MSEAL 462
#define NR_LSM_LIST_MODULES 461
#define X32_BIT 0x40000000L
#define I386_GETPID 20

/* An option that tmpfs does not know: the LSM (which wants a type that exists) and the capability are asked before. */
static long try_mount(void)
{
    return BARE(SYS_mount, "none", "/", "tmpfs", 0, "profgen_no_such_option");
}

/* The root of a process cannot expire, so nothing is ever unmounted. */
static long try_umount(void)
{
    return BARE(SYS_umount2, "/", MNT_EXPIRE);
}

static long try_pivot_root(void)
{
    return BARE(SYS_pivot_root, "/", "/");
}

static long try_fsopen(void)
{
    return BARE(SYS_fsopen, "profgen-no-such-type", 0);
}

static long try_open_tree(void)
{
    return BARE(SYS_open_tree, AT_FDCWD, "/", OPEN_TREE_CLOEXEC);
}

static long try_mount_setattr(void)
{
    return BARE(SYS_mount_setattr, -1, "", AT_EMPTY_PATH, 0, 0);
}

static long try_chroot(void)
{
    return BARE(SYS_chroot, "/");
}

static long try_ptrace(void)
{
    return BARE(SYS_ptrace, PTRACE_TRACEME);
}

static long try_process_vm_readv(void)
{
    char byte;
    struct iovec here = {.iov_base = &byte, .iov_len = 1};
    return BARE(SYS_process_vm_readv, INT_MAX, &here, 1, &here, 1, 0);
}

static long try_process_vm_writev(void)
{
    char byte = 0;
    struct iovec here = {.iov_base = &byte, .iov_len = 1};
    return BARE(SYS_process_vm_writev, INT_MAX, &here, 1, &here, 1, 0);
}

static long try_kcmp(void)
{
    return BARE(SYS_kcmp, INT_MAX, INT_MAX, 0, 0, 0);
}

static long try_pidfd_getfd(void)
{
    return BARE(SYS_pidfd_getfd, -1, 0, 0);
}

static long try_keyctl(void)
{
    return BARE(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
}

static long try_add_key(void)
{
    return BARE(SYS_add_key, "user", "profgen-probe", "x", 1, KEY_SPEC_PROCESS_KEYRING);
}

static long try_request_key(void)
{
    return BARE(SYS_request_key, "user", "profgen-no-such-key", 0, 0);
}

static long try_unshare_user(void)
{
    return BARE(SYS_unshare, CLONE_NEWUSER);
}

static long try_unshare_mount(void)
{
    return BARE(SYS_unshare, CLONE_NEWNS);
}

static long try_setns(void)
{
    return BARE(SYS_setns, -1, 0);
}

static long leave_if_child(long pid)
{
    if (pid == 0)
        bare_exit(0);
    return pid;
}

static long try_clone_namespaces(void)
{
    return leave_if_child(BARE(SYS_clone, CLONE_NEWUTS | CLONE_NEWIPC | SIGCHLD));
}

static long try_clone3_namespaces(void)
{
    struct clone_args args = {.flags = CLONE_NEWUTS | CLONE_NEWIPC, .exit_signal = SIGCHLD};
    return leave_if_child(BARE(SYS_clone3, &args, sizeof(args)));
}

static long try_bpf(void)
{
    union bpf_attr attr = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};
    return BARE(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
}

static long try_perf_event_open(void)
{
    struct perf_event_attr attr = {
        .type = PERF_TYPE_SOFTWARE, .size = sizeof(attr), .config = PERF_COUNT_SW_CPU_CLOCK, .disabled = 1};
    return BARE(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static long try_userfaultfd(void)
{
    return BARE(SYS_userfaultfd, O_CLOEXEC);
}

static long try_io_uring_setup(void)
{
    struct io_uring_params params = {0};
    return BARE(SYS_io_uring_setup, 1, &params);
}

static long try_fanotify_init(void)
{
    return BARE(SYS_fanotify_init, 0, O_RDONLY);
}

static long try_init_module(void)
{
    return BARE(SYS_init_module, 0, 0, "");
}

static long try_finit_module(void)
{
    return BARE(SYS_finit_module, -1, "", 0);
}

static long try_delete_module(void)
{
    return BARE(SYS_delete_module, "profgen_no_such_module", O_NONBLOCK);
}

/* One segment more than KEXEC_SEGMENT_MAX: refused before an image is touched. */
static long try_kexec_load(void)
{
    return BARE(SYS_kexec_load, 0, 17, 0, 0);
}

static long try_raw_socket(void)
{
    return BARE(SYS_socket, AF_INET, SOCK_RAW, 1 /* IPPROTO_ICMP */);
}

static long try_packet_socket(void)
{
    return BARE(SYS_socket, AF_PACKET, SOCK_RAW, 0);
}

static long try_alg_socket(void)
{
    return BARE(SYS_socket, AF_ALG, SOCK_SEQPACKET, 0);
}

static long try_vsock_socket(void)
{
    return BARE(SYS_socket, AF_VSOCK, SOCK_STREAM, 0);
}

static long try_audit_socket(void)
{
    return BARE(SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_AUDIT);
}

static long try_open_by_handle_at(void)
{
    struct {
        unsigned bytes;
        int type;
    } empty = {0, 0};
    return BARE(SYS_open_by_handle_at, AT_FDCWD, &empty, O_RDONLY);
}

static long try_personality(void)
{
    return BARE(SYS_personality, ADDR_NO_RANDOMIZE);
}

static long try_swapon(void)
{
    return BARE(SYS_swapon, "/profgen-no-such-file", 0);
}

static long try_swapoff(void)
{
    return BARE(SYS_swapoff, "/profgen-no-such-file");
}

/* Wrong magic numbers: the capability is asked first, then EINVAL. */
static long try_reboot(void)
{
    return BARE(SYS_reboot, 0, 0, 0, 0);
}

/* A negative length: the capability is asked first, then EINVAL. */
static long try_sethostname(void)
{
    return BARE(SYS_sethostname, "", -1);
}

static long try_setdomainname(void)
{
    return BARE(SYS_setdomainname, "", -1);
}

/* Neither a time nor a zone: permission is asked, nothing is set. */
static long try_settimeofday(void)
{
    return BARE(SYS_settimeofday, 0, 0);
}

static long try_clock_settime(void)
{
    struct {
        long seconds;
        long nanoseconds;
    } never = {0, -1};
    return BARE(SYS_clock_settime, 0, &never);
}

static long try_iopl(void)
{
    return BARE(SYS_iopl, 3);
}

static long try_ioperm(void)
{
    return BARE(SYS_ioperm, 0x80, 1, 1);
}

static long try_acct(void)
{
    return BARE(SYS_acct, "/profgen-no-such-file");
}

static long try_quotactl(void)
{
    return BARE(SYS_quotactl, 0xff, 0, 0, 0);
}

static long try_syslog(void)
{
    return BARE(SYS_syslog, 10 /* SYSLOG_ACTION_SIZE_BUFFER */, 0, 0);
}

static long try_i386(void)
{
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"((long)I386_GETPID) : "r8", "r9", "r10", "r11", "memory");
    return result;
}

static long try_x32(void)
{
    return BARE(SYS_getpid | X32_BIT);
}

static long try_mseal(void)
{
    return BARE(NR_MSEAL, 1, 1, 0);
}

static long try_lsm_list_modules(void)
{
    return BARE(NR_LSM_LIST_MODULES, 0, 0, 0xff);
}

#define CALL(label, call, function, ...)                                                                    \
    {                                                                                                       \
        .name = label, .layer = "seccomp", .syscall = call, .attempt = function, .reached = {__VA_ARGS__}   \
    }

#define ARGUMENT(label, call, function, ...)                                                                \
    {                                                                                                       \
        .name = label, .layer = "seccomp", .syscall = call, .by_argument = 1, .attempt = function,          \
        .reached = {__VA_ARGS__}                                                                            \
    }

const struct probe probe_calls[] = {
    CALL("mount", "mount", try_mount, EINVAL),
    CALL("umount2", "umount2", try_umount, EINVAL),
    CALL("pivot_root", "pivot_root", try_pivot_root, EBUSY, EINVAL),
    CALL("fsopen", "fsopen", try_fsopen, ENODEV),
    CALL("open_tree", "open_tree", try_open_tree, 0),
    CALL("mount_setattr", "mount_setattr", try_mount_setattr, EINVAL, EBADF),
    CALL("chroot", "chroot", try_chroot, 0),
    CALL("ptrace", "ptrace", try_ptrace, 0),
    CALL("process_vm_readv", "process_vm_readv", try_process_vm_readv, ESRCH),
    CALL("process_vm_writev", "process_vm_writev", try_process_vm_writev, ESRCH),
    CALL("kcmp", "kcmp", try_kcmp, ESRCH),
    CALL("pidfd_getfd", "pidfd_getfd", try_pidfd_getfd, EBADF),
    CALL("keyctl", "keyctl", try_keyctl, ENOKEY),
    CALL("add_key", "add_key", try_add_key, EDQUOT),
    CALL("request_key", "request_key", try_request_key, ENOKEY),
    ARGUMENT("unshare-user", "unshare", try_unshare_user, ENOSPC, EUSERS),
    ARGUMENT("unshare-mount", "unshare", try_unshare_mount, 0),
    CALL("setns", "setns", try_setns, EBADF),
    ARGUMENT("clone-namespaces", "clone", try_clone_namespaces, 0),
    CALL("clone3-namespaces", "clone3", try_clone3_namespaces, 0),
    CALL("bpf", "bpf", try_bpf, 0),
    CALL("perf_event_open", "perf_event_open", try_perf_event_open, 0),
    CALL("userfaultfd", "userfaultfd", try_userfaultfd, 0),
    CALL("io_uring_setup", "io_uring_setup", try_io_uring_setup, ENOMEM),
    CALL("fanotify_init", "fanotify_init", try_fanotify_init, 0),
    CALL("init_module", "init_module", try_init_module, EFAULT, ENOEXEC),
    CALL("finit_module", "finit_module", try_finit_module, EBADF),
    CALL("delete_module", "delete_module", try_delete_module, ENOENT),
    CALL("kexec_load", "kexec_load", try_kexec_load, EINVAL),
    ARGUMENT("raw-socket", "socket", try_raw_socket, 0),
    ARGUMENT("packet-socket", "socket", try_packet_socket, 0),
    ARGUMENT("alg-socket", "socket", try_alg_socket, 0),
    ARGUMENT("vsock-socket", "socket", try_vsock_socket, 0),
    ARGUMENT("audit-socket", "socket", try_audit_socket, 0),
    CALL("open_by_handle_at", "open_by_handle_at", try_open_by_handle_at, EINVAL),
    ARGUMENT("personality", "personality", try_personality, 0),
    CALL("swapon", "swapon", try_swapon, ENOENT),
    CALL("swapoff", "swapoff", try_swapoff, ENOENT),
    CALL("reboot", "reboot", try_reboot, EINVAL),
    CALL("sethostname", "sethostname", try_sethostname, EINVAL),
    CALL("setdomainname", "setdomainname", try_setdomainname, EINVAL),
    CALL("settimeofday", "settimeofday", try_settimeofday, 0),
    CALL("clock_settime", "clock_settime", try_clock_settime, EINVAL),
    CALL("iopl", "iopl", try_iopl, 0),
    CALL("ioperm", "ioperm", try_ioperm, 0),
    CALL("acct", "acct", try_acct, ENOENT),
    CALL("quotactl", "quotactl", try_quotactl, EINVAL, ENODEV),
    CALL("syslog", "syslog", try_syslog, 0),
    CALL("i386-call", "i386", try_i386, 0),
    CALL("x32-call", "x32", try_x32, 0),
    CALL("mseal", "mseal", try_mseal, EINVAL),
    CALL("lsm_list_modules", "lsm_list_modules", try_lsm_list_modules, EINVAL, EFAULT),
};
const size_t probe_call_count = sizeof(probe_calls) / sizeof(probe_calls[0]);
