/*
 * Asks the AppArmor kernel: reads cases (aa_case.h) from standard input, tries each in a child confined by the case's
 * profile, and prints the case with "allowed", "refused" or what else happened.
 *
 * Runs as root in the guest. The file of a case is made, and given to the right owner, before it is confined. What the kernel
 * has in /proc, /sys and /dev is opened as it is, never written; what it has not is put over it, for the one case alone.
 */
#include "aa_case.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STATUS_CHANGE = 200, STATUS_NOT_MADE = 201, SOMEBODY_ELSE = 1234 };

/* Devices that the guest may not have. */
static const struct {
    const char *path;
    mode_t kind;
    unsigned major;
    unsigned minor;
} devices[] = {
    {"/dev/kmem", S_IFCHR, 1, 2},       {"/dev/port", S_IFCHR, 1, 4},    {"/dev/fuse", S_IFCHR, 10, 229},
    {"/dev/kvm", S_IFCHR, 10, 232},     {"/dev/sda", S_IFBLK, 8, 0},     {"/dev/vda", S_IFBLK, 254, 0},
    {"/dev/nvme0n1", S_IFBLK, 259, 0},  {"/dev/dm-0", S_IFBLK, 253, 0},
};

static int make_parents(const char *path)
{
    char copy[PATH_MAX];
    (void)snprintf(copy, sizeof(copy), "%s", path);
    for (char *at = strchr(copy + 1, '/'); at; at = strchr(at + 1, '/')) {
        *at = '\0';
        if (mkdir(copy, 0777) < 0 && errno != EEXIST)
            return -errno;
        *at = '/';
    }
    return 0;
}

static bool is_kernels(const char *path)
{
    if (strncmp(path, "/dev/shm/", 9) == 0 || strncmp(path, "/dev/mqueue/", 12) == 0)
        return false; /* files like others */
    return strncmp(path, "/proc/", 6) == 0 || strncmp(path, "/sys/", 5) == 0 || strncmp(path, "/dev/", 5) == 0;
}

/* An empty file system over the deepest directory above the path that there is, for this process alone. */
static int cover(const char *path)
{
    char above[PATH_MAX];
    struct stat there;
    (void)snprintf(above, sizeof(above), "%s", path);
    do
        *strrchr(above, '/') = '\0';
    while (*above && lstat(above, &there) < 0);
    if (!*above || unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("cover", above, "tmpfs", 0, NULL) < 0)
        return *above ? -errno : -ENOENT;
    return 0;
}

static int make_device(const char *path)
{
    for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
        if (strcmp(devices[i].path, path) == 0)
            return mknod(path, devices[i].kind | 0600, makedev(devices[i].major, devices[i].minor)) < 0 ? -errno : 0;
    return -ENODEV;
}

static int make_kernels(const char *path)
{
    struct stat there;
    int made = 0;
    if (lstat(path, &there) == 0)
        return 0;
    if (strncmp(path, "/dev/", 5) == 0)
        return make_device(path);
    if ((made = cover(path)) < 0 || (made = make_parents(path)) < 0)
        return made;
    return mknod(path, S_IFREG | 0777, 0) < 0 ? -errno : 0;
}

static socklen_t socket_address(const char *path, struct sockaddr_un *ret)
{
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    (void)snprintf(ret->sun_path, sizeof(ret->sun_path), "%s", path);
    return sizeof(*ret);
}

/* Stays open, so that there is somebody to connect to. */
static int make_socket(const char *path)
{
    struct sockaddr_un address;
    socklen_t length = socket_address(path, &address);
    struct stat there;
    if (lstat(path, &there) == 0)
        return 0;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd < 0 || bind(fd, (struct sockaddr *)&address, length) < 0 || listen(fd, 64) < 0 ? -errno : 0;
}

static bool is_socket(const char *path)
{
    size_t length = strlen(path);
    return length > 5 && strcmp(path + length - 5, ".sock") == 0;
}

/* The content is no program of any kind: an execve that passes AppArmor ends with ENOEXEC. */
static int make_file(const struct aa_case *asked)
{
    uid_t owner = asked->owner ? 0 : SOMEBODY_ELSE;
    if (is_kernels(asked->path))
        return 0;
    int made = make_parents(asked->path);
    if (made < 0)
        return made;
    if (is_socket(asked->path))
        return make_socket(asked->path);
    if (asked->path[strlen(asked->path) - 1] != '/') {
        int fd = open(asked->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0777);
        if (fd < 0 || write(fd, "no program\n", 11) != 11 || close(fd) < 0)
            return -errno;
    }
    if (chmod(asked->path, 0777) < 0 || chown(asked->path, owner, owner) < 0)
        return -errno;
    return 0;
}

static int open_case(const struct aa_case *asked, int flags)
{
    int fd = open(asked->path, flags | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static int connect_case(const struct aa_case *asked)
{
    struct sockaddr_un address;
    socklen_t length = socket_address(asked->path, &address);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd < 0 || connect(fd, (struct sockaddr *)&address, length) < 0 ? -errno : 0;
}

static int attempt(const struct aa_case *asked)
{
    int fd;
    char *const arguments[] = {(char[]){"case"}, NULL};
    if (asked->access[1])
        return open_case(asked, O_RDWR);
    switch (asked->access[0]) {
    case 'c':
        return connect_case(asked);
    case 'w':
        return open_case(asked, O_WRONLY);
    case 'a':
        return open_case(asked, O_WRONLY | O_APPEND);
    case 'k':
        fd = open_case(asked, O_RDONLY);
        return fd < 0 || flock(fd, LOCK_SH) == 0 ? fd : -errno;
    case 'm':
        fd = open_case(asked, O_RDONLY);
        return fd < 0 || mmap(NULL, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) != MAP_FAILED ? fd : -errno;
    case 'x':
        (void)execv(asked->path, arguments);
        return errno == ENOEXEC ? 0 : -errno;
    default:
        return open_case(asked, O_RDONLY);
    }
}

/* The unconfined task may take any profile; current is its attribute, and what was open before stays usable. */
static bool change_profile(int current, const char *name)
{
    char request[256];
    int length = snprintf(request, sizeof(request), "changeprofile %s", name);
    if (strcmp(name, "unconfined") == 0)
        return true;
    return current >= 0 && write(current, request, (size_t)length) == length && close(current) == 0;
}

static int ask_in_child(const struct aa_case *asked)
{
    int status;
    pid_t pid = fork();
    if (pid < 0)
        return -errno;
    if (pid == 0) {
        /* Before something may lie over it. */
        int current = open("/proc/self/attr/current", O_WRONLY | O_CLOEXEC);
        if (is_kernels(asked->path) && make_kernels(asked->path) < 0)
            _exit(STATUS_NOT_MADE);
        if (!change_profile(current, asked->profile))
            _exit(STATUS_CHANGE);
        int result = attempt(asked);
        _exit(result < 0 ? -result : 0);
    }
    if (waitpid(pid, &status, 0) != pid)
        return -errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
}

int main(void)
{
    struct aa_case asked;
    char other[64];
    int got;
    while ((got = aa_case_read(stdin, &asked)) == 1) {
        int made = make_file(&asked);
        int result = made < 0 ? made : ask_in_child(&asked);
        if (result == EACCES) {
            aa_case_print(&asked, "refused");
        } else if (result == 0) {
            aa_case_print(&asked, "allowed");
        } else {
            (void)snprintf(other, sizeof(other), "%s-%d", made < 0 ? "not-made" : "error", result);
            aa_case_print(&asked, other);
        }
        (void)fflush(stdout); /* a child must not inherit what is not yet written */
    }
    return got < 0 ? 2 : 0;
}
