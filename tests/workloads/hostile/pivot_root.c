/* A mount namespace, a tmpfs as its root by pivot_root, the old root taken away: what a container
 * runtime does. Needs root. */
#include "hostile.h"

#include <sched.h>
#include <sys/mount.h>

static void inside(void)
{
    make_file("/only-here");
    tell("read", open("/only-here", O_RDONLY));
    tell("old root", access("/old", F_OK));
    must(mkdir("/proc", 0755), "mkdir");
    tell("proc", mount("proc", "/proc", "proc", 0, NULL));
    tell("own status", open("/proc/self/status", O_RDONLY));
    must(mkdir("/tree", 0755), "mkdir");
    must(mount("tmpfs", "/tree", "tmpfs", 0, "size=1m"), "mount");
    make_file("/tree/on-a-second-mount");
    must(umount2("/tree", MNT_DETACH), "umount2");
}

int main(void)
{
    if (geteuid() != 0)
        return SKIP;
    must(unshare(CLONE_NEWNS), "unshare");
    must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "mount private");
    must(mkdir("root", 0755), "mkdir");
    must(mount("tmpfs", "root", "tmpfs", 0, "size=1m"), "mount tmpfs");
    must(chdir("root"), "chdir");
    must(mkdir("old", 0755), "mkdir");
    tell("pivot_root", syscall(SYS_pivot_root, ".", "old"));
    must(chdir("/"), "chdir");
    tell("umount2", umount2("/old", MNT_DETACH));
    must(rmdir("/old"), "rmdir");
    inside();
    expect("path create /only-here");
    expect("path read /only-here");
    expect("path create /tree/on-a-second-mount");
    expect("path delete /old");
    expect("path probe /old");
    expect_call("pivot_root");
    expect_call("umount2");
    return 0;
}
