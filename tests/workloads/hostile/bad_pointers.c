/* Every call that takes a path, with pointers that cannot be read. */
#include "hostile.h"

#include <linux/openat2.h>
#include <sys/mman.h>

struct path_call {
    const char *name;
    long number;
    unsigned pointers; /* bit per argument that is a path */
    long args[6];
};

static const struct path_call CALLS[] = {
    {"open", SYS_open, 1, {0}},
    {"creat", SYS_creat, 1, {0}},
    {"openat", SYS_openat, 2, {AT_FDCWD}},
    {"openat2", SYS_openat2, 2, {AT_FDCWD, 0, 0, sizeof(struct open_how)}},
    {"stat", SYS_stat, 1, {0}},
    {"lstat", SYS_lstat, 1, {0}},
    {"newfstatat", SYS_newfstatat, 2, {AT_FDCWD}},
    {"statx", SYS_statx, 2, {AT_FDCWD}},
    {"statfs", SYS_statfs, 1, {0}},
    {"access", SYS_access, 1, {0}},
    {"faccessat", SYS_faccessat, 2, {AT_FDCWD}},
    {"faccessat2", SYS_faccessat2, 2, {AT_FDCWD}},
    {"readlink", SYS_readlink, 1, {0, 0, 1}},
    {"readlinkat", SYS_readlinkat, 2, {AT_FDCWD, 0, 0, 1}},
    {"mkdir", SYS_mkdir, 1, {0}},
    {"mkdirat", SYS_mkdirat, 2, {AT_FDCWD}},
    {"mknod", SYS_mknod, 1, {0}},
    {"mknodat", SYS_mknodat, 2, {AT_FDCWD}},
    {"rmdir", SYS_rmdir, 1, {0}},
    {"unlink", SYS_unlink, 1, {0}},
    {"unlinkat", SYS_unlinkat, 2, {AT_FDCWD}},
    {"rename", SYS_rename, 3, {0}},
    {"renameat", SYS_renameat, 2 | 8, {AT_FDCWD, 0, AT_FDCWD}},
    {"renameat2", SYS_renameat2, 2 | 8, {AT_FDCWD, 0, AT_FDCWD}},
    {"link", SYS_link, 3, {0}},
    {"linkat", SYS_linkat, 2 | 8, {AT_FDCWD, 0, AT_FDCWD}},
    {"symlink", SYS_symlink, 3, {0}},
    {"symlinkat", SYS_symlinkat, 1 | 4, {0, AT_FDCWD}},
    {"chmod", SYS_chmod, 1, {0}},
    {"fchmodat", SYS_fchmodat, 2, {AT_FDCWD}},
    {"chown", SYS_chown, 1, {0}},
    {"lchown", SYS_lchown, 1, {0}},
    {"fchownat", SYS_fchownat, 2, {AT_FDCWD}},
    {"truncate", SYS_truncate, 1, {0}},
    {"chdir", SYS_chdir, 1, {0}},
    {"chroot", SYS_chroot, 1, {0}},
    {"utime", SYS_utime, 1, {0}},
    {"utimes", SYS_utimes, 1, {0}},
    {"futimesat", SYS_futimesat, 2, {AT_FDCWD}},
    {"setxattr", SYS_setxattr, 3, {0}},
    {"lsetxattr", SYS_lsetxattr, 3, {0}},
    {"getxattr", SYS_getxattr, 3, {0}},
    {"lgetxattr", SYS_lgetxattr, 3, {0}},
    {"listxattr", SYS_listxattr, 1, {0}},
    {"removexattr", SYS_removexattr, 3, {0}},
    {"execve", SYS_execve, 1, {0}},
    {"execveat", SYS_execveat, 2, {AT_FDCWD}},
    {"mount", SYS_mount, 2, {0}},
    {"umount2", SYS_umount2, 1, {0}},
    {"pivot_root", SYS_pivot_root, 3, {0}},
    {"inotify_add_watch", SYS_inotify_add_watch, 2, {-1}},
    {"name_to_handle_at", SYS_name_to_handle_at, 2, {AT_FDCWD}},
    {"open_tree", SYS_open_tree, 2, {AT_FDCWD}},
    {"bind", SYS_bind, 2, {-1, 0, 110}},
    {"connect", SYS_connect, 2, {-1, 0, 110}},
    {"sendto", SYS_sendto, 16, {-1, 0, 0, 0, 0, 110}},
    {"sendmsg", SYS_sendmsg, 2, {-1}},
};

static void try_all(const char *kind, long pointer)
{
    for (size_t i = 0; i < sizeof(CALLS) / sizeof(CALLS[0]); i++) {
        const struct path_call *call = &CALLS[i];
        long args[6];
        memcpy(args, call->args, sizeof(args));
        for (unsigned a = 0; a < 6; a++)
            if (call->pointers & 1u << a)
                args[a] = pointer;
        char what[64];
        snprintf(what, sizeof(what), "%s %s", call->name, kind);
        tell(what, syscall(call->number, args[0], args[1], args[2], args[3], args[4], args[5]));
    }
}

/* The structs that point to paths, and structs behind bad pointers. */
static void try_structs(long pointer)
{
    struct open_how how = {.flags = O_RDONLY};
    tell("openat2 struct", syscall(SYS_openat2, AT_FDCWD, "/", pointer, sizeof(how)));
    tell("openat2 huge struct", syscall(SYS_openat2, AT_FDCWD, "/", pointer, 1L << 40));
    tell("execve argv", syscall(SYS_execve, "/bin/true", pointer, 0));
    tell("clone3 struct", syscall(SYS_clone3, pointer, 88));
    tell("wait4 status", syscall(SYS_wait4, -1, pointer, 0, 0));
}

int main(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        give_up("mmap");
    memset(pages, 'x', page);
    must(munmap(pages + page, page), "munmap");
    void *closed = mmap(NULL, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    try_all("null", 0);
    try_all("one", 1);
    try_all("not canonical", (long)0xdead000000000000);
    try_all("kernel", (long)0xffffffff81000000);
    try_all("top", -1);
    try_all("no access", (long)(intptr_t)closed);
    try_all("runs off its page", (long)(intptr_t)(pages + page - 100));
    try_structs(1);
    try_structs((long)(intptr_t)(pages + page - 1));
    for (size_t i = 0; i < sizeof(CALLS) / sizeof(CALLS[0]); i++)
        expect_call(CALLS[i].name);
    /* The kernel could not read them either, so there is no need to call it a loss. */
    expect("may-lose unreadable");
    puts("still here");
    return 0;
}
