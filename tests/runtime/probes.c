/*
 * Attack probes, to be run inside a confinement.
 *
 *   probes --list           NAME LAYER SYSCALL WHAT, one a line; WHAT is "argument" when the call itself is an ordinary one
 *   probes --all            runs every probe, each in a child, and prints "NAME RESULT" lines
 *   probes NAME...          runs those
 *   probes --direct NAME    runs one in this process, needing no other call than exit_group: the exit status is 0 when it
 *                           worked or reached the kernel function, 20 + errno when it was refused; a filter that
 *                           kills shows as SIGSYS
 *   probes --listen PATH    makes a socket there and listens for ever: the other end of the runtime-socket probe
 *
 * RESULT is "ok" (with the errno when that is what showed that the kernel function ran), an errno name, SIGSYS, or
 * SIGNAL-N. The exit status is 0 unless a name is unknown or no child can be made.
 */
#include "bare.h"
#include "probe.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

enum { STATUS_USAGE = 2, STATUS_BASE = 20 };

static int has_reached(const struct probe *probe, long error)
{
    for (size_t i = 0; i < PROBE_REACHED_MAX && probe->reached[i]; i++)
        if (probe->reached[i] == error)
            return 1;
    return 0;
}

static const struct probe *find(const char *name)
{
    for (size_t i = 0; i < probe_call_count; i++)
        if (bare_equal(probe_calls[i].name, name))
            return &probe_calls[i];
    for (size_t i = 0; i < probe_file_count; i++)
        if (bare_equal(probe_files[i].name, name))
            return &probe_files[i];
    return NULL;
}

static void add_errno(struct bare_line *line, long error)
{
    const char *name = bare_errno_name(error);
    if (name) {
        bare_add(line, name);
    } else {
        bare_add(line, "ERRNO-");
        bare_add_number(line, (unsigned long)error);
    }
}

/* What became of the child, in words. The raw errno travels in its exit status. */
static void add_result(struct bare_line *line, const struct probe *probe, int status)
{
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) {
        bare_add(line, "SIGSYS");
    } else if (!WIFEXITED(status)) {
        bare_add(line, "SIGNAL-");
        bare_add_number(line, (unsigned long)WTERMSIG(status));
    } else if (WEXITSTATUS(status) == 0) {
        bare_add(line, "ok");
    } else {
        long error = WEXITSTATUS(status) - STATUS_BASE;
        if (has_reached(probe, error))
            bare_add(line, "ok ");
        add_errno(line, error);
    }
}

static int run_in_child(const struct probe *probe)
{
    struct bare_line line = {.length = 0};
    int status = 0;
    bare_add(&line, probe->name);
    bare_add(&line, " ");
    long pid = BARE(SYS_clone, SIGCHLD);
    if (pid < 0) {
        bare_add(&line, "NO-CHILD ");
        add_errno(&line, -pid);
        bare_add(&line, "\n");
        bare_print(&line);
        return STATUS_USAGE;
    }
    if (pid == 0) {
        long result = probe->attempt();
        bare_exit(result < 0 ? STATUS_BASE + (int)-result : 0);
    }
    long waited;
    do
        waited = BARE(SYS_wait4, pid, &status, __WALL, 0);
    while (waited == pid && WIFSTOPPED(status));
    if (waited != pid) {
        bare_add(&line, "NO-STATUS ");
        add_errno(&line, -waited);
    } else {
        add_result(&line, probe, status);
    }
    bare_add(&line, "\n");
    bare_print(&line);
    return 0;
}

static int run_direct(const struct probe *probe)
{
    long result = probe->attempt();
    if (result >= 0 || has_reached(probe, -result))
        return 0;
    return STATUS_BASE + (int)-result;
}

static void list(const struct probe *probes, size_t count)
{
    struct bare_line line = {.length = 0};
    for (size_t i = 0; i < count; i++) {
        bare_add(&line, probes[i].name);
        bare_add(&line, " ");
        bare_add(&line, probes[i].layer);
        bare_add(&line, " ");
        bare_add(&line, probes[i].syscall);
        bare_add(&line, probes[i].by_argument ? " argument\n" : " call\n");
        bare_print(&line);
    }
}

static int usage(const char *why, const char *what)
{
    struct bare_line line = {.length = 0};
    bare_add(&line, "probes: ");
    bare_add(&line, why);
    bare_add(&line, what);
    bare_add(&line, "\n");
    (void)BARE(SYS_write, 2, line.bytes, line.length);
    return STATUS_USAGE;
}

static int run_all(void)
{
    int failed = 0;
    for (size_t i = 0; i < probe_call_count; i++)
        failed |= run_in_child(&probe_calls[i]);
    for (size_t i = 0; i < probe_file_count; i++)
        failed |= run_in_child(&probe_files[i]);
    return failed;
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = bare_length(path);
    if (length >= sizeof(address.sun_path))
        return usage("the path of a socket is too long: ", path);
    for (size_t i = 0; i < length; i++)
        address.sun_path[i] = path[i];
    long fd = BARE(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || BARE(SYS_bind, fd, &address, sizeof(address)) < 0 || BARE(SYS_listen, fd, 5) < 0)
        return usage("cannot listen at ", path);
    for (;;)
        BARE(SYS_pause);
}

int bare_main(int argc, char **argv)
{
    if (argc < 2)
        return usage("--list, --all, --direct NAME or NAME...", "");
    if (bare_equal(argv[1], "--list")) {
        list(probe_calls, probe_call_count);
        list(probe_files, probe_file_count);
        return 0;
    }
    if (bare_equal(argv[1], "--all"))
        return run_all();
    if (bare_equal(argv[1], "--listen") && argc == 3)
        return listen_at(argv[2]);
    int direct = bare_equal(argv[1], "--direct");
    int failed = 0;
    for (int i = 1 + direct; i < argc; i++) {
        const struct probe *probe = find(argv[i]);
        if (!probe)
            return usage("unknown probe ", argv[i]);
        if (direct)
            return run_direct(probe);
        failed |= run_in_child(probe);
    }
    return failed;
}
