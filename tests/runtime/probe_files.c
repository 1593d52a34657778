/* Probes of the path layer: what only an LSM (or a missing mount) can refuse, since the calls themselves are ordinary. */
#include "bare.h"
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#define SCRATCH "/usr/bin/profgen-probe"
#define NODE "/tmp/profgen-probe-node"

static long open_and_close(const char *path, int flags)
{
    long fd = BARE(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0600);
    if (fd >= 0)
        BARE(SYS_close, fd);
    return fd;
}

/* The first of the paths that is there; ENOENT when none is. */
static long open_first(const char *const *paths, int flags)
{
    long result = -ENOENT;
    for (; *paths && (result == -ENOENT || result == -ENXIO); paths++)
        result = open_and_close(*paths, flags);
    return result;
}

static long try_proc_sys(void)
{
    return open_and_close("/proc/sys/kernel/core_pattern", O_WRONLY);
}

static long try_sys(void)
{
    static const char *const knobs[] = {"/sys/kernel/uevent_helper", "/sys/kernel/mm/transparent_hugepage/enabled",
                                        "/sys/power/state", "/sys/devices/system/cpu/cpufreq/boost",
                                        "/sys/kernel/rcu_expedited", NULL};
    return open_first(knobs, O_WRONLY);
}

static long try_sysrq(void)
{
    return open_and_close("/proc/sysrq-trigger", O_WRONLY);
}

static long try_kcore(void)
{
    return open_and_close("/proc/kcore", O_RDONLY);
}

static long try_shadow(void)
{
    return open_and_close("/etc/shadow", O_RDONLY);
}

static long try_passwd(void)
{
    return open_and_close("/etc/passwd", O_WRONLY | O_APPEND);
}

static long try_sa_token(void)
{
    return open_and_close("/var/run/secrets/kubernetes.io/serviceaccount/token", O_RDONLY);
}

static long try_runtime_socket(void)
{
    static const struct sockaddr_un docker = {.sun_family = AF_UNIX, .sun_path = "/run/docker.sock"};
    long fd = BARE(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fd;
    long result = BARE(SYS_connect, fd, &docker, sizeof(docker));
    BARE(SYS_close, fd);
    return result;
}

/* Returns only when the shell was refused; its own exit status is the probe's otherwise. */
static long try_shell(void)
{
    static const char *const shell[] = {"sh", "-c", "exit 0", NULL};
    static const char *const nothing[] = {NULL};
    return BARE(SYS_execve, "/bin/sh", shell, nothing);
}

static long try_usr_write(void)
{
    long fd = open_and_close(SCRATCH, O_WRONLY | O_CREAT | O_EXCL);
    if (fd >= 0)
        BARE(SYS_unlinkat, AT_FDCWD, SCRATCH, 0);
    return fd;
}

static long try_device(void)
{
    static const char *const devices[] = {"/dev/mem", "/dev/port", "/dev/nvme0n1", "/dev/sda", "/dev/vda", NULL};
    return open_first(devices, O_RDONLY);
}

static long try_kernel_log(void)
{
    return open_and_close("/dev/kmsg", O_WRONLY);
}

static long try_mknod(void)
{
    long result = BARE(SYS_mknodat, AT_FDCWD, NODE, S_IFCHR | 0600, makedev(1, 7));
    if (result >= 0)
        BARE(SYS_unlinkat, AT_FDCWD, NODE, 0);
    return result;
}

#define FILE_PROBE(label, function) {.name = label, .layer = "files", .syscall = "-", .attempt = function}

const struct probe probe_files[] = {
    FILE_PROBE("proc-sys-write", try_proc_sys),
    FILE_PROBE("sys-write", try_sys),
    FILE_PROBE("sysrq-trigger", try_sysrq),
    FILE_PROBE("kcore-read", try_kcore),
    FILE_PROBE("shadow-read", try_shadow),
    FILE_PROBE("passwd-write", try_passwd),
    FILE_PROBE("sa-token-read", try_sa_token),
    FILE_PROBE("runtime-socket", try_runtime_socket),
    FILE_PROBE("shell-exec", try_shell),
    FILE_PROBE("usr-bin-write", try_usr_write),
    FILE_PROBE("raw-device", try_device),
    FILE_PROBE("kmsg-write", try_kernel_log),
    FILE_PROBE("mknod", try_mknod),
};
const size_t probe_file_count = sizeof(probe_files) / sizeof(probe_files[0]);
