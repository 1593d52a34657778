/*
 * Asks the AppArmor kernel: reads cases (aa_case.h) from standard input, tries each in a child confined by the case's
 * profile, and prints the case with "allowed", "refused" or what else happened.
 *
 * Runs as root in the guest. The file of a case is made, and given to the right owner, by the unconfined parent.
 */
#include "aa_case.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STATUS_CHANGE = 200, SOMEBODY_ELSE = 1234 };

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

/* The content is no program of any kind: an execve that passes AppArmor ends with ENOEXEC. */
static int make_file(const struct aa_case *asked)
{
    uid_t owner = asked->owner ? 0 : SOMEBODY_ELSE;
    int made = make_parents(asked->path);
    if (made < 0)
        return made;
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

static int attempt(const struct aa_case *asked)
{
    int fd;
    char *const arguments[] = {(char[]){"case"}, NULL};
    switch (asked->access) {
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

/* The unconfined task may take any profile; what was open before stays usable. */
static bool change_profile(const char *name)
{
    char request[256];
    int length = snprintf(request, sizeof(request), "changeprofile %s", name);
    int fd = open("/proc/self/attr/current", O_WRONLY | O_CLOEXEC);
    return fd >= 0 && write(fd, request, (size_t)length) == length && close(fd) == 0;
}

static int ask_in_child(const struct aa_case *asked)
{
    int status;
    pid_t pid = fork();
    if (pid < 0)
        return -errno;
    if (pid == 0) {
        if (!change_profile(asked->profile))
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
