/* The self-check: policies that lack something recorded are found out, and what they lack is named. */
#include "model/profile_check.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

/* One program: reads, opens sockets of unix stream and netlink raw, made a child, and probed for openat2. */
static struct recording *sample(void)
{
    struct recording *recording = recording_new();
    struct run *run = recording_add_run(recording);
    run->kernel = recording_string(recording, "6.1.0");
    run->machine = recording_string(recording, "x86_64");
    run->end = END_EXITED;
    uint32_t image = recording_image(recording, recording_string(recording, "/a"), STRING_NONE, STRING_NONE);
    static const struct {
        const char *name;
        int error;
        int index; /* of the recorded argument; -1: none */
        uint64_t values[2];
    } calls[] = {
        {"read", 0, -1, {0}},
        {"read", EAGAIN, -1, {0}},
        {"openat2", ENOSYS, -1, {0}},
        {"mount", EPERM, -1, {0}},
        {"socket", 0, 0, {1, 16}},
        {"socket", 0, 1, {1, 3}},
        {"clone", 0, 0, {0x1200011, 0x3d0f00}},
    };
    for (size_t i = 0; i < ARRAY_COUNT(calls); i++) {
        struct call_record *call =
            recording_call(recording, image, ABI_X86_64, (uint64_t)syscall_number(ABI_X86_64, calls[i].name));
        call->count[PHASE_STARTUP]++;
        call_record_result(call, calls[i].error, 1);
        for (size_t j = 0; j < 2 && calls[i].index >= 0; j++)
            call_record_arg(call, (unsigned)calls[i].index, calls[i].values[j]);
    }
    static const uint64_t pairs[] = {UINT64_C(1) << 32 | 1 << 16, UINT64_C(16) << 32 | 3 << 16};
    for (size_t i = 0; i < ARRAY_COUNT(pairs); i++) {
        struct fact fact = {.kind = FACT_SOCKET, .subject = recording_string(recording, i ? "netlink raw" : "unix stream"),
                            .object = STRING_NONE, .note = STRING_NONE, .value = pairs[i]};
        (void)recording_fact(recording, &fact, PHASE_STARTUP, 1);
    }
    return recording;
}

#define MASKED(index, mask, value)                                                                          \
    "{\"index\":" #index ",\"op\":\"SCMP_CMP_MASKED_EQ\",\"value\":" #mask ",\"valueTwo\":" #value "}"
#define ALLOW(names, args) "{\"names\":[" names "],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[" args "]}"
#define REST ALLOW("\"read\",\"mount\",\"exit\",\"exit_group\",\"rt_sigreturn\",\"restart_syscall\"", "")
#define CLONE ALLOW("\"clone\"", MASKED(0, 2114060288, 0))
#define UNIX ALLOW("\"socket\"", MASKED(0, 4294967295, 1) "," MASKED(1, 15, 1))
#define NETLINK ALLOW("\"socket\"", MASKED(0, 4294967295, 16) "," MASKED(1, 15, 3))

static const struct {
    const char *about;
    const char *architecture;
    const char *rules;
    const char *refused; /* what the sentence names; NULL: the policy is good */
} rows[] = {
    {"all of it", "X86_64", REST "," CLONE "," UNIX "," NETLINK, NULL},
    {"sockets of any kind", "X86_64", REST "," CLONE "," ALLOW("\"socket\"", ""), NULL},
    {"no read", "X86_64", ALLOW("\"mount\",\"exit\",\"exit_group\",\"rt_sigreturn\",\"restart_syscall\"", "") "," CLONE "," UNIX "," NETLINK,
     "read (x86_64)"},
    {"no mount, which was tried and must fail as it did", "X86_64",
     ALLOW("\"read\",\"exit\",\"exit_group\",\"rt_sigreturn\",\"restart_syscall\"", "") "," CLONE "," UNIX "," NETLINK, "mount (x86_64)"},
    {"no exit_group, which no program records", "X86_64",
     ALLOW("\"read\",\"mount\",\"exit\",\"rt_sigreturn\",\"restart_syscall\"", "") "," CLONE "," UNIX "," NETLINK, "exit_group (x86_64)"},
    {"a clone without CLONE_VM", "X86_64", REST "," ALLOW("\"clone\"", MASKED(0, 256, 0)) "," UNIX "," NETLINK,
     "clone (x86_64) with argument 0 = 0x3d0f00"},
    {"no netlink", "X86_64", REST "," CLONE "," UNIX, "socket (x86_64) with argument 0 = 0x10"},
    {"the wrong pairs", "X86_64",
     REST "," CLONE "," ALLOW("\"socket\"", MASKED(0, 4294967295, 1) "," MASKED(1, 15, 3)) ","
     ALLOW("\"socket\"", MASKED(0, 4294967295, 16) "," MASKED(1, 15, 1)), "with unix stream"},
    {"only with a capability", "X86_64",
     "{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\",\"includes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}},"
     ALLOW("\"mount\",\"exit\",\"exit_group\",\"rt_sigreturn\",\"restart_syscall\"", "") "," CLONE "," UNIX "," NETLINK, "read (x86_64)"},
};

Test(profile_check, a_policy_that_lacks_something_is_found_out)
{
    AUTO(recording_free_cleanup) struct recording *recording = sample();
    AUTO(profile_free_cleanup) struct profile *profile = NULL;
    struct err err = ERR_INIT;
    struct profile_options options = {.siblings = true, .argument_filters = true, .runtimes = "none"};
    cr_assert_eq(profile_new(recording, &options, &profile, &err), 0, "%s", err.sentence);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_BUF struct buf text = BUF_INIT;
        buf_printf(&text, "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_%s\"],\"syscalls\":[%s]}",
                   rows[i].architecture, rows[i].rules);
        int result = profile_check_seccomp(profile, "policy", text.data, text.length, &err);
        cr_expect_eq(result, rows[i].refused ? -EINVAL : 0, "%s: %s", rows[i].about, err.sentence);
        if (rows[i].refused && result)
            cr_expect(strstr(err.sentence, rows[i].refused), "%s: %s", rows[i].about, err.sentence);
    }
}

Test(profile_check, bytes_that_are_no_policy_are_refused)
{
    AUTO(recording_free_cleanup) struct recording *recording = sample();
    AUTO(profile_free_cleanup) struct profile *profile = NULL;
    struct err err = ERR_INIT;
    cr_assert_eq(profile_new(recording, &PROFILE_OPTIONS_DEFAULT, &profile, &err), 0);
    cr_expect_lt(profile_check_seccomp(profile, "policy", "{", 1, &err), 0);
}

/* A call the table has no name for cannot be granted, so the check must say so when it worked. */
Test(profile_check, a_call_without_a_name_is_named_by_number)
{
    AUTO(recording_free_cleanup) struct recording *recording = sample();
    struct call_record *call = recording_call(recording, 0, ABI_X86_64, 900);
    call->count[PHASE_STARTUP] = 1;
    AUTO(profile_free_cleanup) struct profile *profile = NULL;
    struct err err = ERR_INIT;
    struct profile_options options = {.runtimes = "none"};
    cr_assert_eq(profile_new(recording, &options, &profile, &err), 0);
    AUTO_BUF struct buf text = BUF_INIT;
    buf_printf(&text, "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86_64\"],\"syscalls\":[%s]}",
               REST "," CLONE "," ALLOW("\"socket\"", ""));
    call_record_result(call, ENOSYS, 1);
    cr_expect_eq(profile_check_seccomp(profile, "policy", text.data, text.length, &err), 0, "%s", err.sentence);
    call_record_result(call, 0, 1);
    cr_expect_lt(profile_check_seccomp(profile, "policy", text.data, text.length, &err), 0);
    cr_expect(strstr(err.sentence, "syscall_900 (x86_64)"), "%s", err.sentence);
}

Test(profile_check, a_foreign_abi_is_found_out)
{
    static const struct {
        const char *architectures;
        int result;
    } abis[] = {
        {"\"SCMP_ARCH_X86_64\"", -EINVAL},
        {"\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X32\"", -EINVAL},
        {"\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\"", 0},
    };
    AUTO(recording_free_cleanup) struct recording *recording = sample();
    recording_call(recording, 0, ABI_I386, (uint64_t)syscall_number(ABI_I386, "read"))->count[PHASE_SERVING] = 1;
    AUTO(profile_free_cleanup) struct profile *profile = NULL;
    struct err err = ERR_INIT;
    struct profile_options options = {.runtimes = "none"};
    cr_assert_eq(profile_new(recording, &options, &profile, &err), 0);
    for (size_t i = 0; i < ARRAY_COUNT(abis); i++) {
        AUTO_BUF struct buf text = BUF_INIT;
        buf_printf(&text, "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[%s],\"syscalls\":[%s]}",
                   abis[i].architectures, REST ",{\"names\":[\"sigreturn\"],\"action\":\"SCMP_ACT_ALLOW\"}," CLONE "," UNIX "," NETLINK);
        cr_expect_eq(profile_check_seccomp(profile, "policy", text.data, text.length, &err), abis[i].result, "%s: %s",
                     abis[i].architectures, err.sentence);
        cr_expect(abis[i].result == 0 || strstr(err.sentence, "(i386)"), "%s", err.sentence);
    }
}
