/*
 * Executes the rows of profiles/seccomp-probes.csv: makes each call, with its arguments, through each ABI.
 *
 *   probe_rows CASES              makes the calls of the file CASES (probe_row.h; "runtime/seccomp_answers cases" writes it), each
 *                                 in a child, and prints them with their results
 *   probe_rows --expect CASES     the same, and the armed calls must reach the kernel's own function and give its answer, as they
 *                                 do without confinement and with all capabilities
 *   probe_rows --rehearse CASES   does everything but the calls: what a recording of this program without its attacks is made of
 *
 * Beside the exact arguments of a row there is an armed form of it for each row whose attack needs more than numbers; a row
 * that is not known here fails. None does harm where it is let through. Static and without a position of its own, so
 * that everything has an address below 4 GiB.
 */
#include "probe_row.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/quota.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <asm/ldt.h>

#include "support/raw_call.h"

enum { ANSWERS_MAX = 4, KEXEC_SEGMENTS_TOO_MANY = 17, SOCKETCALL_SOCKET = 1, TIOCGPTPEER_NUMBER = 0x5441 };

#define AT(object) ((uint64_t)(uintptr_t)(object))
#define MINUS_ONE UINT32_MAX /* as an int, which all these arguments are */
#define SET(...) memcpy(row->args, ((const uint64_t[6]){__VA_ARGS__}), sizeof(row->args))

static char no_such_file[] = "/profgen-no-such-file";
static char root[] = "/";
static char empty[] = "";

/* ---- what makes the attacks work: sets the arguments, 0 or a negative errno --------------------------------- */

static int arm_clone3(struct probe_row *row)
{
    static struct clone_args args = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
    SET(AT(&args), sizeof(args));
    return 0;
}

static int arm_keyctl(struct probe_row *row)
{
    SET(KEYCTL_JOIN_SESSION_KEYRING);
    return 0;
}

static char key_type[] = "user";
static char key_name[] = "profgen-no-such-key";

static int arm_add_key(struct probe_row *row)
{
    SET(AT(key_type), AT(key_name), AT(root), 1, (uint32_t)KEY_SPEC_PROCESS_KEYRING);
    return 0;
}

static int arm_request_key(struct probe_row *row)
{
    SET(AT(key_type), AT(key_name));
    return 0;
}

static int arm_bpf(struct probe_row *row)
{
    static union bpf_attr attr = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};
    SET(BPF_MAP_CREATE, AT(&attr), sizeof(attr));
    return 0;
}

static int arm_perf_event_open(struct probe_row *row)
{
    static struct perf_event_attr attr = {
        .type = PERF_TYPE_SOFTWARE, .size = sizeof(attr), .config = PERF_COUNT_SW_CPU_CLOCK, .disabled = 1};
    SET(AT(&attr), 0, MINUS_ONE, MINUS_ONE);
    return 0;
}

static int arm_io_uring(struct probe_row *row)
{
    static struct io_uring_params params;
    SET(1, AT(&params));
    return 0;
}

static char tmpfs[] = "tmpfs";

/* An option that tmpfs does not know: the capability is asked before. */
static int arm_mount(struct probe_row *row)
{
    static char option[] = "profgen_no_such_option";
    SET(AT(tmpfs), AT(root), AT(tmpfs), 0, AT(option));
    return 0;
}

static int arm_fsopen(struct probe_row *row)
{
    SET(AT(tmpfs));
    return 0;
}

static int arm_move_mount(struct probe_row *row)
{
    SET(MINUS_ONE, AT(empty), MINUS_ONE, AT(empty), MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
    return 0;
}

static int arm_open_tree(struct probe_row *row)
{
    SET((uint32_t)AT_FDCWD, AT(root), OPEN_TREE_CLONE);
    return 0;
}

static int arm_pivot_root(struct probe_row *row)
{
    SET(AT(root), AT(root));
    return 0;
}

/* The root of a process cannot expire, so nothing is ever unmounted. */
static int arm_umount(struct probe_row *row)
{
    SET(AT(root), MNT_EXPIRE);
    return 0;
}

static int open_for(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

/* Its own namespace, so that nothing changes. */
static int arm_setns(struct probe_row *row)
{
    int fd = open_for("/proc/self/ns/uts");
    SET((uint64_t)fd);
    return fd < 0 ? fd : 0;
}

/* A handle of no bytes: the capability is asked before. */
static int arm_open_by_handle_at(struct probe_row *row)
{
    static unsigned handle[2];
    SET((uint32_t)AT_FDCWD, AT(handle));
    return 0;
}

static int arm_init_module(struct probe_row *row)
{
    static char image[64] = "no module";
    SET(AT(image), sizeof(image), AT(empty));
    return 0;
}

static int arm_finit_module(struct probe_row *row)
{
    int fd = open_for("/proc/self/exe");
    SET((uint64_t)fd, AT(empty));
    return fd < 0 ? fd : 0;
}

static int arm_delete_module(struct probe_row *row)
{
    static char name[] = "profgen_no_such_module";
    SET(AT(name), O_NONBLOCK);
    return 0;
}

/* Refused before an image is touched. */
static int arm_kexec_load(struct probe_row *row)
{
    SET(0, KEXEC_SEGMENTS_TOO_MANY);
    return 0;
}

static int arm_kexec_file_load(struct probe_row *row)
{
    SET(MINUS_ONE, MINUS_ONE);
    return 0;
}

/* i386 and the x32 call of that name take the 32-bit layout. One byte of this program's own. */
static int arm_process_vm_writev(struct probe_row *row)
{
    static char bytes[2] = "a";
    static uint64_t wide[2][2];
    static uint32_t narrow[2][2];
    for (unsigned i = 0; i < 2; i++) {
        wide[i][0] = AT(&bytes[i]);
        narrow[i][0] = (uint32_t)AT(&bytes[i]);
        wide[i][1] = narrow[i][1] = 1;
    }
    bool is_wide = strcmp(row->abi, "x86_64") == 0;
    SET((uint64_t)getpid(), is_wide ? AT(wide[0]) : AT(narrow[0]), 1, is_wide ? AT(wide[1]) : AT(narrow[1]), 1);
    return 0;
}

/* The time that it is. */
static int arm_clock_settime(struct probe_row *row)
{
    static struct timespec wide;
    static uint32_t narrow[2];
    if (clock_gettime(CLOCK_REALTIME, &wide) < 0)
        return -errno;
    narrow[0] = (uint32_t)wide.tv_sec;
    narrow[1] = (uint32_t)wide.tv_nsec;
    SET(CLOCK_REALTIME, strcmp(row->abi, "i386") == 0 ? AT(narrow) : AT(&wide));
    return 0;
}

static int arm_with_file(struct probe_row *row)
{
    SET(AT(no_such_file));
    return 0;
}

static int arm_syslog(struct probe_row *row)
{
    SET(10 /* SYSLOG_ACTION_SIZE_BUFFER */);
    return 0;
}

static int arm_quotactl(struct probe_row *row)
{
    SET((uint32_t)QCMD(Q_QUOTAOFF, USRQUOTA), AT(no_such_file));
    return 0;
}

static int arm_ioperm(struct probe_row *row)
{
    SET(0x80, 1, 1);
    return 0;
}

static int arm_iopl(struct probe_row *row)
{
    SET(3);
    return 0;
}

static int arm_modify_ldt(struct probe_row *row)
{
    static struct user_desc entry = {.entry_number = 1, .limit = 1, .seg_32bit = 1, .useable = 1};
    SET(1, AT(&entry), sizeof(entry));
    return 0;
}

/* A terminal of its own. */
static int arm_tiocsti(struct probe_row *row)
{
    static char typed[] = "x";
    int unlock = 0;
    int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0 || ioctl(master, TIOCSPTLCK, &unlock) < 0)
        return -errno;
    int terminal = ioctl(master, TIOCGPTPEER_NUMBER, O_RDWR | O_NOCTTY);
    SET((uint64_t)terminal, TIOCSTI, AT(typed));
    return terminal < 0 ? -errno : 0;
}

/* ---- the rows ------------------------------------------------------------------------------------------------ */

#define OK (-1)

/* arm is NULL where the row's own arguments make the attack. answers: what the kernel's own function says, to root with
 * all capabilities: OK, an errno; where the kernel may be built without it, what it says then. */
static const struct armed {
    const char *probe;
    int (*arm)(struct probe_row *row);
    int answers[ANSWERS_MAX];
} armed[] = {
    {"user-namespace-by-unshare", NULL, {OK}},
    {"user-namespace-by-clone", NULL, {OK}},
    {"user-namespace-by-clone3", arm_clone3, {OK}},
    {"keyctl", arm_keyctl, {OK}},
    {"add-key", arm_add_key, {OK}},
    {"request-key", arm_request_key, {ENOKEY}},
    {"bpf", arm_bpf, {OK}},
    {"perf-event-open", arm_perf_event_open, {OK}},
    {"userfaultfd", NULL, {OK}},
    {"io-uring", arm_io_uring, {OK}},
    {"mount", arm_mount, {EINVAL}},
    {"new-mount-api", arm_fsopen, {OK}},
    {"move-mount", arm_move_mount, {EBADF}},
    {"open-tree", arm_open_tree, {OK}},
    {"pivot-root", arm_pivot_root, {EBUSY}},
    {"umount", arm_umount, {EINVAL}},
    {"setns", arm_setns, {OK}},
    {"open-by-handle-at", arm_open_by_handle_at, {EINVAL}},
    {"init-module", arm_init_module, {ENOEXEC}},
    {"finit-module", arm_finit_module, {ENOEXEC}},
    {"delete-module", arm_delete_module, {ENOENT}},
    {"kexec-load", arm_kexec_load, {EINVAL}},
    {"kexec-file-load", arm_kexec_file_load, {EBADF}},
    {"reboot", NULL, {EINVAL}},
    {"ptrace", NULL, {OK}},
    {"process-vm-writev", arm_process_vm_writev, {OK}},
    {"settimeofday", NULL, {OK}},
    {"clock-settime", arm_clock_settime, {OK}},
    {"swapon", arm_with_file, {ENOENT}},
    {"acct", arm_with_file, {ENOENT}},
    {"syslog", arm_syslog, {OK}},
    {"quotactl", arm_quotactl, {ENOENT}},
    {"ioperm", arm_ioperm, {OK}},
    {"iopl", arm_iopl, {OK}},
    {"modify-ldt", arm_modify_ldt, {OK}},
    {"personality-no-random", NULL, {OK}},
    {"packet-socket", NULL, {OK}},
    {"vsock-socket", NULL, {OK, EAFNOSUPPORT}},
    {"alg-socket", NULL, {OK, EAFNOSUPPORT}},
    {"netfilter-socket", NULL, {OK, EPROTONOSUPPORT}},
    {"tiocsti", arm_tiocsti, {OK}},
    {"lookup-dcookie", NULL, {EINVAL, ENOSYS}},
    {"uselib", arm_with_file, {ENOENT, ENOSYS}},
    {"vm86", NULL, {ENOSYS}},
    {"nfsservctl", NULL, {ENOSYS}},
};

static const struct armed *find(const char *probe)
{
    for (size_t i = 0; i < sizeof(armed) / sizeof(armed[0]); i++)
        if (strcmp(armed[i].probe, probe) == 0)
            return &armed[i];
    return NULL;
}

static bool is_expected(const struct armed *form, long result)
{
    for (unsigned i = 0; i < ANSWERS_MAX && form->answers[i]; i++)
        if (form->answers[i] == OK ? result >= 0 : result == -form->answers[i])
            return true;
    return false;
}

/* ---- making the calls ---------------------------------------------------------------------------------------- */

/* Where a child leaves what the parent reads. */
struct outcome {
    bool is_ready;
    bool has_returned;
    int setup;
    long result;
    uint64_t args[6];
};

static enum raw_door door_of(const char *abi)
{
    return strcmp(abi, "i386") == 0 ? RAW_I386 : strcmp(abi, "x32") == 0 ? RAW_X32 : RAW_X86_64;
}

static int prepare(const struct armed *form, struct probe_row *row)
{
    static uint32_t socket_arguments[3];
    if (strcmp(row->variant, "armed") == 0)
        return form->arm(row);
    if (strcmp(row->variant, "multiplexed") == 0) {
        for (unsigned i = 0; i < 3; i++)
            socket_arguments[i] = (uint32_t)row->args[i + 1];
        SET(SOCKETCALL_SOCKET, AT(socket_arguments));
    }
    return 0;
}

/* Nothing but the one call stands between is_ready and has_returned. */
static _Noreturn void attempt(const struct armed *form, struct probe_row *row, bool rehearse, struct outcome *outcome)
{
    outcome->setup = prepare(form, row);
    memcpy(outcome->args, row->args, sizeof(row->args));
    outcome->is_ready = true;
    if (outcome->setup == 0 && !rehearse) {
        long result = raw_call(door_of(row->abi), row->number, row->args);
        /* A child of this child, which clone has made. */
        if (result == 0 && strncmp(row->probe, "user-namespace-by-clone", 23) == 0)
            _exit(0);
        outcome->result = result;
        outcome->has_returned = true;
    }
    _exit(0);
}

static void tell(const struct outcome *outcome, int status, char *text, size_t size)
{
    if (WIFSIGNALED(status))
        (void)snprintf(text, size, WTERMSIG(status) == SIGSYS ? "SIGSYS" : "signal-%d", WTERMSIG(status));
    else if (outcome->setup < 0)
        (void)snprintf(text, size, "unprepared-%d", -outcome->setup);
    else if (!outcome->has_returned)
        (void)snprintf(text, size, "nothing");
    else if (outcome->result < 0)
        (void)snprintf(text, size, "errno-%ld", -outcome->result);
    else
        (void)snprintf(text, size, "ok");
}

enum mode { MODE_CALL, MODE_EXPECT, MODE_REHEARSE };

/* 0, or 1 when something is not as it must be. */
static int execute(const struct armed *form, struct probe_row *row, enum mode mode, struct outcome *outcome)
{
    int status = 0;
    memset(outcome, 0, sizeof(*outcome));
    pid_t child = fork();
    if (child == 0)
        attempt(form, row, mode == MODE_REHEARSE, outcome);
    if (child < 0 || waitpid(child, &status, 0) != child) {
        perror("probe_rows: a child");
        return 1;
    }
    /* A child's pid differs from run to run. */
    memcpy(row->args, outcome->args, sizeof(row->args));
    if (strcmp(row->probe, "process-vm-writev") == 0 && strcmp(row->variant, "armed") == 0)
        row->args[0] = 1;
    tell(outcome, status, row->result, sizeof(row->result));
    probe_row_print(row, row->result);
    bool is_attack = strcmp(row->variant, "armed") == 0 || !form->arm;
    bool failed = !outcome->is_ready || outcome->setup < 0;
    if (mode == MODE_EXPECT && is_attack && !(outcome->has_returned && is_expected(form, outcome->result)))
        failed = true;
    if (failed)
        (void)printf("FAIL: %s %s through %s gives %s, which is not the kernel's own answer\n", row->probe, row->variant,
                     row->abi, row->result);
    return failed;
}

static int execute_forms(struct probe_row *row, enum mode mode, struct outcome *outcome)
{
    const struct armed *form = find(row->probe);
    struct probe_row again = *row;
    if (!form) {
        (void)printf("FAIL: %s stands in the table and nothing executes it\n", row->probe);
        return 1;
    }
    int failed = execute(form, row, mode, outcome);
    if (form->arm && strcmp(row->variant, "exact") == 0) {
        (void)snprintf(again.variant, sizeof(again.variant), "armed");
        failed |= execute(form, &again, mode, outcome);
    }
    return failed;
}

/* What the profile's conditions hang on. */
static void print_situation(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {0};
    struct utsname host;
    if (syscall(SYS_capget, &header, data) == 0 && uname(&host) == 0)
        (void)printf("# %llx %s\n", (unsigned long long)data[1].permitted << 32 | data[0].permitted, host.release);
}

int main(int argc, char **argv)
{
    char line[512];
    struct probe_row row;
    int failed = 0;
    enum mode mode = argc == 3 && strcmp(argv[1], "--expect") == 0     ? MODE_EXPECT
                     : argc == 3 && strcmp(argv[1], "--rehearse") == 0 ? MODE_REHEARSE
                                                                       : MODE_CALL;
    FILE *in = argc == 2 || mode != MODE_CALL ? fopen(argv[argc - 1], "re") : NULL;
    struct outcome *outcome =
        mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!in || outcome == MAP_FAILED) {
        (void)fputs("usage: probe_rows [--expect|--rehearse] CASES\n", stderr);
        return 2;
    }
    print_situation();
    (void)fflush(stdout); /* a child must not inherit what is not yet written */
    while (fgets(line, sizeof(line), in)) {
        if (!probe_row_parse(line, &row)) {
            (void)printf("FAIL: no case: %s", line);
            return 2;
        }
        failed |= execute_forms(&row, mode, outcome);
        (void)fflush(stdout);
    }
    (void)fclose(in);
    return failed;
}
