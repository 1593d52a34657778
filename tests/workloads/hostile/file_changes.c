/* Every way to change what a name means, and what the recording says was done to it. */
#include "hostile.h"

#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/xattr.h>

static void names(void)
{
    make_file("old");
    tell("rename", rename("old", "new"));
    expect_path("rename", "old");
    expect_path("create", "new");
    tell("link", link("new", "hard"));
    expect_path("link", "hard");
    tell("symlink", symlink("new", "soft"));
    expect_path("create", "soft");
    make_file("other");
    tell("exchange", renameat2(AT_FDCWD, "new", AT_FDCWD, "other", RENAME_EXCHANGE));
    expect_path("rename", "new");
    expect_path("rename", "other");
    tell("no replace", renameat2(AT_FDCWD, "new", AT_FDCWD, "other", RENAME_NOREPLACE));
    tell("unlink", unlink("hard"));
    expect_path("delete", "hard");
    tell("unlink soft", unlink("soft"));
    expect_path("delete", "soft");
    expect_path("delete", "directory/inner");
    tell("mkdir", mkdir("directory", 0755));
    expect_path("create", "directory");
    tell("mkdirat", mkdirat(AT_FDCWD, "directory/inner", 0755));
    tell("rmdir", unlinkat(AT_FDCWD, "directory/inner", AT_REMOVEDIR));
    tell("rename of nothing", rename("nothing", "somewhere"));
    expect_path("probe", "nothing");
    tell("unlink of nothing", unlink("nothing-here"));
    expect_path("probe", "nothing-here");
    tell("mkdir again", mkdir("directory", 0755));
}

static void nodes(void)
{
    tell("fifo", mknod("fifo", S_IFIFO | 0644, 0));
    expect_path("mknod", "fifo");
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "socket"};
    tell("bind", bind(fd, (struct sockaddr *)&name, sizeof(name)));
    expect_path("bind", "socket");
    tell("listen", listen(fd, 1));
    int client = socket(AF_UNIX, SOCK_STREAM, 0);
    tell("connect", connect(client, (struct sockaddr *)&name, sizeof(name)));
    expect_path("connect", "socket");
    struct sockaddr_un abstract = {.sun_family = AF_UNIX, .sun_path = "\0profgen-test"};
    tell("connect to no abstract name",
         connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&abstract, sizeof(abstract)));
}

static void attributes(void)
{
    make_file("file");
    tell("chmod", chmod("file", 0600));
    expect_path("chmod", "file");
    tell("chown", chown("file", geteuid(), getegid()));
    expect_path("chown", "file");
    tell("truncate", truncate("file", 1));
    expect_path("truncate", "file");
    tell("utimensat", utimensat(AT_FDCWD, "file", NULL, 0));
    expect_path("settime", "file");
    if (setxattr("file", "user.test", "x", 1, 0) == 0)
        expect_path("xattr", "file");
    make_file("by-descriptor");
    int fd = open("by-descriptor", O_RDWR);
    tell("fchmod", fchmod(fd, 0600));
    expect_path("chmod", "by-descriptor");
    tell("fchown", fchown(fd, geteuid(), getegid()));
    expect_path("chown", "by-descriptor");
    tell("ftruncate", ftruncate(fd, 1));
    expect_path("truncate", "by-descriptor");
    tell("futimens", futimens(fd, NULL));
    expect_path("settime", "by-descriptor");
    tell("flock", flock(fd, LOCK_EX));
    expect_path("lock", "by-descriptor");
    make_file("locked");
    int locked = open("locked", O_RDWR);
    tell("fcntl lock", fcntl(locked, F_SETLK, &(struct flock){.l_type = F_WRLCK}));
    expect_path("lock", "locked");
}

static void openings(void)
{
    tell("append", open("appended", O_CREAT | O_WRONLY | O_APPEND, 0644));
    expect_path("append", "appended");
    expect_path("create", "appended");
    make_file("cut");
    tell("O_TRUNC", open("cut", O_WRONLY | O_TRUNC));
    expect_path("truncate", "cut");
    tell("O_EXCL", open("cut", O_WRONLY | O_CREAT | O_EXCL, 0644));
    int fd = open(".", O_TMPFILE | O_RDWR, 0600);
    if (fd >= 0) {
        char path[64];
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        if (linkat(AT_FDCWD, path, AT_FDCWD, "from-nothing", AT_SYMLINK_FOLLOW) == 0)
            expect_path("link", "from-nothing");
        else
            give_up("linkat");
    }
    tell("list", open("directory", O_RDONLY | O_DIRECTORY));
    expect_path("list", "directory");
    tell("chdir", chdir("directory"));
    expect_path("chdir", "directory");
    must(chdir(".."), "chdir");
    int code = open("/proc/self/exe", O_RDONLY);
    void *mapped = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, code, 0);
    tell("map-exec", mapped == MAP_FAILED ? -1 : 0);
    char self[PATH_MAX] = "";
    must(readlink("/proc/self/exe", self, sizeof(self) - 1), "readlink");
    expect_path("map-exec", self);
    expect_path("exec", self);
}

int main(void)
{
    names();
    nodes();
    attributes();
    openings();
    return 0;
}
