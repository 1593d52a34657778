/* Calls that need a capability: each that succeeds must be recorded as the evidence for it. */
#include "hostile.h"

#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <linux/rtnetlink.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <time.h>

enum { NOBODY = 65534, KEY = 0x70726f66, LARGE = 256 << 10 };

static uint64_t held;

static void read_held(void)
{
    char line[256];
    FILE *status = fopen("/proc/self/status", "re");
    if (!status)
        give_up("/proc/self/status");
    while (fgets(line, sizeof(line), status))
        if (strncmp(line, "CapEff:", 7) == 0)
            held = strtoull(line + 7, NULL, 16);
    fclose(status);
}

/* call succeeded or not; where it did, a capability that is held shows. */
static void shows(const char *what, long result, int capability, const char *call)
{
    tell(what, result);
    if (result >= 0 && (held >> capability & 1))
        expect("capability %d %s", capability, call);
}

static int set_option(int level, int name, int value)
{
    int fd = (int)must(socket(AF_INET, SOCK_DGRAM, 0), "socket");
    int rc = setsockopt(fd, level, name, &value, sizeof(value));
    close(fd);
    return rc;
}

static void network(void)
{
    struct ifreq request = {.ifr_name = "lo"};
    int fd = (int)must(socket(AF_INET, SOCK_DGRAM, 0), "socket");
    shows("SO_RCVBUFFORCE", set_option(SOL_SOCKET, SO_RCVBUFFORCE, 1 << 20), CAP_NET_ADMIN, "setsockopt");
    shows("SO_MARK", set_option(SOL_SOCKET, SO_MARK, 7), CAP_NET_ADMIN, "setsockopt");
    shows("SO_PRIORITY 7", set_option(SOL_SOCKET, SO_PRIORITY, 7), CAP_NET_ADMIN, "setsockopt");
    shows("IP_TRANSPARENT", set_option(IPPROTO_IP, IP_TRANSPARENT, 1), CAP_NET_ADMIN, "setsockopt");
    shows("SO_BINDTODEVICE", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3), CAP_NET_RAW, "setsockopt");
    if (ioctl(fd, SIOCGIFFLAGS, &request) == 0)
        shows("SIOCSIFFLAGS", ioctl(fd, SIOCSIFFLAGS, &request), CAP_NET_ADMIN, "ioctl");
    struct ifreq tunnel = {.ifr_name = "profgen%d", .ifr_flags = IFF_TUN};
    int tun = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    if (tun >= 0)
        shows("TUNSETIFF", ioctl(tun, TUNSETIFF, &tunnel), CAP_NET_ADMIN, "ioctl");
}

/* The route to delete is not there; to ask for that takes the capability already. */
static void netlink(void)
{
    struct {
        struct nlmsghdr header;
        struct rtmsg route;
    } message = {{sizeof(message), RTM_DELROUTE, NLM_F_REQUEST, 1, 0}, {.rtm_family = AF_INET, .rtm_table = 77}};
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    struct iovec part = {&message, sizeof(message)};
    struct msghdr header = {.msg_name = &kernel, .msg_namelen = sizeof(kernel), .msg_iov = &part, .msg_iovlen = 1};
    int fd = (int)must(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), "netlink");
    shows("netlink by sendto", sendto(fd, &message, sizeof(message), 0, (struct sockaddr *)&kernel, sizeof(kernel)),
          CAP_NET_ADMIN, "sendto");
    shows("netlink by sendmsg", sendmsg(fd, &header, 0), CAP_NET_ADMIN, "sendmsg");
    struct sockaddr_nl groups = {.nl_family = AF_NETLINK, .nl_groups = 1};
    int filter = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
    if (filter >= 0)
        shows("bind to netfilter", bind(filter, (struct sockaddr *)&groups, sizeof(groups)), CAP_NET_ADMIN, "bind");
    int audit = socket(AF_NETLINK, SOCK_RAW, NETLINK_AUDIT);
    if (audit >= 0)
        shows("bind to audit", bind(audit, (struct sockaddr *)&groups, sizeof(groups)), CAP_AUDIT_READ, "bind");
}

static void memory(void)
{
    struct rlimit limit;
    must(getrlimit(RLIMIT_MEMLOCK, &limit), "getrlimit");
    limit.rlim_cur = 64 << 10;
    must(setrlimit(RLIMIT_MEMLOCK, &limit), "setrlimit");
    void *pages = mmap(NULL, LARGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    shows("mlock", mlock(pages, LARGE), CAP_IPC_LOCK, "mlock");
    munlock(pages, LARGE);
    shows("mlock2", mlock2(pages, LARGE, MLOCK_ONFAULT), CAP_IPC_LOCK, "mlock2");
    munlock(pages, LARGE);
    shows("mlockall", mlockall(MCL_FUTURE), CAP_IPC_LOCK, "mlockall");
    munlockall();
    void *locked = mmap(NULL, LARGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
    shows("MAP_LOCKED", locked == MAP_FAILED ? -1 : 0, CAP_IPC_LOCK, "mmap");
    int segment = (int)must(shmget(IPC_PRIVATE, LARGE, 0600), "shmget");
    shows("SHM_LOCK", shmctl(segment, SHM_LOCK, NULL), CAP_IPC_LOCK, "shmctl");
    shmctl(segment, IPC_RMID, NULL);
}

static void files(void)
{
    /* VFS_CAP_REVISION_2 with CAP_NET_BIND_SERVICE permitted. */
    static const uint32_t file_capability[5] = {0x02000000, 1 << CAP_NET_BIND_SERVICE, 0, 0, 0};
    struct timespec times[2] = {{1, 0}, {1, 0}};
    int flags = 0;
    make_file("own");
    make_file("foreign");
    shows("security.capability", setxattr("own", "security.capability", file_capability, sizeof(file_capability), 0),
          CAP_SETFCAP, "setxattr");
    shows("its removal", removexattr("own", "security.capability"), CAP_SETFCAP, "removexattr");
    shows("trusted.x", lsetxattr("own", "trusted.x", "x", 1, 0), CAP_SYS_ADMIN, "lsetxattr");
    int fd = open("own", O_RDONLY | O_CLOEXEC);
    if (ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0) {
        flags |= FS_IMMUTABLE_FL;
        shows("immutable", ioctl(fd, FS_IOC_SETFLAGS, &flags), CAP_LINUX_IMMUTABLE, "ioctl");
        flags &= ~FS_IMMUTABLE_FL;
        tell("mutable", ioctl(fd, FS_IOC_SETFLAGS, &flags));
    }
    shows("empty path", linkat(fd, "", AT_FDCWD, "linked", AT_EMPTY_PATH), CAP_DAC_READ_SEARCH, "linkat");
    if (chown("foreign", NOBODY, NOBODY) < 0)
        return;
    fd = open("foreign", O_RDONLY | O_CLOEXEC);
    shows("lease", fcntl(fd, F_SETLEASE, F_RDLCK), CAP_LEASE, "fcntl");
    tell("no lease", fcntl(fd, F_SETLEASE, F_UNLCK));
    shows("times", utimensat(AT_FDCWD, "foreign", times, 0), CAP_FOWNER, "utimensat");
    shows("times by descriptor", futimens(fd, times), CAP_FOWNER, "utimensat");
    shows("set-group-ID", chmod("foreign", 02755), CAP_FSETID, "chmod");
    shows("O_NOATIME", open("foreign", O_RDONLY | O_NOATIME | O_CLOEXEC), CAP_FOWNER, "openat");
    int log = open("/proc/kmsg", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    shows("/proc/kmsg", log, CAP_SYSLOG, "openat");
}

static void kernel(void)
{
    struct perf_event_attr event = {.type = PERF_TYPE_SOFTWARE, .size = sizeof(event), .config = PERF_COUNT_SW_CPU_CLOCK};
    union bpf_attr map = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};
    struct timex now = {0};
    char host[256];
    shows("syslog", klogctl(9, NULL, 0), CAP_SYSLOG, "syslog");
    shows("perf_event_open", syscall(SYS_perf_event_open, &event, -1, 0, -1, 0), CAP_PERFMON, "perf_event_open");
    shows("bpf", syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof(map)), CAP_BPF, "bpf");
    tell("adjtimex", adjtimex(&now));
    now.modes = ADJ_TICK; /* as it is */
    shows("ADJ_TICK", clock_adjtime(CLOCK_REALTIME, &now), CAP_SYS_TIME, "clock_adjtime");
    must(gethostname(host, sizeof(host)), "gethostname");
    shows("sethostname", sethostname(host, strlen(host)), CAP_SYS_ADMIN, "sethostname");
    int mounts = (int)must(open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC), "ns/mnt");
    shows("setns", setns(mounts, CLONE_NEWNS), CAP_SYS_CHROOT, "setns");
    timer_t timer;
    struct sigevent nothing = {.sigev_notify = SIGEV_NONE};
    shows("alarm timer", timer_create(CLOCK_BOOTTIME_ALARM, &nothing, &timer), CAP_WAKE_ALARM, "timer_create");
    shows("alarm timerfd", timerfd_create(CLOCK_BOOTTIME_ALARM, 0), CAP_WAKE_ALARM, "timerfd_create");
    struct epoll_event ready = {.events = EPOLLIN | EPOLLWAKEUP};
    int ends[2];
    must(pipe(ends), "pipe");
    shows("EPOLLWAKEUP", epoll_ctl(epoll_create1(0), EPOLL_CTL_ADD, ends[0], &ready), CAP_BLOCK_SUSPEND, "epoll_ctl");
}

static void scheduling(void)
{
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t rest[3];
    } attributes = {.size = sizeof(attributes), .policy = SCHED_RR, .priority = 1};
    struct sched_param low = {.sched_priority = 2};
    shows("setpriority", setpriority(PRIO_PROCESS, 0, -5), CAP_SYS_NICE, "setpriority");
    shows("sched_setattr", syscall(SYS_sched_setattr, 0, &attributes, 0), CAP_SYS_NICE, "sched_setattr");
    shows("sched_setparam", sched_setparam(0, &low), CAP_SYS_NICE, "sched_setparam");
    shows("sched_setscheduler", sched_setscheduler(0, SCHED_FIFO, &low), CAP_SYS_NICE, "sched_setscheduler");
    low.sched_priority = 0;
    must(sched_setscheduler(0, SCHED_OTHER, &low), "sched_setscheduler");
    shows("ioprio_set", syscall(SYS_ioprio_set, 1, 0, 1 << 13 | 4), CAP_SYS_NICE, "ioprio_set");
    struct rlimit limit;
    must(getrlimit(RLIMIT_CORE, &limit), "getrlimit");
    struct rlimit none = {0, 0};
    must(setrlimit(RLIMIT_CORE, &none), "setrlimit");
    shows("raised limit", setrlimit(RLIMIT_CORE, &limit), CAP_SYS_RESOURCE, "prlimit64");
}

/* A filter that lets everything through, without no_new_privs, which a tracer who is not root brings along. */
static void filter(void)
{
    struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog program = {1, code};
    if (geteuid() != 0)
        return;
    pid_t pid = fork();
    if (pid == 0)
        _exit(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0);
    int status = wait_for(pid);
    tell_status("seccomp", status);
    if (status == 0 && (held >> CAP_SYS_ADMIN & 1))
        expect("capability %d seccomp", CAP_SYS_ADMIN);
}

/* Somebody else's process and shared memory. */
static void others(void)
{
    cpu_set_t all;
    char byte;
    int ready[2];
    must(pipe(ready), "pipe");
    if (geteuid() != 0)
        return;
    pid_t pid = fork();
    if (pid == 0) {
        /* setresuid would make it undumpable for the rest of its life. */
        must(setresgid(NOBODY, NOBODY, NOBODY), "setresgid");
        must(setresuid(NOBODY, NOBODY, NOBODY), "setresuid");
        prctl(PR_SET_DUMPABLE, 1);
        long segment = shmget(KEY, 4096, IPC_CREAT | 0600);
        must(write(ready[1], segment < 0 ? "n" : "y", 1), "write");
        pause();
        _exit(0);
    }
    must(read(ready[0], &byte, 1), "read");
    struct iovec here = {&byte, 1};
    struct iovec there = {&byte, 1};
    must(sched_getaffinity(pid, sizeof(all), &all), "sched_getaffinity");
    shows("process_vm_readv", process_vm_readv(pid, &here, 1, &there, 1, 0), CAP_SYS_PTRACE, "process_vm_readv");
    shows("sched_setaffinity", sched_setaffinity(pid, sizeof(all), &all), CAP_SYS_NICE, "sched_setaffinity");
    int segment = shmget(KEY, 4096, 0600);
    shows("foreign segment", segment, CAP_IPC_OWNER, "shmget");
    if (segment >= 0)
        shows("its removal", shmctl(segment, IPC_RMID, NULL), CAP_SYS_ADMIN, "shmctl");
    shows("kill", kill(pid, SIGKILL), CAP_KILL, "kill");
    tell_status("the other", wait_for(pid));
}

int main(void)
{
    read_held();
    expect_call("setsockopt");
    network();
    netlink();
    files();
    kernel();
    scheduling();
    filter();
    others();
    memory();
    return 0;
}
