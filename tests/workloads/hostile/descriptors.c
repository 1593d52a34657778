/* The same file by every way of naming it: the recording has the path the kernel resolved, and never
 * the spelling. */
#include "hostile.h"

#include <linux/openat2.h>
#include <sys/socket.h>

static void opened(const char *what, int fd, const char *real)
{
    tell(what, fd);
    close(fd);
    expect_path("read", real);
}

static void by_directories(void)
{
    int dir = (int)must(open("a/b", O_RDONLY | O_DIRECTORY), "open");
    opened("directory", openat(dir, "one", O_RDONLY), "a/b/one");
    int moved = fcntl(dir, F_DUPFD, 50);
    opened("duplicate", openat(moved, "two", O_RDONLY), "a/b/two");
    int only_path = (int)must(open("a", O_PATH), "open");
    opened("O_PATH", openat(only_path, "b/three", O_RDONLY), "a/b/three");
    opened("dots", openat(dir, ".././b/../b//four", O_RDONLY), "a/b/four");
    must(fchdir(dir), "fchdir");
    opened("fchdir", open("five", O_RDONLY), "a/b/five");
    must(chdir("../.."), "chdir");
    opened("absolute with a descriptor", openat(dir, "/etc/passwd", O_RDONLY), "/etc/passwd");
}

static void by_proc(void)
{
    char path[64];
    int dir = (int)must(open("a/b", O_PATH), "open");
    int file = (int)must(open("a/b/six", O_PATH), "open");
    snprintf(path, sizeof(path), "/proc/self/fd/%d/seven", dir);
    opened("fd as a directory", open(path, O_RDONLY), "a/b/seven");
    snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
    opened("fd as a file", open(path, O_RDONLY), "a/b/six");
    snprintf(path, sizeof(path), "/proc/%d/cwd/a/b/eight", getpid());
    opened("cwd", open(path, O_RDONLY), "a/b/eight");
    snprintf(path, sizeof(path), "/dev/fd/%d", file);
    opened("/dev/fd", open(path, O_RDONLY), "a/b/six");
}

static void by_links(void)
{
    must(symlink("a", "to-a"), "symlink");
    must(symlink("to-a/b", "to-b"), "symlink");
    must(symlink("../one", "a/b/up"), "symlink");
    must(symlink("to-b/nine", "to-nine"), "symlink");
    must(symlink("to-nine", "to-to-nine"), "symlink");
    must(symlink("loop", "loop"), "symlink");
    opened("chain", open("to-to-nine", O_RDONLY), "a/b/nine");
    expect_no_path("read", "to-to-nine");
    tell("O_NOFOLLOW", open("to-nine", O_RDONLY | O_NOFOLLOW));
    tell("loop", open("loop", O_RDONLY));
    opened("dots behind a link", open("to-b/../b/ten", O_RDONLY), "a/b/ten");
    tell("dangling", open("a/b/up", O_RDONLY));
    expect_path("probe", "a/one");
    int fd = open("to-b/made", O_CREAT | O_WRONLY, 0644);
    tell("created behind a link", fd);
    expect_path("create", "a/b/made");
    tell("lstat", fstatat(AT_FDCWD, "to-nine", &(struct stat){0}, AT_SYMLINK_NOFOLLOW));
    expect_path("stat", "to-nine");
}

static void by_openat2(void)
{
    int dir = (int)must(open("a", O_PATH), "open");
    struct open_how in_root = {.flags = O_RDONLY, .resolve = RESOLVE_IN_ROOT};
    opened("in root", (int)syscall(SYS_openat2, dir, "/b/../../b/eleven", &in_root, sizeof(in_root)), "a/b/eleven");
    struct open_how beneath = {.flags = O_RDONLY, .resolve = RESOLVE_BENEATH};
    tell("beneath", syscall(SYS_openat2, dir, "../a/b/one", &beneath, sizeof(beneath)));
    expect_call("openat2");
}

/* A directory and a file that another process sends. */
static void by_message(void)
{
    int pair[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
    char space[CMSG_SPACE(sizeof(int))] = {0};
    char byte = 'x';
    struct iovec io = {&byte, 1};
    struct msghdr message = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space)};
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        must(chdir("a/b"), "chdir");
        int fd = (int)must(open(".", O_PATH), "open");
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        *header = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))};
        memcpy(CMSG_DATA(header), &fd, sizeof(fd));
        must(sendmsg(pair[0], &message, 0), "sendmsg");
        _exit(0);
    }
    must(recvmsg(pair[1], &message, 0), "recvmsg");
    int fd;
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
    wait_for(pid);
    opened("received directory", openat(fd, "twelve", O_RDONLY), "a/b/twelve");
}

static void from_nowhere(void)
{
    must(mkdir("gone", 0755), "mkdir");
    int dir = (int)must(open("gone", O_PATH), "open");
    must(rmdir("gone"), "rmdir");
    tell("deleted directory", openat(dir, "file", O_RDONLY));
    tell("closed descriptor", openat(999, "file", O_RDONLY));
    tell("not a directory", open("a/b/one/below", O_RDONLY));
    expect_path("probe", "a/b/one/below");
    tell("empty", open("", O_RDONLY));
    tell("trailing slash", open("a/b/one/", O_RDONLY));
    tell("not there", access("a/b/none", F_OK));
    expect_path("probe", "a/b/none");
    tell("no directory there", access("a/none/below", F_OK));
    expect_path("probe", "a/none/below");
}

int main(void)
{
    const char *names[] = {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"};
    must(mkdir("a", 0755), "mkdir");
    must(mkdir("a/b", 0755), "mkdir");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char path[32];
        snprintf(path, sizeof(path), "a/b/%s", names[i]);
        make_file(path);
    }
    by_directories();
    by_proc();
    by_links();
    by_openat2();
    by_message();
    from_nowhere();
    return 0;
}
