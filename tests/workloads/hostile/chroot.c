/* chroot, needs root: paths are those of the tracee's own root, also through descriptors from outside,
 * and for a process that goes in while another stays out. */
#include "hostile.h"

int main(void)
{
    if (geteuid() != 0)
        return SKIP;
    must(mkdir("jail", 0755), "mkdir");
    must(mkdir("jail/etc", 0755), "mkdir");
    make_file("jail/etc/inside");
    make_file("outside");
    int out = (int)must(open(".", O_PATH | O_DIRECTORY), "open");
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        must(chroot("jail"), "chroot");
        must(chdir("/"), "chdir");
        tell("absolute", open("/etc/inside", O_RDONLY));
        tell("relative", access("etc/inside", R_OK));
        tell("dots stay inside", access("../../etc/inside", R_OK));
        tell("not there", open("/outside", O_RDONLY));
        tell("created", open("/etc/created", O_CREAT | O_WRONLY, 0644));
        tell("by a descriptor from outside", openat(out, "outside", O_RDONLY));
        fflush(stdout);
        _exit(5);
    }
    tell_status("child", wait_for(pid));
    tell("still outside", access("jail/etc/inside", R_OK));
    expect("path read /etc/inside");
    expect("path probe /outside");
    expect("path create /etc/created");
    expect_path("create", "jail/etc/inside");
    expect_no_path("create", "jail/etc/created");
    /* No path inside names it: either its path outside or a loss is true. */
    expect("may-lose path");
    expect_call("chroot");
    return 0;
}
