/* The same calls as in capabilities.c in the forms that everybody may make, and privileged ones that fail:
 * none of them shows that a capability was needed. */
#include "hostile.h"

#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/if.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
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
    struct {
        struct nlmsghdr header;
        struct rtgenmsg general;
    } message = {{sizeof(message), RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 1, 0}, {.rtgen_family = AF_UNSPEC}};
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    struct sockaddr_nl links = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};
    int value = 7;
    tell("SO_PRIORITY 6", set_option(SOL_SOCKET, SO_PRIORITY, 6));
    tell("SO_RCVBUF", set_option(SOL_SOCKET, SO_RCVBUF, 1 << 16));
    tell("IP_TRANSPARENT 0", set_option(IPPROTO_IP, IP_TRANSPARENT, 0));
    tell("SO_MARK of nothing", setsockopt(-1, SOL_SOCKET, SO_MARK, &value, sizeof(value)));
    int fd = (int)must(socket(AF_INET, SOCK_DGRAM, 0), "socket");
    tell("SIOCGIFFLAGS", ioctl(fd, SIOCGIFFLAGS, &request));
    uint32_t link[2] = {0x0a /* ETHTOOL_GLINK */, 0};
    request.ifr_data = (void *)link;
    tell("ETHTOOL_GLINK", ioctl(fd, SIOCETHTOOL, &request));
    fd = (int)must(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), "netlink");
    tell("bind", bind(fd, (struct sockaddr *)&links, sizeof(links)));
    tell("RTM_GETLINK",
         sendto(fd, &message, sizeof(message), 0, (struct sockaddr *)&kernel, sizeof(kernel)));
}

static void memory(void)
{
    struct rlimit limit;
    must(getrlimit(RLIMIT_MEMLOCK, &limit), "getrlimit");
    if (limit.rlim_cur >= 64 << 10) {
        void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        tell("mlock", mlock(page, 4096));
        munlock(page, 4096);
        int segment = (int)must(shmget(IPC_PRIVATE, 4096, 0600), "shmget");
        tell("SHM_LOCK", shmctl(segment, SHM_LOCK, NULL));
        tell("IPC_RMID", shmctl(segment, IPC_RMID, NULL));
    }
    must(getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
    limit.rlim_cur /= 2;
    tell("setrlimit", setrlimit(RLIMIT_NOFILE, &limit));
}

static void files(void)
{
    int flags = 0;
    make_file("own");
    int fd = open("own", O_RDONLY | O_NOATIME | O_CLOEXEC);
    tell("lease", fcntl(fd, F_SETLEASE, F_RDLCK));
    tell("no lease", fcntl(fd, F_SETLEASE, F_UNLCK));
    if (ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0)
        tell("flags as they are", ioctl(fd, FS_IOC_SETFLAGS, &flags));
    tell("futimens", futimens(fd, NULL));
    tell("chmod", chmod("own", 02755));
    (void)!setxattr("own", "user.x", "x", 1, 0);
    tell("setxattr of nothing", setxattr("nothing", "security.capability", "x", 1, 0));
}

static void rest(void)
{
    struct timex now = {0};
    struct sched_param none = {0};
    tell("adjtimex", adjtimex(&now));
    tell("sched_setscheduler", sched_setscheduler(0, SCHED_BATCH, &none));
    tell("setpriority", setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0)));
    tell("timerfd", timerfd_create(CLOCK_MONOTONIC, 0));
    char byte = 'x';
    struct iovec part = {&byte, 1};
    tell("process_vm_readv", process_vm_readv(getpid(), &part, 1, &part, 1, 0));
    struct epoll_event ready = {.events = EPOLLIN};
    int ends[2];
    must(pipe(ends), "pipe");
    tell("epoll_ctl", epoll_ctl(epoll_create1(0), EPOLL_CTL_ADD, ends[0], &ready));
    tell("F_SETPIPE_SZ", fcntl(ends[0], F_SETPIPE_SZ, 4096));
}

static void filter(void)
{
    struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog program = {1, code};
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        _exit(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0);
    }
    tell_status("seccomp", wait_for(pid));
}

/* What was given up cannot be needed, even by a call that passes without. */
static void dropped(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {0};
    tell("capset", syscall(SYS_capset, &header, data));
    struct epoll_event ready = {.events = EPOLLIN | EPOLLWAKEUP};
    int ends[2];
    must(pipe(ends), "pipe");
    tell("EPOLLWAKEUP", epoll_ctl(epoll_create1(0), EPOLL_CTL_ADD, ends[0], &ready));
    tell("SO_MARK", set_option(SOL_SOCKET, SO_MARK, 7));
}

int main(void)
{
    expect_call("setsockopt");
    for (int capability = 0; capability <= CAP_LAST_CAP; capability++)
        expect("nocapability %d", capability);
    network();
    memory();
    files();
    rest();
    filter();
    dropped();
    return 0;
}
