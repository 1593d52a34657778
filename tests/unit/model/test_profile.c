/* What a recording grants, property by property (DESIGN.md section 5). */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "data.h"
#include "model/profile.h"

#define AUTO_RECORDING AUTO(recording_free_cleanup) struct recording *
#define AUTO_PROFILE AUTO(profile_free_cleanup) struct profile *

static struct recording *recording_of(const char *kernel, const char *machine, const char *libc)
{
    struct recording *recording = recording_new();
    struct run *run = recording_add_run(recording);
    run->kernel = recording_string(recording, kernel);
    run->machine = recording_string(recording, machine);
    run->libc = libc ? recording_string(recording, libc) : STRING_NONE;
    run->end = END_EXITED;
    (void)recording_image(recording, recording_string(recording, "/bin/app"), STRING_NONE, STRING_NONE);
    return recording;
}

/* A call that was made count times, each with this result. */
static struct call_record *made(struct recording *recording, enum abi abi, const char *name, uint64_t count, int error)
{
    int number = syscall_number(abi, name);
    cr_assert_geq(number, 0, "%s has no number on %s", name, arch_get(abi)->name);
    struct call_record *call = recording_call(recording, 0, abi, (uint64_t)number);
    call->count[PHASE_STARTUP] += count;
    call_record_result(call, error, count);
    return call;
}

/* names are parted by blanks; "clone:0x1200011" gives argument 0 a value. */
static void made_all(struct recording *recording, enum abi abi, const char *names)
{
    char copy[256];
    char *rest = copy;
    (void)snprintf(copy, sizeof(copy), "%s", names);
    for (char *name; (name = strsep(&rest, " "));) {
        char *value = strchr(name, ':');
        if (value)
            *value++ = '\0';
        struct call_record *call = made(recording, abi, name, 1, 0);
        if (value)
            call_record_arg(call, 0, strtoull(value, NULL, 0));
    }
}

static struct profile *derive(const struct recording *recording, struct profile_options options)
{
    struct profile *profile = NULL;
    struct err err = ERR_INIT;
    cr_assert_eq(profile_new(recording, &options, &profile, &err), 0, "%s", err.sentence);
    return profile;
}

#define NO_RUNTIME                                                                                          \
    ((struct profile_options){.siblings = true, .argument_filters = true, .runtimes = "none"})

/* "any", "INDEX&MASK=VALUE …" for what is granted, "ENOSYS" or "EPERM" for what is not, "" without an entry. */
static const char *granted(const struct profile *profile, enum abi abi, const char *name, char text[256])
{
    const struct profile_call *call = profile_find(profile, abi, name);
    text[0] = '\0';
    if (!call)
        return "";
    if (call->origin == ORIGIN_ENOSYS || call->origin == ORIGIN_REFUSED)
        return call->origin == ORIGIN_ENOSYS ? "ENOSYS" : "EPERM";
    for (size_t i = 0; i < call->match_count; i++) {
        for (size_t j = 0; j < call->matches[i].arg_count; j++) {
            const struct seccomp_arg *arg = &call->matches[i].args[j];
            size_t used = strlen(text);
            (void)snprintf(text + used, 256 - used, "%s%u&0x%llx=0x%llx", j ? "+" : used ? " " : "", arg->index,
                           (unsigned long long)arg->value, (unsigned long long)arg->value_two);
        }
    }
    return call->match_count ? text : "any";
}

/* ---- siblings --------------------------------------------------------------------------------- */

static const struct {
    enum abi abi;
    const char *observed;
    const char *call;
    const char *granted;
} sibling_rows[] = {
    {ABI_X86_64, "open", "openat", "any"},
    {ABI_X86_64, "open", "openat2", "any"},
    {ABI_X86_64, "open", "creat", "any"},
    {ABI_X86_64, "creat", "open", "1&0xfffd7fff=0x241"},
    {ABI_X86_64, "creat", "openat", "2&0xfffd7fff=0x241"},
    {ABI_X86_64, "creat", "openat2", "ENOSYS"}, /* its flags lie in memory */
    {ABI_X86_64, "stat", "statx", "any"},
    {ABI_X86_64, "fstat", "statx", "2&0x1000=0x1000"},
    {ABI_X86_64, "fstat", "stat", "EPERM"},
    {ABI_X86_64, "access", "faccessat2", "any"},
    {ABI_X86_64, "fork", "clone", "0&0x7e020000=0x0"},
    {ABI_X86_64, "fork", "clone3", "ENOSYS"},
    {ABI_X86_64, "fork", "unshare", "EPERM"},
    {ABI_X86_64, "clone:0x11", "clone3", "ENOSYS"},
    {ABI_X86_64, "clone:0x11", "vfork", "any"},
    {ABI_X86_64, "clone3", "clone", "0&0x7e020000=0x0"},
    {ABI_X86_64, "clone3", "clone3", "any"},
    {ABI_X86_64, "unlink", "unlinkat", "2&0xffffffff=0x0"},
    {ABI_X86_64, "unlink", "rmdir", "EPERM"},
    {ABI_X86_64, "unlink rmdir", "unlinkat", "2&0xffffffff=0x0 2&0xffffffff=0x200"},
    {ABI_X86_64, "unlinkat", "rmdir", "any"},
    {ABI_X86_64, "setrlimit", "prlimit64", "0&0xffffffff=0x0"},
    {ABI_X86_64, "epoll_wait", "epoll_pwait2", "any"},
    {ABI_X86_64, "execve", "execveat", "ENOSYS"},
    {ABI_X86_64, "getpid", "gettid", "any"},
    {ABI_X86_64, "getpid", "ioctl", "1&0xffffffff=0x5401 1&0xffffffff=0x802c542a 1&0xffffffff=0x5413"},
    {ABI_X86_64, "getpid", "openat", "EPERM"},
    {ABI_X86_64, "getpid", "mprotect", "EPERM"},
    {ABI_I386, "clock_gettime", "clock_gettime64", "any"},
    {ABI_I386, "futex", "futex_time64", "any"},
    {ABI_I386, "mmap2", "mmap", "any"},
    {ABI_I386, "getuid32", "getuid", "any"},
    {ABI_I386, "socketcall:3", "connect", "any"},
    {ABI_I386, "socketcall:3", "bind", "EPERM"},
    {ABI_I386, "socketcall", "bind", "any"},
    {ABI_I386, "connect", "socketcall", "EPERM"},
    {ABI_AARCH64, "openat", "open", ""},
};

Test(profile, siblings_give_no_more_power)
{
    for (size_t i = 0; i < ARRAY_COUNT(sibling_rows); i++) {
        AUTO_RECORDING recording = recording_of("6.1.0", "x86_64", "glibc 2.36");
        made_all(recording, sibling_rows[i].abi, sibling_rows[i].observed);
        AUTO_PROFILE profile = derive(recording, NO_RUNTIME);
        char text[256];
        cr_expect_str_eq(granted(profile, sibling_rows[i].abi, sibling_rows[i].call, text), sibling_rows[i].granted,
                         "%s after %s: %s", sibling_rows[i].call, sibling_rows[i].observed,
                         granted(profile, sibling_rows[i].abi, sibling_rows[i].call, text));
    }
}

Test(profile, siblings_can_be_turned_off)
{
    AUTO_RECORDING recording = recording_of("6.1.0", "x86_64", "glibc 2.36");
    made_all(recording, ABI_X86_64, "open");
    AUTO_PROFILE profile = derive(recording, (struct profile_options){.runtimes = "none"});
    char text[256];
    for (size_t i = 0; i < profile->call_count; i++)
        cr_expect_neq(profile->calls[i].origin, ORIGIN_SIBLING);
    cr_expect_str_eq(granted(profile, ABI_X86_64, "openat", text), "EPERM");
    /* A library may probe for it and do without. */
    cr_expect_str_eq(granted(profile, ABI_X86_64, "openat2", text), "ENOSYS");
}

Test(profile, siblings_name_real_calls)
{
    for (size_t i = 0; i < data_siblings_count; i++) {
        const struct data_siblings *row = &data_siblings[i];
        cr_expect(strcmp(row->call, "*") == 0 || syscall_by_name(row->call), "%s", row->call);
        cr_expect(syscall_by_name(row->sibling), "%s", row->sibling);
        cr_expect_str_neq(row->call, row->sibling);
        cr_expect_gt(strlen(row->reason), 0u, "%s for %s has no reason", row->sibling, row->call);
        cr_expect_str_neq(row->sibling, "clone3");
        for (size_t j = 0; j < i; j++)
            cr_expect(strcmp(row->call, data_siblings[j].call) || strcmp(row->sibling, data_siblings[j].sibling) ||
                          strcmp(row->condition, data_siblings[j].condition) ||
                          strcmp(row->source, data_siblings[j].source),
                      "%s for %s stands twice", row->sibling, row->call);
    }
}

/* A sibling of a filtered call would be granted with all arguments: none may be, unless it has none to filter. */
Test(profile, siblings_of_filtered_calls_are_conditional)
{
    for (size_t i = 0; i < data_siblings_count; i++)
        for (size_t j = 0; j < data_arguments_count; j++)
            if (strcmp(data_siblings[i].call, data_arguments[j].call) == 0)
                cr_expect(*data_siblings[i].source || strstr(data_siblings[i].sibling, "fork"), "%s for %s",
                          data_siblings[i].sibling, data_siblings[i].call);
}

/* ---- ENOSYS and EPERM --------------------------------------------------------------------------- */

static const struct {
    const char *kernel;
    const char *libc;
    const char *call;
    const char *granted;
} refused_rows[] = {
    {"6.18.0", "none", "mseal", "EPERM"},        /* known to the kernel, and no libc is in the way */
    {"6.9.12", "none", "mseal", "ENOSYS"},       /* came with 6.10 */
    {"6.10.1", "none", "mseal", "EPERM"},
    {"6.18.0", "glibc 2.36", "mseal", "ENOSYS"}, /* glibc 2.36 knows Linux 5.19 */
    {"6.18.0", "glibc 2.37", "mseal", "ENOSYS"}, /* counts as 2.36 */
    {"6.18.0", "glibc 2.31", "landlock_add_rule", "EPERM"}, /* counts as 2.34, which knows 5.13 */
    {"6.18.0", "glibc 2.31", "quotactl_fd", "ENOSYS"},
    {"4.19.0", "glibc 2.36", "io_uring_setup", "ENOSYS"},
    {"5.1.0", "glibc 2.36", "io_uring_setup", "EPERM"},
    {"6.18.0", "glibc 2.36", "io_uring_setup", "EPERM"},
    {"6.18.0", "glibc 2.36", "mount", "EPERM"},
    {"6.18.0", "glibc 2.36", "keyctl", "EPERM"},
    {"6.18.0", "glibc 2.36", "bpf", "EPERM"},
    {"6.18.0", "glibc 2.36", "userfaultfd", "EPERM"},
    {"6.18.0", "glibc 2.36", "afs_syscall", ""}, /* never implemented: the default says ENOSYS */
    {"strange", NULL, "statx", "ENOSYS"},        /* nothing is known of the kernel */
};

Test(profile, newer_than_known_is_enosys_and_known_is_eperm)
{
    for (size_t i = 0; i < ARRAY_COUNT(refused_rows); i++) {
        AUTO_RECORDING recording = recording_of(refused_rows[i].kernel, "x86_64", refused_rows[i].libc);
        made_all(recording, ABI_X86_64, "getpid");
        AUTO_PROFILE profile = derive(recording, (struct profile_options){.runtimes = "none"});
        char text[256];
        cr_expect_str_eq(granted(profile, ABI_X86_64, refused_rows[i].call, text), refused_rows[i].granted,
                         "%s on %s with %s: %s", refused_rows[i].call, refused_rows[i].kernel, refused_rows[i].libc,
                         granted(profile, ABI_X86_64, refused_rows[i].call, text));
    }
}

Test(profile, the_newest_of_several_runs_counts)
{
    AUTO_RECORDING recording = recording_of("5.10.0", "x86_64", "none");
    AUTO_RECORDING other = recording_of("6.18.0", "x86_64", "none");
    made_all(recording, ABI_X86_64, "getpid");
    recording_merge(recording, other);
    AUTO_PROFILE profile = derive(recording, NO_RUNTIME);
    cr_expect_eq(profile->known_kernel, 6018u);
}

static const struct {
    const char *about;
    int first;  /* errno of the first image's call, -1: result not seen */
    int second; /* and of a second image's; -2: it made none */
    const char *granted;
} result_rows[] = {
    {"worked", 0, -2, "any"},
    {"failed in another way", EINVAL, -2, "any"},
    {"was not seen", -1, -2, "any"},
    {"failed with ENOSYS", ENOSYS, -2, "ENOSYS"},
    {"failed with ENOSYS in both", ENOSYS, ENOSYS, "ENOSYS"},
    {"failed with ENOSYS and worked", ENOSYS, 0, "any"},
    {"failed with ENOSYS and was not seen", ENOSYS, -1, "any"},
};

Test(profile, what_only_failed_with_enosys_keeps_failing_so)
{
    for (size_t i = 0; i < ARRAY_COUNT(result_rows); i++) {
        AUTO_RECORDING recording = recording_of("6.1.0", "x86_64", "glibc 2.36");
        const int results[2] = {result_rows[i].first, result_rows[i].second};
        for (uint32_t j = 0; j < 2 && results[j] != -2; j++) {
            char path[16];
            (void)snprintf(path, sizeof(path), "/bin/%u", j);
            uint32_t image = recording_image(recording, recording_string(recording, path), STRING_NONE, STRING_NONE);
            struct call_record *call =
                recording_call(recording, image, ABI_X86_64, (uint64_t)syscall_number(ABI_X86_64, "openat2"));
            call->count[PHASE_STARTUP] = 1;
            if (results[j] >= 0)
                call_record_result(call, results[j], 1);
        }
        made_all(recording, ABI_X86_64, "openat"); /* whose sibling would otherwise grant it */
        AUTO_PROFILE profile = derive(recording, NO_RUNTIME);
        char text[256];
        cr_expect_str_eq(granted(profile, ABI_X86_64, "openat2", text), result_rows[i].granted, "openat2 %s",
                         result_rows[i].about);
    }
}

Test(profile, fallbacks_name_real_calls)
{
    for (size_t i = 0; i < data_fallbacks_count; i++) {
        char copy[128];
        char *rest = copy;
        (void)snprintf(copy, sizeof(copy), "%s", data_fallbacks[i].fallback);
        cr_expect(syscall_by_name(data_fallbacks[i].call), "%s", data_fallbacks[i].call);
        for (char *name; (name = strsep(&rest, "|"));)
            cr_expect(syscall_by_name(name), "%s, of %s", name, data_fallbacks[i].call);
    }
}

/* ---- start-up, base, ABIs ------------------------------------------------------------------------ */

Test(profile, base_is_always_there)
{
    AUTO_RECORDING recording = recording_of("6.1.0", "x86_64", "glibc 2.36");
    made_all(recording, ABI_X86_64, "getpid");
    made_all(recording, ABI_I386, "getpid");
    AUTO_PROFILE profile = derive(recording, (struct profile_options){.runtimes = "none"});
    static const char *const names[] = {"exit", "exit_group", "rt_sigreturn", "restart_syscall"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        cr_expect_eq(profile_find(profile, ABI_X86_64, names[i])->origin, ORIGIN_BASE, "%s", names[i]);
        cr_expect_eq(profile_find(profile, ABI_I386, names[i])->origin, ORIGIN_BASE, "%s", names[i]);
    }
    cr_expect_eq(profile_find(profile, ABI_I386, "sigreturn")->origin, ORIGIN_BASE);
}

Test(profile, the_runtimes_own_calls_are_there)
{
    static const struct {
        const char *runtimes;
        const char *only; /* of startup.csv; NULL: all */
    } rows[] = {{"all", NULL}, {"runc", "runc"}, {"crun", "crun"}, {"runc,crun", NULL}, {"none", "none"}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_RECORDING recording = recording_of("6.1.0", "x86_64", "glibc 2.36");
        made_all(recording, ABI_X86_64, "getpid");
        AUTO_PROFILE profile =
            derive(recording, (struct profile_options){.runtimes = rows[i].runtimes, .argument_filters = true});
        size_t missing = 0;
        size_t wanted = 0;
        for (size_t j = 0; j < data_startup_count; j++) {
            if (rows[i].only && strcmp(data_startup[j].runtime, rows[i].only) != 0)
                continue;
            const struct profile_call *call = profile_find(profile, ABI_X86_64, data_startup[j].syscall);
            wanted++;
            missing += !call || call->origin > ORIGIN_BASE;
        }
        cr_expect_eq(missing, 0u, "%zu calls of %s are missing", missing, rows[i].runtimes);
        cr_expect(wanted > 0 || strcmp(rows[i].runtimes, "none") == 0);
        cr_expect(strcmp(rows[i].runtimes, "none") != 0 ||
                  profile_find(profile, ABI_X86_64, "execve")->origin == ORIGIN_REFUSED);
    }
}

Test(profile, start_up_names_its_runtimes)
{
    AUTO_RECORDING recording = recording_of("6.1.0", "x86_64", "glibc 2.36");
    made_all(recording, ABI_X86_64, "getpid");
    AUTO_PROFILE profile = derive(recording, PROFILE_OPTIONS_DEFAULT);
    const struct profile_call *call = profile_find(profile, ABI_X86_64, "execve");
    cr_assert_eq(call->origin, ORIGIN_STARTUP);
    cr_expect(strstr(call->reason, "crun ") && strstr(call->reason, "runc ") && strstr(call->reason, ", "), "%s",
              call->reason);
}

Test(profile, an_unknown_runtime_is_refused)
{
    static const char *const lists[] = {"kata", "runc,", "", "runc,kata", "run"};
    for (size_t i = 0; i < ARRAY_COUNT(lists); i++) {
        AUTO_RECORDING recording = recording_of("6.1.0", "x86_64", "glibc 2.36");
        made_all(recording, ABI_X86_64, "getpid");
        struct profile *profile = NULL;
        struct err err = ERR_INIT;
        cr_expect_eq(profile_new(recording, &(struct profile_options){.runtimes = lists[i]}, &profile, &err), -EINVAL,
                     "%s", lists[i]);
        cr_expect(strstr(err.sentence, "container runtime"), "%s", err.sentence);
    }
}

static const struct {
    enum abi abi;
    const char *machine;
    const char *runtimes;
    const char *abis;
} abi_rows[] = {
    {ABI_X86_64, "x86_64", "all", "x86_64"},
    {ABI_I386, "x86_64", "none", "i386"},
    {ABI_I386, "x86_64", "all", "x86_64 i386"}, /* the runtime is a program of the machine */
    {ABI_I386, "i686", "all", "i386"},
    {ABI_X32, "x86_64", "none", "x32"},
    {ABI_AARCH64, "aarch64", "all", "aarch64"},
    {ABI_ARM, "aarch64", "all", "aarch64 arm"},
    {ABI_ARM, "armv7l", "all", "arm"},
};

Test(profile, only_recorded_abis_are_listed)
{
    for (size_t i = 0; i < ARRAY_COUNT(abi_rows); i++) {
        AUTO_RECORDING recording = recording_of("6.1.0", abi_rows[i].machine, "glibc 2.36");
        made_all(recording, abi_rows[i].abi, "getpid");
        AUTO_PROFILE profile = derive(recording, (struct profile_options){.runtimes = abi_rows[i].runtimes});
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = profile_seccomp_policy(profile);
        AUTO_BUF struct buf text = BUF_INIT;
        for (size_t j = 0; j < policy->abi_count; j++)
            buf_printf(&text, "%s%s", j ? " " : "", arch_get(policy->abis[j])->name);
        cr_expect_str_eq(buf_text(&text), abi_rows[i].abis, "%s on %s: %s", arch_get(abi_rows[i].abi)->name,
                         abi_rows[i].machine, buf_text(&text));
    }
}

/* ---- arguments ------------------------------------------------------------------------------------ */

static const struct {
    const char *call;
    unsigned index;
    uint64_t values[8];
    size_t value_count;
    const char *granted;
} argument_rows[] = {
    {"clone", 0, {0x1200011, 0x3d0f00}, 2, "0&0x7e020000=0x0"},
    {"clone", 0, {0x11, 0x10000011}, 2, "0&0x6e020000=0x0"}, /* a user namespace was made: that bit is free */
    {"unshare", 0, {0x20000}, 1, "0&0x7e000080=0x0"},
    {"personality", 0, {0xffffffff}, 1, "0&0xffffffff=0xffffffff"},
    {"personality", 0, {0xffffffffffffffff, 0xffffffff}, 2, "0&0xffffffff=0xffffffff"}, /* the kernel sees 32 bits */
    {"personality", 0, {1, 2, 3, 4, 5}, 5, "any"},                                       /* not a small set */
    {"socket", 0, {1}, 1, "0&0xffffffff=0x1"},
    {"socket", 0, {2}, 1, "0&0xffffffff=0x2 0&0xffffffff=0xa"},
    {"socket", 0, {16, 1}, 2, "0&0xffffffff=0x1 0&0xffffffff=0x10"},
    {"setns", 1, {0x40000000}, 1, "1&0xffffffff=0x40000000"},
    {"read", 0, {3}, 1, "any"},
    {"clone", 0, {0}, 0, "any"}, /* nothing recorded, nothing filtered */
};

Test(profile, recorded_arguments_become_filters)
{
    for (size_t i = 0; i < ARRAY_COUNT(argument_rows); i++) {
        AUTO_RECORDING recording = recording_of("6.1.0", "x86_64", "glibc 2.36");
        struct call_record *call = made(recording, ABI_X86_64, argument_rows[i].call, 1, 0);
        for (size_t j = 0; j < argument_rows[i].value_count; j++)
            call_record_arg(call, argument_rows[i].index, argument_rows[i].values[j]);
        AUTO_PROFILE profile = derive(recording, NO_RUNTIME);
        char text[256];
        cr_expect_str_eq(granted(profile, ABI_X86_64, argument_rows[i].call, text), argument_rows[i].granted,
                         "%s (row %zu): %s", argument_rows[i].call, i, text);
        AUTO_PROFILE off = derive(recording, (struct profile_options){.runtimes = "none"});
        cr_expect_str_eq(granted(off, ABI_X86_64, argument_rows[i].call, text), "any");
    }
}

Test(profile, an_overflowed_set_is_no_filter)
{
    AUTO_RECORDING recording = recording_of("6.1.0", "x86_64", "glibc 2.36");
    struct call_record *call = made(recording, ABI_X86_64, "clone", 1, 0);
    for (uint64_t i = 0; i <= ARG_VALUES_MAX; i++)
        call_record_arg(call, 0, i);
    AUTO_PROFILE profile = derive(recording, NO_RUNTIME);
    char text[256];
    cr_expect_str_eq(granted(profile, ABI_X86_64, "clone", text), "any");
}

Test(profile, an_image_without_recorded_values_is_no_filter)
{
    AUTO_RECORDING recording = recording_of("6.1.0", "x86_64", "glibc 2.36");
    call_record_arg(made(recording, ABI_X86_64, "socket", 1, 0), 0, 1);
    uint32_t image = recording_image(recording, recording_string(recording, "/bin/b"), STRING_NONE, STRING_NONE);
    recording_call(recording, image, ABI_X86_64, (uint64_t)syscall_number(ABI_X86_64, "socket"))->count[0] = 1;
    AUTO_PROFILE profile = derive(recording, NO_RUNTIME);
    char text[256];
    cr_expect_str_eq(granted(profile, ABI_X86_64, "socket", text), "any");
}

Test(profile, socket_families_and_types_are_paired_as_recorded)
{
    AUTO_RECORDING recording = recording_of("6.1.0", "x86_64", "glibc 2.36");
    struct call_record *call = made(recording, ABI_X86_64, "socket", 2, 0);
    static const uint64_t pairs[][2] = {{1, 0x80001}, {16, 3}}; /* unix stream with SOCK_CLOEXEC, netlink raw */
    for (size_t i = 0; i < ARRAY_COUNT(pairs); i++) {
        call_record_arg(call, 0, pairs[i][0]);
        call_record_arg(call, 1, pairs[i][1]);
    }
    char text[256];
    {
        AUTO_PROFILE profile = derive(recording, NO_RUNTIME);
        cr_expect_str_eq(granted(profile, ABI_X86_64, "socket", text),
                         "0&0xffffffff=0x1+1&0xf=0x1 0&0xffffffff=0x1+1&0xf=0x3 "
                         "0&0xffffffff=0x10+1&0xf=0x1 0&0xffffffff=0x10+1&0xf=0x3",
                         "without facts every pair must be granted: %s", text);
    }
    for (size_t i = 0; i < ARRAY_COUNT(pairs); i++) {
        struct fact fact = {.kind = FACT_SOCKET, .subject = recording_string(recording, i ? "netlink raw" : "unix stream"),
                            .object = STRING_NONE, .note = STRING_NONE, .value = pairs[i][0] << 32 | (pairs[i][1] & 0xf) << 16};
        (void)recording_fact(recording, &fact, PHASE_STARTUP, 1);
    }
    AUTO_PROFILE profile = derive(recording, NO_RUNTIME);
    cr_expect_str_eq(granted(profile, ABI_X86_64, "socket", text),
                     "0&0xffffffff=0x1+1&0xf=0x1 0&0xffffffff=0x10+1&0xf=0x3", "%s", text);
}

/* ---- order, notes, names --------------------------------------------------------------------------- */

Test(profile, hot_calls_come_first)
{
    AUTO_RECORDING recording = recording_of("6.1.0", "x86_64", "glibc 2.36");
    (void)made(recording, ABI_X86_64, "close", 5, 0);
    (void)made(recording, ABI_X86_64, "write", 1000, 0);
    (void)made(recording, ABI_X86_64, "accept4", 50, 0);
    (void)made(recording, ABI_X86_64, "lseek", 5, 0);
    AUTO_PROFILE profile = derive(recording, PROFILE_OPTIONS_DEFAULT);
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = profile_seccomp_policy(profile);
    static const char *const order[] = {"write", "accept4", "close", "lseek"};
    cr_assert_eq(policy->rules[0].name_count, ARRAY_COUNT(order));
    for (size_t i = 0; i < ARRAY_COUNT(order); i++)
        cr_expect_str_eq(policy->rules[0].names[i], order[i]);
}

Test(profile, clone3_is_granted_only_with_a_word_about_it)
{
    AUTO_RECORDING recording = recording_of("6.1.0", "x86_64", "glibc 2.36");
    made_all(recording, ABI_X86_64, "clone3");
    AUTO_PROFILE profile = derive(recording, NO_RUNTIME);
    cr_assert_eq(profile->note_count, 1u);
    cr_expect(strstr(profile->notes[0], "namespaces"), "%s", profile->notes[0]);
}

Test(profile, clone3_gives_way_to_clone_unless_it_made_a_namespace)
{
    static const struct {
        bool fallback;
        bool siblings;
        uint64_t namespaces;
        const char *clone3;
    } rows[] = {
        {true, true, 0, "ENOSYS"},
        {true, true, 0x10000000, "any"}, /* it must go on making them */
        {true, false, 0, "any"},         /* nothing to fall back to */
        {false, true, 0, "any"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        char text[256];
        AUTO_RECORDING recording = recording_of("6.1.0", "x86_64", "glibc 2.36");
        made_all(recording, ABI_X86_64, "clone3");
        struct fact fact = {.kind = FACT_NAMESPACE, .subject = recording_string(recording, "clone3"),
                            .object = STRING_NONE, .note = STRING_NONE, .value = rows[i].namespaces};
        if (rows[i].namespaces)
            cr_assert(recording_fact(recording, &fact, PHASE_STARTUP, 1));
        struct profile_options options = {.siblings = rows[i].siblings, .clone3_fallback = rows[i].fallback,
                                          .argument_filters = true, .runtimes = "none"};
        AUTO_PROFILE profile = derive(recording, options);
        cr_expect_str_eq(granted(profile, ABI_X86_64, "clone3", text), rows[i].clone3, "row %zu", i);
    }
}

static const struct {
    unsigned target;
    const char *call;
    bool observed;
    bool written;
} target_rows[] = {
    {0, "futex_wake", true, true},      {0, "futex_wake", false, true}, /* 6.7: Debian 12's libseccomp knows it */
    {0, "mseal", true, true},           {0, "mseal", false, false},     /* 6.10 */
    {20504, "futex_wake", true, false}, {20504, "futex_wake", false, false},
    {20504, "futex_waitv", true, true}, {20504, "futex_waitv", false, true}, /* 5.16 */
    {20600, "mseal", true, true},       {20600, "mseal", false, true},
    {20502, "futex_waitv", true, false}, {20400, "clone3", true, false},
};

Test(profile, names_the_target_cannot_know_are_left_out)
{
    for (size_t i = 0; i < ARRAY_COUNT(target_rows); i++) {
        AUTO_RECORDING recording = recording_of("6.18.0", "x86_64", "none");
        made_all(recording, ABI_X86_64, target_rows[i].observed ? target_rows[i].call : "getpid");
        struct profile_options options = {.runtimes = "none", .target_libseccomp = target_rows[i].target};
        AUTO_PROFILE profile = derive(recording, options);
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = profile_seccomp_policy(profile);
        bool written = false;
        for (size_t j = 0; j < policy->rule_count; j++)
            for (size_t k = 0; k < policy->rules[j].name_count; k++)
                written |= strcmp(policy->rules[j].names[k], target_rows[i].call) == 0;
        cr_expect_eq(written, target_rows[i].written, "%s for %u (row %zu)", target_rows[i].call,
                     target_rows[i].target, i);
        cr_expect(written || !target_rows[i].observed || profile->note_count > 0, "nothing says that %s is left out",
                  target_rows[i].call);
    }
}

Test(profile, a_target_older_than_all_is_refused)
{
    AUTO_RECORDING recording = recording_of("6.18.0", "x86_64", "none");
    made_all(recording, ABI_X86_64, "getpid");
    struct profile *profile = NULL;
    struct err err = ERR_INIT;
    struct profile_options options = {.runtimes = "none", .target_libseccomp = 10000};
    cr_expect_eq(profile_new(recording, &options, &profile, &err), -EINVAL);
    cr_expect(strstr(err.sentence, "1.0.0") && strstr(err.sentence, "2.3.0"), "%s", err.sentence);
}

Test(profile, an_empty_recording_is_refused)
{
    AUTO_RECORDING recording = recording_of("6.18.0", "x86_64", "none");
    struct profile *profile = NULL;
    struct err err = ERR_INIT;
    cr_expect_eq(profile_new(recording, &PROFILE_OPTIONS_DEFAULT, &profile, &err), -EINVAL);
    cr_expect(strstr(err.sentence, "no system call"), "%s", err.sentence);
}

/* The default is ENOSYS, whatever is known and unused is refused by name with EPERM. */
Test(profile, the_policy_says_what_the_profile_says)
{
    AUTO_RECORDING recording = recording_of("6.1.0", "x86_64", "glibc 2.36");
    made_all(recording, ABI_X86_64, "openat close");
    AUTO_PROFILE profile = derive(recording, PROFILE_OPTIONS_DEFAULT);
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = profile_seccomp_policy(profile);
    cr_expect_eq(policy->default_action, SECCOMP_ERRNO);
    cr_expect_eq(policy->default_errno, ENOSYS);
    cr_expect(strstr(policy->rules[0].comment, "profgen-mark:"), "%s", policy->rules[0].comment);
    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct seccomp_rule *rule = &policy->rules[i];
        cr_expect_not_null(rule->comment);
        for (size_t j = 0; j < rule->name_count; j++) {
            const struct profile_call *call = profile_find(profile, ABI_X86_64, rule->names[j]);
            cr_assert_not_null(call);
            cr_expect_eq(rule->action == SECCOMP_ALLOW, call->origin < ORIGIN_ENOSYS, "%s", rule->names[j]);
            cr_expect(rule->action == SECCOMP_ALLOW ||
                          rule->errno_value == (call->origin == ORIGIN_ENOSYS ? ENOSYS : EPERM),
                      "%s", rule->names[j]);
        }
    }
}

/* ---- what the policy answers ---------------------------------------------------------------------- */

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static struct seccomp_verdict ask(const struct seccomp_evaluator *evaluator, const char *name, uint64_t first, uint64_t second)
{
    const uint64_t args[6] = {first, second};
    return seccomp_evaluator_ask(evaluator, ABI_X86_64, (uint64_t)syscall_number(ABI_X86_64, name), args);
}

/* Sockets of random families and types: what was recorded is allowed, all else is refused with EPERM, and the
 * upper halves of the registers, which the kernel does not look at, change nothing. */
Test(profile, arguments_that_were_not_used_are_refused_with_eperm)
{
    uint64_t state = 0x1234567;
    for (int round = 0; round < 40; round++) {
        AUTO_RECORDING recording = recording_of("6.1.0", "x86_64", "glibc 2.36");
        bool used[64][16] = {{false}};
        for (uint64_t i = 1 + next_random(&state) % 4; i > 0; i--) {
            uint64_t family = next_random(&state) % (round % 2 ? 64 : 18);
            uint64_t type = 1 + next_random(&state) % 5;
            struct call_record *call = made(recording, ABI_X86_64, "socket", 1, 0);
            call_record_arg(call, 0, family);
            call_record_arg(call, 1, type | 0x80000);
            struct fact fact = {.kind = FACT_SOCKET, .subject = STRING_NONE, .object = STRING_NONE, .note = STRING_NONE,
                                .value = family << 32 | type << 16};
            (void)recording_fact(recording, &fact, PHASE_STARTUP, 1);
            used[family][type] = true;
            used[family == 2 ? 10 : family == 10 ? 2 : family][type] = true;
        }
        AUTO_PROFILE profile = derive(recording, PROFILE_OPTIONS_DEFAULT);
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = profile_seccomp_policy(profile);
        AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = NULL;
        struct err err = ERR_INIT;
        struct seccomp_context context = {.native = ABI_X86_64};
        cr_assert_eq(seccomp_evaluator_new(policy, &context, &evaluator, &err), 0, "%s", err.sentence);
        for (uint64_t family = 0; family < 64; family++) {
            for (uint64_t type = 0; type < 16; type++) {
                uint64_t high = next_random(&state) << 32;
                struct seccomp_verdict verdict = ask(evaluator, "socket", family | high, type | 0x800);
                cr_assert_eq(verdict.action, used[family][type] ? SECCOMP_ALLOW : SECCOMP_ERRNO,
                             "round %d: family %u type %u", round, (unsigned)family, (unsigned)type);
                cr_assert(used[family][type] || verdict.error == EPERM, "round %d: family %u type %u gets errno %d",
                          round, (unsigned)family, (unsigned)type, verdict.error);
            }
        }
    }
}

static const struct {
    uint64_t flags;
    bool allowed;
} clone_rows[] = {
    {0x11, true},       {0x3d0f00, true},   {0x1200011, true},  {0x10000011, false},
    {0x20011, false},   {0x40000011, false}, {0x7e020011, false}, {0xdead00003d0f00, true},
};

Test(profile, clone_makes_no_namespace_that_was_not_made)
{
    AUTO_RECORDING recording = recording_of("6.1.0", "x86_64", "glibc 2.36");
    made_all(recording, ABI_X86_64, "clone:0x11");
    AUTO_PROFILE profile = derive(recording, PROFILE_OPTIONS_DEFAULT);
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = profile_seccomp_policy(profile);
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = NULL;
    struct err err = ERR_INIT;
    struct seccomp_context context = {.native = ABI_X86_64};
    cr_assert_eq(seccomp_evaluator_new(policy, &context, &evaluator, &err), 0, "%s", err.sentence);
    for (size_t i = 0; i < ARRAY_COUNT(clone_rows); i++) {
        struct seccomp_verdict verdict = ask(evaluator, "clone", clone_rows[i].flags, 0);
        cr_expect_eq(verdict.action == SECCOMP_ALLOW, clone_rows[i].allowed, "0x%llx",
                     (unsigned long long)clone_rows[i].flags);
        cr_expect(clone_rows[i].allowed || verdict.error == EPERM);
    }
    cr_expect_eq(ask(evaluator, "clone3", 0, 0).error, ENOSYS);
    cr_expect_eq(ask(evaluator, "unshare", 0x10000000, 0).error, EPERM);
}

/* Newer than the table, or than the libseccomp that reads the names: the default. */
Test(profile, what_no_table_knows_is_enosys)
{
    AUTO_RECORDING recording = recording_of("6.18.0", "x86_64", "glibc 2.36");
    made_all(recording, ABI_X86_64, "openat");
    AUTO_PROFILE profile = derive(recording, PROFILE_OPTIONS_DEFAULT);
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = profile_seccomp_policy(profile);
    struct seccomp_context context = {.native = ABI_X86_64};
    static const uint64_t numbers[] = {335, 600, 1000};
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
        struct seccomp_verdict verdict = seccomp_policy_evaluate(policy, &context, ABI_X86_64, numbers[i], (const uint64_t[6]){0});
        cr_expect(verdict.action == SECCOMP_ERRNO && verdict.error == ENOSYS, "%u", (unsigned)numbers[i]);
    }
}
